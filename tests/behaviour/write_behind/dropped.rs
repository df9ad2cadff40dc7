//! Calls of a writer that are dropped, or that panic.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use cached_runtime::{
    Settings, WriteBehind,
    write_behind::{WhenFull, WriteError},
};

use super::{KEEP, Rows, Source, row, write_all};
use crate::stage::{caches, poll_once, seconds, settle, with_settings};

#[tokio::test(start_paused = true)]
async fn a_write_is_done_when_it_was_polled_once_and_not_before() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::open());
    let behind = rows.writer().build().unwrap();
    let key = row(1);
    drop(behind.write(&key, 1));
    assert_eq!(rows.row(1).await, 0);
    let written = poll_once(pin!(behind.write(&key, 2))).await;
    assert_eq!(written, Some(Ok(())));
    assert_eq!(rows.row(1).await, 2);
    behind.flush().await;
    assert_eq!(rows.source.batches(), [[(row(1), 2)]]);
}

#[tokio::test(start_paused = true)]
async fn a_flush_that_is_dropped_ends_the_wait_and_nothing_else() {
    let (caches, _) = caches();
    let rows = Rows::new(&caches, &Source::gated());
    let behind = rows.writer().max_delay(seconds(3_600)).build().unwrap();
    write_all(&behind, [(1, 1), (2, 2)]).await.unwrap();
    {
        let mut flushing = pin!(behind.flush());
        assert_eq!(poll_once(flushing.as_mut()).await, None);
        settle().await;
        assert_eq!(poll_once(flushing.as_mut()).await, None);
    }
    rows.source.gate.add_permits(1);
    settle().await;
    assert_eq!(rows.source.batches(), [[(row(1), 1), (row(2), 2)]]);
    behind.write(&row(3), 3).await.unwrap();
    rows.source.gate.add_permits(1);
    behind.flush().await;
    assert_eq!(rows.source.get(3), Some(3));
}

/// Panics when it is cloned for the first time.
#[derive(Debug)]
struct Touchy(Arc<AtomicUsize>);

impl Clone for Touchy {
    fn clone(&self) -> Self {
        assert!(
            self.0.fetch_add(1, Ordering::SeqCst) > 0,
            "not the first time"
        );
        Self(Arc::clone(&self.0))
    }
}

#[tokio::test(start_paused = true)]
async fn a_value_that_panics_on_its_way_into_the_cache_is_not_accepted() {
    for by_weigher in [false, true] {
        let asked = AtomicUsize::new(0);
        let weigher = move |_: &Touchy| {
            let first = asked.fetch_add(1, Ordering::SeqCst) == 0;
            assert!(!(by_weigher && first), "not the first time");
            1
        };
        let (caches, _) = with_settings("rows", Settings::new().max_weight(100).weigh(weigher));
        let written = Arc::new(AtomicUsize::new(0));
        let behind: WriteBehind<Touchy> = WriteBehind::builder(&caches, KEEP, {
            let written = Arc::clone(&written);
            move |batch: Vec<_>| {
                written.fetch_add(batch.len(), Ordering::SeqCst);
                async { Ok::<_, String>(()) }
            }
        })
        .capacity(1)
        .batch_size(1)
        .when_full(WhenFull::Refuse)
        .build()
        .unwrap();
        let clones = Arc::new(AtomicUsize::new(usize::from(by_weigher)));
        let value = || Touchy(Arc::clone(&clones));
        let call = tokio::spawn({
            let (behind, value) = (behind.clone(), value());
            async move { behind.write(&row(1), value).await }
        });
        assert!(call.await.unwrap_err().is_panic());
        let rows = caches.cache("rows");
        assert!(rows.get::<Touchy>(&row(1)).is_none());
        assert_eq!(behind.stats().pending, 0);

        assert_eq!(
            behind.write(&row(1), value()).await,
            Ok(()),
            "its room was given back"
        );
        assert_eq!(behind.write(&row(2), value()).await, Err(WriteError::Full));
        assert!(rows.get::<Touchy>(&row(1)).is_some());
        behind.flush().await;
        assert_eq!(written.load(Ordering::SeqCst), 1);
    }
}
