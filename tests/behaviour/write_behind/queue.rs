//! What is written when, and what happens where the queue ends.

use std::time::Duration;

use cached_runtime::{
    WriteBehind, cached, key,
    write_behind::{BuildError, WhenFull, WriteError},
};
use tokio::{
    runtime::Builder,
    time::{Instant, timeout},
};

use super::{Rows, Source, millis, row, write_all};
use crate::stage::{caches, seconds, settle};

#[tokio::test(start_paused = true)]
async fn a_full_batch_goes_at_once_and_a_part_waits() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let behind = rows.writer().batch_size(3).build().unwrap();
    let start = Instant::now();
    write_all(&behind, (0..7).map(|id| (id, id))).await.unwrap();
    settle().await;
    let sizes = || {
        let batches = rows.source.batches();
        batches.iter().map(Vec::len).collect::<Vec<_>>()
    };
    assert_eq!((sizes(), start.elapsed()), (vec![3, 3], Duration::ZERO));
    tokio::time::sleep(millis(99)).await;
    assert_eq!(sizes(), [3, 3]);
    tokio::time::sleep(millis(2)).await;
    assert_eq!(sizes(), [3, 3, 1]);
    let written: Vec<_> = rows.source.batches().concat();
    assert!(written.into_iter().eq((0..7).map(|id| (row(id), id))));
}

#[tokio::test(start_paused = true)]
async fn without_a_delay_what_is_there_goes() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let behind = rows.writer().max_delay(Duration::ZERO).build().unwrap();
    let start = Instant::now();
    write_all(&behind, [(1, 1), (2, 2)]).await.unwrap();
    settle().await;
    assert_eq!(rows.source.batches(), [[(row(1), 1), (row(2), 2)]]);
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_delay_without_end_waits_for_a_full_batch() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let behind = rows
        .writer()
        .max_delay(Duration::MAX)
        .batch_size(2)
        .build()
        .unwrap();
    behind.write(&row(1), 1).await.unwrap();
    tokio::time::sleep(seconds(1_000_000)).await;
    assert_eq!(rows.source.attempts(), 0);
    behind.write(&row(2), 2).await.unwrap();
    settle().await;
    assert_eq!(rows.source.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn of_many_writes_of_a_key_the_last_is_written() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let behind = rows.writer().build().unwrap();
    for value in 1..=1_000 {
        write_all(&behind, [(1, value), (2, value)]).await.unwrap();
    }
    assert_eq!(behind.stats().pending, 2);
    behind.flush().await;
    assert_eq!(rows.source.batches(), [[(row(1), 1_000), (row(2), 1_000)]]);
    assert_eq!(behind.stats().replaced, 1_998);
}

#[tokio::test(start_paused = true)]
async fn what_comes_while_a_value_is_written_goes_later() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::gated());
    let behind = rows.writer().max_delay(Duration::ZERO).build().unwrap();
    behind.write(&row(1), 1).await.unwrap();
    settle().await;
    assert_eq!(rows.source.attempts(), 1);
    for value in [2, 3] {
        behind.write(&row(1), value).await.unwrap();
        assert_eq!(rows.row(1).await, value);
    }
    rows.source.gate.add_permits(1);
    settle().await;
    assert_eq!((rows.source.get(1), behind.stats().pending), (Some(1), 1));
    caches.clear().await;
    assert_eq!(rows.row(1).await, 3, "the source has the one before");
    rows.source.gate.add_permits(1);
    behind.flush().await;
    assert_eq!(rows.source.batches(), [[(row(1), 1)], [(row(1), 3)]]);
    assert_eq!(behind.stats().pending, 0);
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_refuses_what_is_new() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::gated());
    let behind = rows
        .writer()
        .batch_size(2)
        .capacity(3)
        .when_full(WhenFull::Refuse)
        .build()
        .unwrap();
    write_all(&behind, [(1, 1), (2, 2), (3, 3)]).await.unwrap();
    settle().await;
    assert_eq!(behind.write(&row(4), 4).await, Err(WriteError::Full));
    assert_eq!(rows.row(4).await, 0, "a refused value is not served");
    for id in 1..=3 {
        // Two of them are being written, one is queued.
        behind.write(&row(id), 10 + id).await.unwrap();
        assert_eq!(rows.row(id).await, 10 + id);
    }
    assert_eq!(behind.write(&row(4), 4).await, Err(WriteError::Full));
    rows.source.gate.add_permits(100);
    behind.flush().await;
    for id in 1..=3 {
        assert_eq!(rows.source.get(id), Some(10 + id));
    }
    behind.write(&row(4), 4).await.unwrap();
    behind.flush().await;
    assert_eq!((rows.source.get(4), behind.stats().written), (Some(4), 6));
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_lets_what_is_new_wait() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::gated());
    let behind = rows.writer().batch_size(1).capacity(2).build().unwrap();
    write_all(&behind, [(1, 1), (2, 2)]).await.unwrap();
    let waits = timeout(seconds(20), behind.write(&row(3), 3)).await;
    assert!(waits.is_err());
    assert_eq!(
        rows.row(3).await,
        0,
        "one that gave up waiting is not served"
    );
    behind.write(&row(2), 20).await.unwrap();

    let waiting = tokio::spawn({
        let behind = behind.clone();
        async move { behind.write(&row(4), 4).await }
    });
    settle().await;
    assert!(!waiting.is_finished());
    assert_eq!(rows.row(4).await, 0, "it is not served while it waits");
    rows.source.gate.add_permits(1);
    waiting.await.unwrap().unwrap();
    assert_eq!(rows.row(4).await, 4);
    rows.source.gate.add_permits(10);
    let report = behind.shutdown().await;
    assert_eq!((report.written, report.failed), (3, vec![]));
    assert_eq!((rows.source.get(2), rows.source.get(3)), (Some(20), None));
}

