//! Many threads: whatever else happens, nobody is served a value older than one that was accepted before the call.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use cached_runtime::{Settings, pattern, reload};
use tokio::task::JoinSet;

use super::{Rows, Source, millis, row};
use crate::stage::with_settings;

const KEYS: u64 = 4;
const ROUNDS: u64 = 3_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_reader_goes_back_in_time() {
    // Too small for the keys, so that entries come and go.
    let (caches, _) = with_settings("rows", Settings::new().capacity(2));
    let rows = Rows::new(&caches, &Source::open());
    let behind = rows
        .writer()
        .batch_size(2)
        .capacity(3)
        .max_delay(Duration::ZERO)
        .backoff(Duration::from_micros(10), millis(1))
        .attempts(u32::MAX)
        .build()
        .unwrap();
    let accepted: Arc<Vec<AtomicU64>> = Arc::new((0..KEYS).map(|_| AtomicU64::new(0)).collect());
    let done = Arc::new(AtomicBool::new(false));

    let mut writers = JoinSet::new();
    for id in 0..KEYS {
        let (behind, accepted, rows) = (behind.clone(), Arc::clone(&accepted), rows.clone());
        writers.spawn(async move {
            for value in 1..=ROUNDS {
                behind.write(&row(id), value).await.unwrap();
                accepted[usize::try_from(id).unwrap()].store(value, Ordering::SeqCst);
                if value % 64 == 0 {
                    rows.source.fail(3);
                }
                if value % 16 == 0 {
                    tokio::task::yield_now().await;
                }
            }
        });
    }
    let mut others = JoinSet::new();
    for reader in 0..4_u64 {
        let (rows, accepted) = (rows.clone(), Arc::clone(&accepted));
        let done = Arc::clone(&done);
        others.spawn(async move {
            let mut round = reader;
            while !done.load(Ordering::SeqCst) {
                round += 1;
                let id = round % KEYS;
                let at_least = accepted[usize::try_from(id).unwrap()].load(Ordering::SeqCst);
                let seen = if round.is_multiple_of(7) {
                    reload(rows.row(id)).await
                } else {
                    rows.row(id).await
                };
                assert!(seen >= at_least, "row {id}: {seen} after {at_least}");
                if round.is_multiple_of(5) {
                    rows.caches.invalidate(pattern!("rows:*")).await.unwrap();
                }
                tokio::task::yield_now().await;
            }
        });
    }
    while let Some(writer) = writers.join_next().await {
        writer.unwrap();
    }
    let report = behind.shutdown().await;
    done.store(true, Ordering::SeqCst);
    while let Some(other) = others.join_next().await {
        other.unwrap();
    }
    assert!(report.failed.is_empty());
    let stats = behind.stats();
    assert_eq!(stats.pending, 0);
    assert_eq!(stats.written + stats.replaced, KEYS * ROUNDS);
    for id in 0..KEYS {
        assert_eq!(rows.source.get(id), Some(ROUNDS));
        assert_eq!(rows.row(id).await, ROUNDS);
    }
}
