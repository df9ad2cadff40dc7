//! What is stored, for how long, and what is not.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use cached_runtime::{Caches, Policy, Settings, cached, policy};

use crate::stage::{caches, seconds, with_settings};

#[derive(Clone)]
struct Service {
    caches: Caches,
    loads: Arc<AtomicUsize>,
}

#[derive(Debug, PartialEq)]
struct NotCloneable(&'static str);

type Reply<T> = Result<T, NotCloneable>;

const SHORT: Policy = Policy::new(seconds(5));

impl Service {
    fn new(caches: &Caches) -> Self {
        Self {
            caches: caches.clone(),
            loads: Arc::default(),
        }
    }

    fn load(&self) -> usize {
        self.loads.fetch_add(1, Ordering::SeqCst) + 1
    }

    #[cached(key = "rows:plain:<n>", ttl = "1m", caches = self.caches)]
    async fn plain(&self, n: u64) -> usize {
        self.load()
    }

    #[cached(key = "rows:fails:<wrong>", ttl = "1m", caches = self.caches)]
    async fn fails(&self, wrong: bool) -> Reply<usize> {
        let load = self.load();
        if wrong {
            Err(NotCloneable("no"))
        } else {
            Ok(load)
        }
    }

    #[cached(key = "rows:maybe:<there>", ttl = "1m", caches = self.caches)]
    async fn maybe(&self, there: bool) -> Option<usize> {
        let load = self.load();
        there.then_some(load)
    }

    #[cached(key = "rows:find:<there>", ttl = "1m", none_ttl = "5s", caches = self.caches)]
    async fn find(&self, there: bool) -> anyhow::Result<Option<usize>> {
        let load = self.load();
        Ok(there.then_some(load))
    }

    #[cached(key = "rows:idle:<n>", ttl = "1m", tti = "10s", caches = self.caches)]
    async fn idle(&self, n: u64) -> usize {
        self.load()
    }

    #[cached(key = "rows:jittery:<n>", ttl = "100s", jitter = "10%", caches = self.caches)]
    async fn jittery(&self, n: u64) -> usize {
        self.load()
    }

    #[cached(key = "rows:even:<n>", ttl = "1m", store_if = |load| load % 2 == 0, caches = self.caches)]
    async fn even(&self, n: u64) -> usize {
        self.load()
    }

    #[cached(key = "rows:short:<n>", policy = SHORT, caches = self.caches)]
    async fn short(&self, n: u64) -> usize {
        self.load()
    }

    #[cached(key = "rows:refined:<n>", policy = policy::API, ttl = "3s", caches = self.caches)]
    async fn refined(&self, n: u64) -> Option<usize> {
        self.load();
        None
    }
}

#[tokio::test]
async fn two_calls_one_after_the_other_load_once() {
    let (caches, _) = caches();
    let service = Service::new(&caches);
    assert_eq!(service.plain(1).await, 1);
    assert_eq!(service.plain(1).await, 1);
    assert_eq!(service.plain(2).await, 2);
    let stats = caches.cache("rows").stats();
    assert_eq!((stats.hits, stats.misses, stats.loads), (1, 2, 2));
}

#[tokio::test]
async fn an_error_is_not_stored_behind_an_alias_either() {
    let (caches, _) = caches();
    let service = Service::new(&caches);
    assert_eq!(service.fails(true).await, Err(NotCloneable("no")));
    assert_eq!(service.fails(true).await, Err(NotCloneable("no")));
    assert_eq!(service.fails(false).await, Ok(3));
    assert_eq!(service.fails(false).await, Ok(3));
    assert_eq!(caches.cache("rows").stats().load_failures, 2);
}

#[tokio::test]
async fn absence_is_not_stored_without_none_ttl() {
    let (caches, _) = caches();
    let service = Service::new(&caches);
    assert_eq!(service.maybe(false).await, None);
    assert_eq!(service.maybe(false).await, None);
    assert_eq!(service.loads.load(Ordering::SeqCst), 2);
    assert_eq!(service.maybe(true).await, Some(3));
    assert_eq!(service.maybe(true).await, Some(3));
}

#[tokio::test]
async fn absence_is_stored_for_none_ttl() {
    let (caches, clock) = caches();
    let service = Service::new(&caches);
    assert_eq!(service.find(false).await.unwrap(), None);
    clock.advance(seconds(4));
    assert_eq!(service.find(false).await.unwrap(), None);
    assert_eq!(service.loads.load(Ordering::SeqCst), 1);
    clock.advance(seconds(1));
    assert_eq!(service.find(false).await.unwrap(), None);
    assert_eq!(service.loads.load(Ordering::SeqCst), 2);
    assert_eq!(service.find(true).await.unwrap(), Some(3));
    clock.advance(seconds(59));
    assert_eq!(service.find(true).await.unwrap(), Some(3));
}

#[tokio::test]
async fn an_entry_expires_at_its_ttl() {
    let (caches, clock) = caches();
    let service = Service::new(&caches);
    assert_eq!(service.plain(1).await, 1);
    clock.advance(Duration::new(59, 999_999_999));
    assert_eq!(service.plain(1).await, 1);
    clock.advance(Duration::from_nanos(1));
    assert_eq!(service.plain(1).await, 2);
    assert_eq!(caches.cache("rows").stats().expirations, 1);
}

#[tokio::test]
async fn an_entry_expires_when_it_is_not_read() {
    let (caches, clock) = caches();
    let service = Service::new(&caches);
    assert_eq!(service.idle(1).await, 1);
    for _ in 0..5 {
        clock.advance(seconds(9));
        assert_eq!(service.idle(1).await, 1);
    }
    clock.advance(seconds(10));
    assert_eq!(service.idle(1).await, 2);
    for _ in 0..6 {
        clock.advance(seconds(9));
        assert_eq!(service.idle(1).await, 2);
    }
    clock.advance(seconds(6));
    assert_eq!(
        service.idle(1).await,
        3,
        "reading does not carry it past its ttl"
    );
}

#[tokio::test]
async fn jitter_is_subtracted() {
    let (caches, clock) = caches();
    let service = Service::new(&caches);
    for n in 0..100 {
        service.jittery(n).await;
    }
    clock.advance(seconds(90));
    for n in 0..100 {
        service.jittery(n).await;
    }
    assert_eq!(
        service.loads.load(Ordering::SeqCst),
        100,
        "all are there for 90 % of the ttl"
    );

    let (caches, clock) = self::caches();
    let service = Service::new(&caches);
    for n in 0..100 {
        service.jittery(n).await;
    }
    clock.advance(seconds(95));
    for n in 0..100 {
        service.jittery(n).await;
    }
    let reloaded = service.loads.load(Ordering::SeqCst) - 100;
    assert!(
        (20..80).contains(&reloaded),
        "{reloaded} of 100 expired half-way through the jitter"
    );
}

#[tokio::test]
async fn store_if_decides_by_the_value() {
    let (caches, _) = caches();
    let service = Service::new(&caches);
    assert_eq!(service.even(1).await, 1);
    assert_eq!(service.even(1).await, 2);
    assert_eq!(service.even(1).await, 2);
}

#[tokio::test]
async fn a_policy_constant_sets_the_lifetime() {
    let (caches, clock) = caches();
    let service = Service::new(&caches);
    assert_eq!(service.short(1).await, 1);
    clock.advance(seconds(5));
    assert_eq!(service.short(1).await, 2);

    assert_eq!(service.refined(1).await, None);
    assert_eq!(service.refined(1).await, None);
    assert_eq!(
        service.loads.load(Ordering::SeqCst),
        3,
        "the none_ttl of the policy holds"
    );
}

#[tokio::test]
async fn the_operators_word_overrides_the_attributes() {
    let (caches, clock) = with_settings("rows", Settings::new().ttl(seconds(2)));
    let service = Service::new(&caches);
    assert_eq!(service.plain(1).await, 1);
    clock.advance(seconds(2));
    assert_eq!(service.plain(1).await, 2);
}

#[tokio::test]
async fn capacity_bounds_the_number_of_entries() {
    let (caches, _) = with_settings("rows", Settings::new().capacity(100));
    let service = Service::new(&caches);
    for n in 0..1_000 {
        service.plain(n).await;
    }
    let rows = caches.cache("rows");
    rows.run_pending_tasks();
    let stats = rows.stats();
    assert_eq!(stats.entries, 100);
    assert_eq!(stats.evictions, 900);
}

#[tokio::test]
async fn weight_bounds_the_sum_of_what_the_weigher_says() {
    let settings = Settings::new()
        .max_weight(1_000)
        .weigh(|text: &String| u32::try_from(text.len()).unwrap());
    let (caches, _) = with_settings("texts", settings);
    let texts = caches.cache("texts");
    for n in 0..100_u64 {
        texts.insert(&cached_runtime::key!("texts:<n>"), "x".repeat(100), &SHORT);
    }
    texts.run_pending_tasks();
    let stats = texts.stats();
    assert_eq!((stats.entries, stats.weight), (10, 1_000));
}

#[tokio::test]
async fn what_weighs_nothing_takes_room_all_the_same() {
    let settings = Settings::new().max_weight(10).weigh(|_: &u64| 0);
    let (caches, _) = with_settings("rows", settings);
    let rows = caches.cache("rows");
    for n in 0..100_u64 {
        rows.insert(&cached_runtime::key!("rows:<n>"), n, &SHORT);
    }
    rows.run_pending_tasks();
    assert_eq!(rows.stats().entries, 10);
}
