//! Property F in one process: after an invalidation has returned, nobody gets what was loaded before it.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use cached_runtime::{Caches, invalidates, key, pattern, policy};

use crate::stage::{Rows, Source, caches, settle};

/// The ways to invalidate the row of user 1, status open.
const WAYS: [&str; 9] = [
    "key",
    "remove",
    "segment",
    "user",
    "users",
    "middle",
    "text",
    "clear",
    "clear all",
];

async fn invalidate(caches: &Caches, way: &str) {
    let user = 1;
    match way {
        "key" => caches
            .invalidate(pattern!("rows:user:<user>:status:open"))
            .await
            .unwrap(),
        "remove" => {
            caches
                .cache("rows")
                .remove(&key!("rows:user:<user>:status:open"))
                .await;
        }
        "segment" => caches
            .invalidate(pattern!("rows:user:<user>:status*"))
            .await
            .unwrap(),
        "user" => caches
            .invalidate(pattern!("rows:user:<user>*"))
            .await
            .unwrap(),
        "users" => caches.invalidate(pattern!("rows:user:*")).await.unwrap(),
        "middle" => caches
            .invalidate(pattern!("rows:user:*:status:open"))
            .await
            .unwrap(),
        "text" => caches.invalidate("rows:us*").await.unwrap(),
        "clear" => caches.cache("rows").clear().await,
        _ => caches.clear().await,
    }
}

#[tokio::test]
async fn what_was_stored_is_gone() {
    for way in WAYS {
        let (caches, _) = caches();
        let (rows, _begun) = Rows::new(&caches);
        rows.source.let_go(100);
        assert_eq!(rows.row(1, "open").await, 0);
        rows.source.set(1);
        assert_eq!(rows.row(1, "open").await, 0);
        invalidate(&caches, way).await;
        assert_eq!(rows.row(1, "open").await, 1, "{way}");
        assert_eq!(caches.cache("rows").stats().entries, 1, "{way}");
    }
}

#[tokio::test]
async fn a_load_that_was_overtaken_is_not_stored() {
    for way in WAYS {
        let (caches, _) = caches();
        let (rows, mut begun) = Rows::new(&caches);
        let reader = rows.spawn(1);
        begun.next().await;
        rows.source.set(1);
        invalidate(&caches, way).await;
        rows.source.let_go(1);
        assert_eq!(reader.await.unwrap(), 0, "it was waiting before: {way}");
        assert_eq!(caches.cache("rows").stats().discarded_loads, 1, "{way}");

        rows.source.let_go(1);
        assert_eq!(rows.row(1, "open").await, 1, "{way}");
        assert_eq!(rows.row(1, "open").await, 1, "{way}");
        assert_eq!(rows.source.loads(), 2, "{way}");
    }
}

#[tokio::test]
async fn nobody_joins_a_load_that_was_overtaken() {
    for way in WAYS {
        let (caches, _) = caches();
        let (rows, mut begun) = Rows::new(&caches);
        let early = rows.spawn(1);
        begun.next().await;
        let waiting = rows.spawn(1);
        settle().await;
        rows.source.set(1);
        invalidate(&caches, way).await;
        let late = rows.spawn(1);
        begun.next().await;
        rows.source.let_go(2);
        assert_eq!(early.await.unwrap(), 0, "{way}");
        assert_eq!(waiting.await.unwrap(), 0, "it was waiting before: {way}");
        assert_eq!(late.await.unwrap(), 1, "{way}");
        assert_eq!(
            rows.row(1, "open").await,
            1,
            "the later load was stored: {way}"
        );
        assert_eq!(rows.source.loads(), 2, "{way}");
    }
}

#[tokio::test]
async fn a_load_that_is_overtaken_by_a_later_one_does_not_replace_it() {
    for way in WAYS {
        let (caches, _) = caches();
        let (rows, mut begun) = Rows::new(&caches);
        let early = rows.spawn(1);
        begun.next().await;
        rows.source.set(1);
        invalidate(&caches, way).await;
        // The later load waits behind the earlier one for a permit, so it is answered by a value of its own.
        caches
            .cache("rows")
            .insert(&key!("rows:user:1:status:open"), 1_usize, &policy::QUERY);
        rows.source.let_go(1);
        assert_eq!(early.await.unwrap(), 0, "{way}");
        assert_eq!(rows.row(1, "open").await, 1, "{way}");
    }
}

