//! A source that fails.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use cached_runtime::{Key, WriteBehind, key};
use tokio::time::Instant;
use tracing::Level;

use super::{KEEP, Rows, Source, log::Log, millis, row, write_all};
use crate::stage::{caches, seconds, settle};

#[tokio::test(start_paused = true)]
async fn a_batch_is_tried_again_after_longer_and_longer_pauses() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let behind = rows
        .writer()
        .backoff(millis(100), millis(300))
        .attempts(6)
        .build()
        .unwrap();
    rows.source.fail(5);
    let start = Instant::now();
    behind.write(&row(1), 7).await.unwrap();
    let flushing = tokio::spawn({
        let behind = behind.clone();
        async move { behind.flush().await }
    });
    // 100, 200, 300, 300, 300 less a quarter at most.
    tokio::time::sleep(millis(74)).await;
    assert_eq!(rows.source.attempts(), 1);
    tokio::time::sleep(millis(27)).await;
    assert_eq!(rows.source.attempts(), 2);
    caches.clear().await;
    assert_eq!(rows.row(1).await, 7, "still pending");
    flushing.await.unwrap();
    let took = start.elapsed();
    assert!((millis(900)..=millis(1_210)).contains(&took), "{took:?}");
    assert_eq!(rows.source.batches(), [[(row(1), 7)]]);
    let stats = behind.stats();
    assert_eq!((stats.retries, stats.written, stats.failed), (5, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn what_is_given_up_is_reported_and_readers_ask_the_source() {
    let log = Log::new();
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let behind = rows.writer().batch_size(2).attempts(3).build().unwrap();
    rows.source.set(1, 100);
    rows.source.fail(3);
    write_all(&behind, [(1, 1), (2, 2), (3, 3), (4, 4)])
        .await
        .unwrap();
    behind.flush().await;
    assert_eq!(rows.source.batches(), [[(row(3), 3), (row(4), 4)]]);
    assert_eq!((rows.row(1).await, rows.row(2).await), (100, 0));
    assert_eq!((rows.row(3).await, rows.source.loads()), (3, 2));
    let stats = behind.stats();
    assert_eq!((stats.failed, stats.written, stats.pending), (2, 2, 0));

    let failed = behind.take_failed();
    let taken: Vec<_> = failed
        .iter()
        .map(|failed| (failed.key.clone(), failed.value, failed.error.as_str()))
        .collect();
    let error = "the source is down";
    assert_eq!(taken, [(row(1), 1, error), (row(2), 2, error)]);
    let report = behind.shutdown().await;
    assert_eq!((report.written, report.failed), (2, vec![]), "taken once");

    let [warned] = log.lines(Level::WARN).try_into().unwrap();
    assert!(warned.contains("cache=\"rows\" values=2"), "{warned}");
    let [given_up] = log.lines(Level::ERROR).try_into().unwrap();
    assert!(given_up.contains("cache=\"rows\" values=2"), "{given_up}");
    assert!(
        !given_up.contains("rows:"),
        "no keys are logged: {given_up}"
    );
}

/// The first failed attempt is logged at once, not only when all is lost.
#[tokio::test(start_paused = true)]
async fn a_sink_that_always_fails_is_heard_of_early_and_holds_nobody_up() {
    let log = Log::new();
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    rows.source.fail(usize::MAX);
    let behind = rows.writer().batch_size(1).capacity(3).build().unwrap();
    behind.write(&row(0), 0).await.unwrap();
    settle().await;
    assert_eq!(log.lines(Level::WARN).len(), 1);
    assert_eq!(log.lines(Level::ERROR).len(), 0);
    write_all(&behind, (1..10).map(|id| (id, id)))
        .await
        .unwrap();
    let report = behind.shutdown().await;
    assert_eq!(
        (report.written, report.failed.len(), report.forgotten),
        (0, 3, 7)
    );
    assert_eq!(report.failed[2].value, 9, "the latest are kept");
    assert_eq!(log.lines(Level::ERROR).len(), 10);
    assert_eq!(rows.source.attempts(), 50);
    assert_eq!(behind.stats().failed, 10);
}

#[tokio::test(start_paused = true)]
async fn a_newer_value_outlives_the_older_one() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::gated());
    let behind = rows.writer().attempts(1).build().unwrap();
    rows.source.fail(1);
    behind.write(&row(1), 1).await.unwrap();
    tokio::time::sleep(millis(101)).await;
    behind.write(&row(1), 2).await.unwrap();
    rows.source.gate.add_permits(1);
    settle().await;
    assert_eq!(behind.stats().failed, 1);
    assert_eq!(rows.row(1).await, 2);
    caches.clear().await;
    assert_eq!((rows.row(1).await, rows.source.loads()), (2, 0));
    rows.source.gate.add_permits(1);
    let report = behind.shutdown().await;
    assert_eq!((report.written, report.failed[0].value), (1, 1));
    assert_eq!(rows.source.get(1), Some(2));
}

