//! `reload`, `bypass`, `only_if_cached`, and the kill switches.

use cached_runtime::{bypass, key, only_if_cached, policy, reload, shape::Optional};
use tokio::sync::oneshot;

use crate::stage::{Rows, caches};

#[tokio::test]
async fn reload_runs_the_body_and_stores_its_answer() {
    let (caches, _) = caches();
    let (rows, _begun) = Rows::new(&caches);
    rows.source.let_go(100);
    assert_eq!(rows.row(1, "open").await, 0);
    rows.source.set(1);
    assert_eq!(rows.row(1, "open").await, 0);
    assert_eq!(reload(rows.row(1, "open")).await, 1);
    assert_eq!(rows.row(1, "open").await, 1);
    assert_eq!(rows.source.loads(), 2);
}

#[tokio::test]
async fn reload_joins_no_load_and_is_not_replaced_by_an_older_one() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    let older = rows.spawn(1);
    begun.next().await;
    rows.source.set(1);
    let reloading = tokio::spawn({
        let rows = rows.clone();
        async move { reload(rows.row(1, "open")).await }
    });
    begun.next().await;
    // Permits go to those who wait in the order of their coming, so the older load ends first; both are let go at once.
    rows.source.let_go(2);
    assert_eq!(reloading.await.unwrap(), 1);
    older.await.unwrap();
    assert_eq!(rows.row(1, "open").await, 1);
}

#[tokio::test]
async fn reload_that_is_overtaken_is_not_stored() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    let reloading = tokio::spawn({
        let rows = rows.clone();
        async move { reload(rows.row(1, "open")).await }
    });
    begun.next().await;
    rows.source.set(1);
    caches.invalidate("rows:user:1:*").await.unwrap();
    rows.source.let_go(2);
    assert_eq!(reloading.await.unwrap(), 0);
    assert_eq!(rows.row(1, "open").await, 1);
}

#[tokio::test]
async fn bypass_leaves_the_cache_alone() {
    let (caches, _) = caches();
    let (rows, _begun) = Rows::new(&caches);
    rows.source.let_go(100);
    assert_eq!(bypass(rows.row(1, "open")).await, 0);
    rows.source.set(1);
    assert_eq!(rows.row(1, "open").await, 1, "the bypass stored nothing");
    rows.source.set(2);
    assert_eq!(bypass(rows.row(1, "open")).await, 2);
    assert_eq!(rows.row(1, "open").await, 1);
    let stats = caches.cache("rows").stats();
    assert_eq!(
        (stats.hits, stats.misses),
        (1, 1),
        "calls that bypass are not counted"
    );
}

#[tokio::test]
async fn only_if_cached_never_runs_the_body() {
    let (caches, _) = caches();
    let (rows, _begun) = Rows::new(&caches);
    rows.source.let_go(100);
    assert_eq!(only_if_cached(rows.row(1, "open")).await, None);
    assert_eq!(rows.source.loads(), 0);
    rows.row(1, "open").await;
    assert_eq!(only_if_cached(rows.row(1, "open")).await, Some(0));
    let both = only_if_cached(async { (rows.row(1, "open").await, rows.row(2, "open").await) });
    assert_eq!(both.await, None, "one of the two is not cached");
    caches.set_enabled(false);
    assert_eq!(only_if_cached(rows.row(1, "open")).await, None);
}

impl Rows {
    #[cached_runtime::cached(key = "rows:pair:<user>", ttl = "1m", caches = self.caches)]
    async fn pair(&self, user: u64) -> (usize, usize) {
        (self.row(user, "open").await, self.row(user, "closed").await)
    }
}

