//! A hit allocates nothing, a miss little, and the future is small.

use std::{
    future::Future,
    mem::size_of_val,
    panic::resume_unwind,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use cached_runtime::{Caches, Settings, cached, key, policy};

#[cached(key = "conversations:user:<user_id>:status:<status>", ttl = "30m")]
async fn list(user_id: u64, status: Option<&str>) -> Result<Arc<Vec<u64>>, std::io::Error> {
    Ok(Arc::new(vec![user_id, status.map_or(0, str::len) as u64]))
}

#[expect(clippy::unused_async, reason = "the same as the annotated one")]
async fn bare(user_id: u64, status: Option<&str>) -> Result<Arc<Vec<u64>>, std::io::Error> {
    Ok(Arc::new(vec![user_id, status.map_or(0, str::len) as u64]))
}

fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a hit waits for nothing"),
    }
}

#[test]
fn a_hit_allocates_nothing_also_where_its_key_is_long() {
    for status in ["open", &"long".repeat(500)] {
        let first = now(list(42, Some(status))).unwrap();
        let mut hits = 0;
        let allocated = allocation_counter::measure(|| {
            for _ in 0..1_000 {
                hits += usize::from(Arc::ptr_eq(&first, &now(list(42, Some(status))).unwrap()));
            }
        });
        assert_eq!(hits, 1_000);
        assert_eq!(allocated.count_total, 0, "in a thousand hits");
    }
}

#[test]
fn a_miss_allocates_a_call_a_scope_and_an_entry() {
    let sum = |calls: std::ops::Range<u64>| -> u64 {
        calls
            .map(|user_id| now(list(user_id, None)).unwrap()[0])
            .sum()
    };
    // What grows with the number of keys has grown.
    let capacity = 10_000;
    let mut answers = sum(1_000_000..1_000_000 + 2 * capacity);
    let begin = 2_000_000;
    let allocated = allocation_counter::measure(|| answers += sum(begin..begin + 1_000));
    assert!(answers > 0);
    // Two of each are the body's.
    let more = allocated.count_total.saturating_sub(5 * 1_000);
    assert!(more < 200, "{} in a thousand misses", allocated.count_total);
}

#[test]
fn the_counter_counts() {
    let allocated = allocation_counter::measure(|| drop(now(bare(1, None)).unwrap()));
    assert_eq!(allocated.count_total, 2);
}

#[test]
fn the_future_of_an_annotated_function_is_bounded() {
    let plain = size_of_val(&bare(1, None));
    let annotated = size_of_val(&list(1, None));
    assert!(
        annotated <= plain + 256,
        "{annotated} bytes where the body takes {plain}"
    );
}

#[test]
fn a_value_whose_drop_panics_gives_its_memory_back() {
    #[derive(Clone)]
    struct Large([u64; 512]);

    impl Drop for Large {
        fn drop(&mut self) {
            // Nothing is printed, or the harness would keep that.
            resume_unwind(Box::new(self.0[0]));
        }
    }

    let settings = Settings::new().capacity(32);
    let caches = Caches::builder().defaults(settings).build().unwrap();
    let rows = caches.cache("rows");
    let allocated = allocation_counter::measure(|| {
        for n in 0..200 {
            rows.insert(&key!("rows:<n>"), Large([0; 512]), &policy::QUERY);
        }
        now(rows.clear());
        rows.run_pending_tasks();
    });
    let kept = allocated.bytes_current / 4_096;
    assert!(kept < 100, "the memory of {kept} of 200");
}

#[test]
fn an_increment_of_a_counter_that_is_there_allocates_nothing() {
    let sent = Caches::builder().build().unwrap().cache("sent");
    let (key, window) = (key!("sent:1"), Duration::from_hours(1));
    for _ in 0..10_000 {
        sent.increment(&key, 1, window);
    }
    let mut count = 0;
    let allocated = allocation_counter::measure(|| {
        for _ in 0..1_000 {
            count = sent.increment(&key, 1, window);
        }
    });
    assert_eq!((count, allocated.count_total), (11_000, 0));
}
