//! What readers see while a value is pending.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Waker},
};

use cached_runtime::{
    Caches, Settings, WriteBehind, bypass, key, only_if_cached, pattern, policy, reload,
};

use super::{KEEP, Rows, Source, millis, row};
use crate::stage::{caches, seconds, settle, with_settings};

#[tokio::test(start_paused = true)]
async fn a_value_is_served_at_once_and_written_behind() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let behind = rows.writer().build().unwrap();
    assert_eq!(rows.row(1).await, 0);
    behind.write(&row(1), 7).await.unwrap();
    assert_eq!(rows.row(1).await, 7);
    assert_eq!((rows.source.loads(), rows.source.get(1)), (1, None));
    tokio::time::sleep(millis(101)).await;
    assert_eq!(rows.source.batches(), [[(row(1), 7)]]);
    let stats = behind.stats();
    assert_eq!((stats.pending, stats.written, stats.batches), (0, 1, 1));
    assert_eq!(rows.row(1).await, 7);
    assert_eq!(rows.source.loads(), 1, "its entry stays when it is written");
}

/// Asks in every way there is; none of them may ask the source.
async fn everybody_sees(rows: &Rows, id: u64, value: u64) {
    let loads = rows.source.loads();
    let cache = rows.caches.cache("rows");
    assert_eq!(rows.row(id).await, value);
    assert_eq!(cache.get::<u64>(&row(id)), Some(value));
    assert_eq!(cache.get_many::<u64>(&[row(id)]), [Some(value)]);
    assert_eq!(only_if_cached(rows.row(id)).await, Some(value));
    assert_eq!(reload(rows.row(id)).await, value);
    let key = row(id);
    let by_hand = cache.get_or_load(&key, &policy::QUERY, async { Err::<u64, _>("asked") });
    assert_eq!(by_hand.await, Ok(value));
    assert_eq!(rows.source.loads(), loads, "the source was asked");
}

#[tokio::test(start_paused = true)]
async fn losing_its_entry_does_not_hide_a_value() {
    let (caches, clock) = with_settings("rows", Settings::new().capacity(2));
    let rows = Rows::new(&caches, &Source::gated());
    let behind = rows.writer().build().unwrap();
    let cache = caches.cache("rows");
    behind.write(&row(1), 7).await.unwrap();
    everybody_sees(&rows, 1, 7).await;

    caches.invalidate(pattern!("rows:*")).await.unwrap();
    everybody_sees(&rows, 1, 7).await;
    cache.remove(&row(1)).await;
    everybody_sees(&rows, 1, 7).await;
    caches.clear().await;
    everybody_sees(&rows, 1, 7).await;

    behind.write(&row(1), 8).await.unwrap();
    clock.advance(seconds(60));
    everybody_sees(&rows, 1, 8).await;
    cache.run_pending_tasks();
    everybody_sees(&rows, 1, 8).await;

    behind.write(&row(1), 9).await.unwrap();
    for n in 0..100_u64 {
        let other = key!("rows:other:<n>");
        for _ in 0..3 {
            cache.insert(&other, n, &KEEP);
            cache.get::<u64>(&other);
        }
        cache.run_pending_tasks();
    }
    assert!(cache.stats().evictions > 0);
    everybody_sees(&rows, 1, 9).await;

    rows.source.gate.add_permits(10);
    behind.flush().await;
    cache.remove(&row(1)).await;
    assert_eq!(rows.row(1).await, 9, "from the source, which has it now");
    assert_eq!(rows.source.loads(), 1);
}

/// An entry that is due would be loaded anew, and a stale one too: by a source that is older than both.
#[tokio::test(start_paused = true)]
async fn what_is_pending_is_not_refreshed() {
    let (caches, clock) = caches();
    let rows = Rows::new(&caches, &Source::gated());
    let behind = WriteBehind::builder(
        &caches,
        KEEP.refresh_ahead(50).stale_while_revalidate(seconds(60)),
        {
            let source = Arc::clone(&rows.source);
            move |batch| {
                let source = Arc::clone(&source);
                async move { source.write(batch).await }
            }
        },
    )
    .build()
    .unwrap();
    behind.write(&row(1), 7).await.unwrap();
    for _ in 0..3 {
        clock.advance(seconds(40));
        everybody_sees(&rows, 1, 7).await;
    }
    behind.write(&row(1), 8).await.unwrap();
    caches.expire(pattern!("rows:*")).await.unwrap();
    everybody_sees(&rows, 1, 8).await;
    rows.source.gate.add_permits(10);
    behind.flush().await;
    assert_eq!((rows.row(1).await, rows.source.loads()), (8, 1));
}

#[tokio::test(start_paused = true)]
async fn bypass_and_a_cache_that_is_off_ask_the_source() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let behind = rows.writer().build().unwrap();
    behind.write(&row(1), 7).await.unwrap();
    assert_eq!(bypass(rows.row(1)).await, 0);
    caches.set_enabled(false);
    assert_eq!(rows.row(1).await, 0);
    behind.write(&row(1), 8).await.unwrap();
    caches.set_enabled(true);
    assert_eq!(rows.row(1).await, 8, "never what was there before");
    caches.set_enabled(false);
    behind.flush().await;
    assert_eq!(rows.row(1).await, 8);
    assert_eq!(rows.source.get(1), Some(8));
}

/// Polls until it has to wait.
fn begin<F: Future>(call: std::pin::Pin<&mut F>) {
    let mut cx = Context::from_waker(Waker::noop());
    assert!(call.poll(&mut cx).is_pending());
}