#[tokio::test(start_paused = true)]
async fn room_is_given_back_exactly() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let behind = rows
        .writer()
        .batch_size(2)
        .capacity(4)
        .attempts(1)
        .when_full(WhenFull::Refuse)
        .build()
        .unwrap();
    for round in 0..50 {
        rows.source.fail(usize::from(round % 3 == 0));
        for id in 0..4 {
            behind.write(&row(id), round).await.unwrap();
            behind.write(&row(id), round + 1).await.unwrap();
        }
        assert_eq!(behind.write(&row(4), 0).await, Err(WriteError::Full));
        behind.flush().await;
        assert_eq!(behind.stats().pending, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn flush_waits_for_what_came_before_it_and_for_no_more() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::gated());
    let behind = rows.writer().max_delay(seconds(3_600)).build().unwrap();
    let start = Instant::now();
    behind.flush().await;
    write_all(&behind, [(1, 1), (2, 2)]).await.unwrap();
    let flushing = tokio::spawn({
        let behind = behind.clone();
        async move { behind.flush().await }
    });
    settle().await;
    behind.write(&row(3), 3).await.unwrap();
    assert!(!flushing.is_finished());
    rows.source.gate.add_permits(1);
    flushing.await.unwrap();
    assert_eq!(rows.source.batches(), [[(row(1), 1), (row(2), 2)]]);
    assert_eq!(
        (start.elapsed(), rows.source.attempts()),
        (Duration::ZERO, 1)
    );
    rows.source.gate.add_permits(1);
    tokio::time::sleep(seconds(3_601)).await;
    assert_eq!(rows.source.get(3), Some(3));
}

#[tokio::test(start_paused = true)]
async fn shutdown_writes_the_rest_and_accepts_nothing_more() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let behind = rows.writer().batch_size(10).build().unwrap();
    write_all(&behind, (0..25).map(|id| (id, id)))
        .await
        .unwrap();
    let report = behind.shutdown().await;
    assert_eq!(
        (report.written, report.failed.len(), report.forgotten),
        (25, 0, 0)
    );
    assert_eq!(rows.source.batches().len(), 3);
    assert_eq!(behind.write(&row(1), 99).await, Err(WriteError::Closed));
    assert_eq!(rows.row(1).await, 1, "a refused value is not served");
    behind.flush().await;
    assert_eq!(behind.shutdown().await, report);
}

#[tokio::test(start_paused = true)]
async fn shutdown_turns_those_away_who_wait() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::gated());
    let behind = rows.writer().batch_size(1).capacity(1).build().unwrap();
    behind.write(&row(1), 1).await.unwrap();
    let waiting = tokio::spawn({
        let behind = behind.clone();
        async move { behind.write(&row(2), 2).await }
    });
    settle().await;
    let cut_short = timeout(seconds(1), behind.shutdown()).await;
    assert!(cut_short.is_err());
    assert_eq!(waiting.await.unwrap(), Err(WriteError::Closed));
    assert_eq!(
        behind.write(&row(1), 10).await,
        Err(WriteError::Closed),
        "not even in place of what is pending"
    );
    rows.source.gate.add_permits(1);
    assert_eq!(behind.shutdown().await.written, 1);
    assert_eq!((rows.source.get(1), rows.source.get(2)), (Some(1), None));
}