#[tokio::test]
async fn a_leader_dropped_after_an_invalidation_hands_its_flight_to_nobody() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    let leader = rows.spawn(1);
    begun.next().await;
    let follower = rows.spawn(1);
    settle().await;
    rows.source.set(1);
    invalidate(&caches, "user").await;
    leader.abort();
    begun.next().await;
    rows.source.let_go(2);
    assert_eq!(follower.await.unwrap(), 1);
    assert_eq!(
        rows.row(1, "open").await,
        1,
        "the follower's own load was stored"
    );
    assert_eq!(rows.source.loads(), 2);
}

#[tokio::test]
async fn a_value_inserted_during_a_load_is_not_replaced_by_it() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    let reader = rows.spawn(1);
    begun.next().await;
    caches
        .cache("rows")
        .insert(&key!("rows:user:1:status:open"), 5_usize, &policy::QUERY);
    rows.source.let_go(1);
    assert_eq!(reader.await.unwrap(), 0);
    assert_eq!(rows.row(1, "open").await, 5);
}

#[tokio::test]
async fn an_invalidation_of_others_leaves_a_load_alone() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    let reader = rows.spawn(1);
    begun.next().await;
    for other in [
        "rows:user:12*",
        "rows:user:1:status:closed",
        "rows:user:1",
        "rows:user:*:state",
        "other:*",
    ] {
        caches.invalidate(other).await.unwrap();
    }
    rows.source.let_go(1);
    reader.await.unwrap();
    assert_eq!(rows.row(1, "open").await, 0);
    assert_eq!(rows.source.loads(), 1);
}

#[tokio::test]
async fn invalidations_go_on_while_the_cache_is_off() {
    let (caches, _) = caches();
    let (rows, _begun) = Rows::new(&caches);
    rows.source.let_go(100);
    assert_eq!(rows.row(1, "open").await, 0);
    rows.source.set(1);
    caches.set_enabled(false);
    invalidate(&caches, "user").await;
    caches.set_enabled(true);
    assert_eq!(rows.row(1, "open").await, 1);
}

impl Rows {
    #[invalidates("rows:user:<user>*", caches = self.caches)]
    async fn write(&self, user: u64, value: usize) {
        self.source.set(value);
    }
}

/// Readers and writers at once on several threads: an answer is never older than the last write that had returned.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_reader_ever_sees_a_value_older_than_a_write_that_returned() {
    let (caches, _) = caches();
    let (rows, begun) = Rows::new(&caches);
    rows.source.let_go(1_000_000);
    let floor = Arc::new(AtomicUsize::new(0));
    let writer = tokio::spawn({
        let (rows, floor) = (rows.clone(), Arc::clone(&floor));
        async move {
            for value in 1..=5_000 {
                rows.write(1, value).await;
                floor.store(value, Ordering::SeqCst);
                tokio::task::yield_now().await;
            }
        }
    });
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (rows, floor) = (rows.clone(), Arc::clone(&floor));
            tokio::spawn(async move {
                for _ in 0..20_000 {
                    let least = floor.load(Ordering::SeqCst);
                    let seen = rows.row(1, "open").await;
                    assert!(seen >= least, "saw {seen} after {least} had been written");
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    writer.await.unwrap();
    for reader in readers {
        reader.await.unwrap();
    }
    assert_eq!(rows.row(1, "open").await, 5_000);
    drop(begun);
}

/// What many write by hand: look, else load and store; and remove after a write.
#[derive(Clone)]
struct WithoutFence {
    stored: Arc<Mutex<Option<usize>>>,
    source: Source,
}

impl WithoutFence {
    async fn row(&self) -> usize {
        let stored = *self.stored.lock().unwrap();
        if let Some(value) = stored {
            return value;
        }
        let value = self.source.read().await;
        *self.stored.lock().unwrap() = Some(value);
        value
    }
}

/// Guards the tests above: on the same stage, in the same order, a cache without a fence shows the fault.
#[tokio::test]
async fn without_a_fence_the_old_value_comes_back() {
    let (source, mut begun) = Source::new();
    let rows = WithoutFence {
        stored: Arc::default(),
        source,
    };
    let reader = tokio::spawn({
        let rows = rows.clone();
        async move { rows.row().await }
    });
    begun.next().await;
    rows.source.set(1);
    *rows.stored.lock().unwrap() = None;
    rows.source.let_go(1);
    assert_eq!(reader.await.unwrap(), 0);

    rows.source.let_go(1);
    assert_eq!(rows.row().await, 0, "and stays");
    assert_eq!(rows.source.loads(), 1);
}