struct Explodes;

impl Drop for Explodes {
    fn drop(&mut self) {
        assert!(
            std::thread::panicking(),
            "this sink does not like to be dropped"
        );
    }
}

/// Four bad ends, and then it writes.
#[tokio::test(start_paused = true)]
async fn panics_and_silence_count_as_failures() {
    let (caches, _) = caches();
    let calls = Arc::new(AtomicUsize::new(0));
    let sink = {
        let calls = Arc::clone(&calls);
        move |_: Vec<(Key, u64)>| {
            let call = calls.fetch_add(1, Ordering::SeqCst);
            assert!(call != 0, "at the call");
            async move {
                assert!(call != 1, "in the future");
                if call == 2 {
                    pending::<()>().await;
                }
                if call == 3 {
                    let _explodes = Explodes;
                    pending::<()>().await;
                }
                Ok::<(), String>(())
            }
        }
    };
    let behind = WriteBehind::builder(&caches, KEEP, sink)
        .attempt_timeout(seconds(5))
        .build()
        .unwrap();
    behind.write(&row(1), 1).await.unwrap();
    let report = behind.shutdown().await;
    assert_eq!((report.written, report.failed), (1, vec![]));
    assert_eq!(calls.load(Ordering::SeqCst), 5);
}

#[tokio::test(start_paused = true)]
async fn the_last_error_is_told() {
    let (caches, _) = caches();
    let sink = |batch: Vec<(Key, u64)>| async move {
        match batch[0].1 {
            1 => panic!("out of {}", "luck"),
            2 => pending().await,
            _ => Err("no"),
        }
    };
    let behind = WriteBehind::builder(&caches, KEEP, sink)
        .batch_size(1)
        .attempts(2)
        .attempt_timeout(seconds(5))
        .build()
        .unwrap();
    write_all(&behind, [(1, 1), (2, 2), (3, 3)]).await.unwrap();
    let failed = behind.shutdown().await.failed;
    let errors: Vec<_> = failed.iter().map(|failed| failed.error.as_str()).collect();
    assert_eq!(
        errors,
        [
            "the sink panicked: out of luck",
            "the sink has not answered within 5s",
            "no"
        ]
    );
}

/// Panics when it is cloned for the sink.
struct ClonesOnce(Arc<AtomicUsize>);

impl Clone for ClonesOnce {
    fn clone(&self) -> Self {
        let clones = self.0.fetch_add(1, Ordering::SeqCst);
        assert!(clones != 1, "this value does not like to be cloned");
        Self(Arc::clone(&self.0))
    }
}

#[tokio::test(start_paused = true)]
async fn a_clone_that_panics_costs_an_attempt() {
    let (caches, _) = caches();
    let sink = |_: Vec<(Key, ClonesOnce)>| async { Ok::<(), String>(()) };
    let behind = WriteBehind::builder(&caches, KEEP, sink).build().unwrap();
    let value = ClonesOnce(Arc::default());
    behind.write(&key!("rows:1"), value).await.unwrap();
    let report = behind.shutdown().await;
    assert_eq!((report.written, behind.stats().retries), (1, 1));
}