#[tokio::test(start_paused = true)]
async fn dropped_without_a_shutdown_the_rest_is_written() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let behind = rows.writer().max_delay(seconds(3_600)).build().unwrap();
    write_all(&behind, [(1, 1), (2, 2)]).await.unwrap();
    let clone = behind.clone();
    drop(behind);
    settle().await;
    assert_eq!(rows.source.attempts(), 0, "there is a clone");
    drop(clone);
    settle().await;
    assert_eq!(rows.source.batches(), [[(row(1), 1), (row(2), 2)]]);
}

struct Profiles {
    rows: Rows,
}

impl Profiles {
    #[cached(key = "profiles:<id>", ttl = "1m", caches = self.rows.caches)]
    async fn profile(&self, id: u64) -> u64 {
        0
    }
}

#[tokio::test(start_paused = true)]
async fn one_writer_serves_several_caches() {
    let (caches, _) = caches();
    let profiles = Profiles {
        rows: Rows::new(&caches, &Source::open()),
    };
    let behind = profiles.rows.writer().build().unwrap();
    let id = 1;
    behind.write(&key!("profiles:<id>"), 7).await.unwrap();
    behind.write(&row(1), 8).await.unwrap();
    caches.clear().await;
    assert_eq!(profiles.profile(1).await, 7);
    assert_eq!(profiles.rows.row(1).await, 8);
    behind.flush().await;
    let batch = vec![(key!("profiles:<id>"), 7), (row(1), 8)];
    assert_eq!(profiles.rows.source.batches(), [batch]);
}

#[tokio::test]
async fn options_that_cannot_be_meant_are_refused() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let zero = |option| Err(BuildError::Zero(option));
    for (builder, expected) in [
        (rows.writer().batch_size(0), zero("batch_size")),
        (rows.writer().capacity(0), zero("capacity")),
        (rows.writer().attempts(0), zero("attempts")),
        (
            rows.writer().attempt_timeout(Duration::ZERO),
            zero("attempt_timeout"),
        ),
        (
            rows.writer().backoff(Duration::ZERO, seconds(1)),
            zero("backoff"),
        ),
        (
            rows.writer().backoff(seconds(2), seconds(1)),
            Err(BuildError::Backoff {
                initial: seconds(2),
                max: seconds(1),
            }),
        ),
        (
            rows.writer().batch_size(11).capacity(10),
            Err(BuildError::BatchOverCapacity {
                batch_size: 11,
                capacity: 10,
            }),
        ),
        (
            rows.writer()
                .capacity(usize::MAX)
                .batch_size(usize::MAX)
                .backoff(Duration::MAX, Duration::MAX)
                .attempts(u32::MAX),
            Ok(()),
        ),
    ] {
        assert_eq!(builder.build().map(drop), expected);
    }
}

#[test]
fn without_a_runtime_or_its_timer_it_is_refused() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let error = rows.writer().build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "write-behind: no Tokio runtime to write in; call `build` inside one, for example in an `async fn`"
    );
    let timeless = Builder::new_current_thread().build().unwrap();
    let error = timeless.block_on(async { rows.writer().build().unwrap_err() });
    assert_eq!(error, BuildError::NoTimer);
}

#[test]
fn when_its_runtime_ends_what_is_left_is_given_up() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::gated());
    let runtime = |paused| {
        let mut builder = Builder::new_current_thread();
        builder.enable_time().start_paused(paused).build().unwrap()
    };
    let first = runtime(true);
    let behind: WriteBehind<u64> = first.block_on(async {
        let behind = rows.writer().batch_size(2).build().unwrap();
        write_all(&behind, [(1, 1), (2, 2), (3, 3)]).await.unwrap();
        settle().await;
        behind
    });
    assert_eq!(
        rows.source.attempts(),
        1,
        "two are being written, one waits"
    );
    drop(first);
    runtime(false).block_on(async {
        assert_eq!(behind.write(&row(4), 4).await, Err(WriteError::Closed));
        behind.flush().await;
        assert_eq!(rows.row(1).await, 0, "the source has the word again");
        assert_eq!(rows.row(3).await, 0);
        let report = behind.shutdown().await;
        let failed: Vec<_> = report.failed.iter().map(|failed| failed.value).collect();
        assert_eq!((report.written, failed), (0, vec![1, 2, 3]));
        assert_eq!(
            report.failed[0].error,
            "the runtime that wrote it has ended"
        );
    });
    assert_eq!(behind.stats().pending, 0);
}