#[tokio::test]
async fn a_mode_is_not_handed_down_to_calls_of_the_body() {
    let (caches, _) = caches();
    let (rows, _begun) = Rows::new(&caches);
    rows.source.let_go(100);
    assert_eq!(rows.pair(1).await, (0, 0));
    rows.source.set(1);
    assert_eq!(
        reload(rows.pair(1)).await,
        (0, 0),
        "the rows themselves are cached"
    );
    assert_eq!(bypass(rows.pair(1)).await, (0, 0));
    assert_eq!(rows.source.loads(), 2);
    assert_eq!(
        reload(async { (rows.row(1, "open").await, rows.row(1, "closed").await) }).await,
        (1, 1)
    );
}

#[tokio::test]
async fn a_cache_that_is_off_runs_the_body_each_time() {
    let (caches, _) = caches();
    let (rows, _begun) = Rows::new(&caches);
    rows.source.let_go(100);
    rows.row(1, "open").await;
    for all in [true, false] {
        let before = rows.source.loads();
        if all {
            caches.set_enabled(false);
        } else {
            caches.cache("rows").set_enabled(false);
        }
        assert!(!caches.cache("rows").is_enabled());
        rows.row(1, "open").await;
        rows.row(1, "open").await;
        assert_eq!(rows.source.loads(), before + 2);
        caches.set_enabled(true);
        caches.cache("rows").set_enabled(true);
        rows.row(1, "open").await;
        assert_eq!(
            rows.source.loads(),
            before + 2,
            "what was stored before is there again"
        );
    }
}

/// A reload whose load returns `value` when it is let go, and says that it has begun.
async fn reloading(
    caches: cached_runtime::Caches,
    value: Option<usize>,
    begun: oneshot::Sender<()>,
    go: oneshot::Receiver<()>,
) {
    let load = async move {
        begun.send(()).unwrap();
        go.await.unwrap();
        value
    };
    let (rows, key) = (caches.cache("rows"), key!("rows:user:1:status:open"));
    let shape = Optional::<usize>::new();
    reload(rows.get_or_load_as(shape, &key, &policy::QUERY, |_| true, load)).await;
}

#[tokio::test]
async fn of_two_reloads_the_later_one_stays() {
    for later_ends_first in [false, true] {
        let (caches, _) = caches();
        let mut started = Vec::new();
        for value in [1, 2] {
            let (begun, has_begun) = oneshot::channel();
            let (go, gone) = oneshot::channel();
            let task = tokio::spawn(reloading(caches.clone(), Some(value), begun, gone));
            has_begun.await.unwrap();
            started.push((go, task));
        }
        if later_ends_first {
            started.reverse();
        }
        for (go, task) in started {
            go.send(()).unwrap();
            task.await.unwrap();
        }
        let stays = caches
            .cache("rows")
            .get::<usize>(&key!("rows:user:1:status:open"));
        assert_eq!(stays, Some(2));
    }
}

#[tokio::test]
async fn a_reload_that_finds_nothing_leaves_nothing() {
    let (caches, _) = caches();
    let (rows, key) = (caches.cache("rows"), key!("rows:1"));
    rows.insert(&key, 1_usize, &policy::QUERY);
    let shape = Optional::<usize>::new();
    let nothing = rows.get_or_load_as(shape, &key, &policy::QUERY, |_| true, async { None });
    assert_eq!(reload(nothing).await, None);
    assert_eq!(rows.get::<usize>(&key), None);

    rows.insert(&key, 1_usize, &policy::QUERY);
    let failing = rows.get_or_load::<usize, _, _>(&key, &policy::QUERY, async { Err("no") });
    assert_eq!(reload(failing).await, Err("no"));
    assert_eq!(
        rows.get::<usize>(&key),
        Some(1),
        "of a reload that fails the entry knows nothing"
    );
}

#[tokio::test]
async fn a_load_that_ends_while_the_cache_is_off_is_not_stored() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    let reader = rows.spawn(1);
    begun.next().await;
    caches.set_enabled(false);
    rows.source.let_go(1);
    reader.await.unwrap();
    assert_eq!(caches.cache("rows").stats().entries, 0);
}