#[tokio::test(start_paused = true)]
async fn a_load_that_began_before_leaves_nothing() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let behind = rows.writer().build().unwrap();
    let cache = caches.cache("rows");
    for anew in [false, true] {
        let gate = tokio::sync::Semaphore::new(0);
        let (one, load) = (row(1), async {
            gate.acquire().await.unwrap().forget();
            Ok::<u64, ()>(1)
        });
        let call = async {
            let call = cache.get_or_load(&one, &KEEP, load);
            if anew { reload(call).await } else { call.await }
        };
        let mut call = pin!(call);
        cache.remove(&row(1)).await;
        begin(call.as_mut());
        behind.write(&row(1), 7).await.unwrap();
        gate.add_permits(1);
        assert_eq!(call.await, Ok(1), "it began before");
        cache.remove(&row(1)).await;
        assert_eq!(rows.row(1).await, 7);
        behind.flush().await;
        assert_eq!(rows.row(1).await, 7);
        rows.source.set(1, 0);
    }
}

/// A follower that boarded before the write takes over after it.
#[tokio::test(start_paused = true)]
async fn a_follower_that_takes_over_sees_the_value() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let behind = rows.writer().build().unwrap();
    let cache = caches.cache("rows");
    let one = row(1);
    let mut leader = Box::pin(cache.get_or_load(&one, &KEEP, async {
        std::future::pending::<()>().await;
        Ok::<u64, ()>(1)
    }));
    begin(leader.as_mut());
    let mut follower = pin!(cache.get_or_load(&one, &KEEP, async { Ok::<u64, ()>(2) }));
    begin(follower.as_mut());
    behind.write(&one, 7).await.unwrap();
    cache.remove(&one).await;
    drop(leader);
    assert_eq!(follower.await, Ok(7));
}

#[tokio::test(start_paused = true)]
async fn a_value_of_another_type_does_not_answer() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let behind = rows.writer().build().unwrap();
    behind.write(&row(1), 7).await.unwrap();
    let cache = caches.cache("rows");
    cache.remove(&row(1)).await;
    let one = row(1);
    let text = cache.get_or_load(&one, &KEEP, async { Ok::<_, ()>(String::from("text")) });
    assert_eq!(text.await.unwrap(), "text");
    let anew = reload(async {
        cache
            .get_or_load(&one, &KEEP, async { Ok::<_, ()>(String::from("anew")) })
            .await
    });
    assert_eq!(anew.await.unwrap(), "anew");
    assert_eq!(rows.row(1).await, 7, "and it is still there for its own");
}

#[tokio::test(start_paused = true)]
async fn of_two_writers_of_a_key_the_later_value_is_seen() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let (one, two) = (
        rows.writer().build().unwrap(),
        rows.writer().max_delay(seconds(5)).build().unwrap(),
    );
    for (writer, value) in [(&one, 1), (&two, 2), (&one, 3), (&two, 4)] {
        writer.write(&row(1), value).await.unwrap();
        caches.clear().await;
        assert_eq!(rows.row(1).await, value);
    }
    one.flush().await;
    caches.clear().await;
    assert_eq!(rows.row(1).await, 4, "the other one is not done");
    two.flush().await;
    caches.clear().await;
    assert_eq!(rows.row(1).await, 4);
}

/// Calls the cache whenever it is dropped or cloned.
struct CallsBack {
    caches: Caches,
    quiet: Arc<AtomicBool>,
}

impl CallsBack {
    fn call(&self) {
        if !self.quiet.load(Ordering::SeqCst) {
            let cache = self.caches.cache("rows");
            for id in 0..4 {
                cache.get::<u8>(&row(id));
                cache.insert(&key!("rows:back:<id>"), 1_u8, &KEEP);
            }
        }
    }
}

impl Clone for CallsBack {
    fn clone(&self) -> Self {
        self.call();
        Self {
            caches: self.caches.clone(),
            quiet: Arc::clone(&self.quiet),
        }
    }
}

impl Drop for CallsBack {
    fn drop(&mut self) {
        self.call();
    }
}

#[tokio::test(start_paused = true)]
async fn clone_and_drop_may_call_the_cache() {
    let (caches, _) = caches();
    let quiet = Arc::new(AtomicBool::new(false));
    let behind = WriteBehind::builder(&caches, KEEP, |_: Vec<(_, CallsBack)>| async {
        tokio::time::sleep(millis(10)).await;
        Err::<(), _>("never")
    })
    .capacity(2)
    .batch_size(2)
    .attempts(2)
    .build()
    .unwrap();
    for round in 0..12 {
        let value = CallsBack {
            caches: caches.clone(),
            quiet: Arc::clone(&quiet),
        };
        behind.write(&row(round % 4), value).await.unwrap();
        settle().await;
    }
    let report = behind.shutdown().await;
    assert_eq!(report.failed.len(), 2);
    assert!(report.forgotten > 0);
    quiet.store(true, Ordering::SeqCst);
}

#[tokio::test(start_paused = true)]
async fn what_was_written_has_the_tags_that_the_writer_gives_it() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let writer = rows.writer().tags(|_, value| vec![key!("value:<value>")]);
    let behind = writer.build().unwrap();
    behind.write(&row(1), 7).await.unwrap();
    behind.flush().await;
    rows.source.set(1, 8);
    caches.invalidate_tag("value:7").await.unwrap();
    assert_eq!(rows.row(1).await, 8);
}
