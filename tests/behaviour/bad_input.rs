//! What comes of bad input: each case has an outcome, and none takes another entry with it.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use cached_runtime::{
    Cache, Caches, Error, Policy, Settings, SettingsFault, cached, invalidates, key, policy,
    shape::{Fallible, Together},
};
use tokio::sync::Semaphore;

use crate::stage::{caches, seconds, settle, with_settings};

/// Panics when it is cloned for the `n`th time.
struct ClonesUpTo(usize, Arc<AtomicUsize>);

impl Clone for ClonesUpTo {
    fn clone(&self) -> Self {
        let clones = self.1.fetch_add(1, Ordering::SeqCst);
        assert!(clones < self.0, "this value does not like to be cloned");
        Self(self.0, Arc::clone(&self.1))
    }
}

fn is_whole(cache: &Cache) {
    for n in 0..100_u64 {
        cache.insert(&key!("rows:whole:<n>"), n, &policy::QUERY);
        assert_eq!(cache.get::<u64>(&key!("rows:whole:<n>")), Some(n));
    }
}

#[tokio::test]
async fn a_clone_that_panics_panics_in_its_own_call() {
    for good in 0..3 {
        let (caches, _) = caches();
        let rows = caches.cache("rows");
        let clones = Arc::new(AtomicUsize::new(0));
        let mut panics = 0;
        for _ in 0..5 {
            let (rows, clones) = (rows.clone(), Arc::clone(&clones));
            let call = tokio::spawn(async move {
                let load = async { Ok::<_, ()>(ClonesUpTo(good, clones)) };
                rows.get_or_load(&key!("rows:1"), &policy::QUERY, load)
                    .await
                    .is_ok()
            });
            panics += usize::from(call.await.is_err());
        }
        assert_eq!(panics, 5 - good);
        is_whole(&rows);
    }
}

#[derive(Clone)]
struct DropPanics;

impl Drop for DropPanics {
    fn drop(&mut self) {
        assert!(
            std::thread::panicking(),
            "this value does not like to be dropped"
        );
    }
}

#[test]
fn a_drop_that_panics_harms_nobody() {
    let (caches, _) = with_settings("rows", Settings::new().capacity(10));
    let rows = caches.cache("rows");
    for n in 0..1_000_u64 {
        rows.insert(&key!("rows:<n>"), DropPanics, &policy::QUERY);
    }
    let mut now = std::pin::pin!(rows.clear());
    let _ = now
        .as_mut()
        .poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
    is_whole(&rows);
}

/// Calls the cache from its `Drop`.
#[derive(Clone)]
struct CallsBack(Caches);

impl Drop for CallsBack {
    fn drop(&mut self) {
        self.0
            .cache("others")
            .insert(&key!("others:1"), 1_u8, &policy::QUERY);
        self.0
            .cache("rows")
            .insert(&key!("rows:from:drop"), 1_u8, &policy::QUERY);
    }
}

#[test]
fn a_drop_may_call_the_cache() {
    let (caches, _) = with_settings("rows", Settings::new().capacity(10));
    let rows = caches.cache("rows");
    for n in 0..1_000_u64 {
        rows.insert(&key!("rows:<n>"), CallsBack(caches.clone()), &policy::QUERY);
    }
    is_whole(&rows);
}

struct Badly(fn(&mut fmt::Formatter<'_>) -> fmt::Result);

impl fmt::Display for Badly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)(f)
    }
}

struct Displays {
    caches: Caches,
    loads: AtomicUsize,
}

impl Displays {
    #[cached(key = "rows:shown:<shown>", ttl = "1m", caches = self.caches)]
    async fn load(&self, shown: Badly) -> usize {
        self.loads.fetch_add(1, Ordering::SeqCst) + 1
    }

    #[invalidates("rows:shown:<shown>", caches = self.caches)]
    async fn change(&self, shown: Badly) {}
}

#[tokio::test]
async fn a_display_that_writes_nothing_is_a_value_of_its_own() {
    let (caches, _) = caches();
    let service = Displays {
        caches,
        loads: AtomicUsize::new(0),
    };
    assert_eq!(service.load(Badly(|_| Ok(()))).await, 1);
    assert_eq!(service.load(Badly(|_| Ok(()))).await, 1);
    assert_eq!(service.load(Badly(|f| f.write_str("x"))).await, 2);
}

#[tokio::test]
async fn a_display_that_fails_makes_the_call_do_without_the_cache() {
    let (caches, _) = caches();
    let service = Displays {
        caches,
        loads: AtomicUsize::new(0),
    };
    assert_eq!(service.load(Badly(|_| Err(fmt::Error))).await, 1);
    assert_eq!(service.load(Badly(|_| Err(fmt::Error))).await, 2);
    assert_eq!(service.load(Badly(|f| f.write_str("x"))).await, 3);
    service.change(Badly(|_| Err(fmt::Error))).await;
    assert_eq!(
        service.load(Badly(|f| f.write_str("x"))).await,
        4,
        "a pattern that cannot be written widens"
    );
}

#[tokio::test]
async fn a_display_that_panics_panics_in_its_own_call() {
    let (caches, _) = caches();
    let service = Arc::new(Displays {
        caches: caches.clone(),
        loads: AtomicUsize::new(0),
    });
    let call = tokio::spawn({
        let service = Arc::clone(&service);
        async move { service.load(Badly(|_| panic!("no text"))).await }
    });
    assert!(call.await.unwrap_err().is_panic());
    assert_eq!(service.loads.load(Ordering::SeqCst), 0);
    is_whole(&caches.cache("rows"));
}

#[tokio::test]
async fn a_value_of_another_type_is_a_miss() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    rows.insert(&key!("rows:1"), 1_u8, &policy::QUERY);
    assert_eq!(rows.get::<u16>(&key!("rows:1")), None);
    let loaded = rows
        .get_or_load(&key!("rows:1"), &policy::QUERY, async {
            Ok::<_, ()>(2_u16)
        })
        .await;
    assert_eq!(loaded, Ok(2));
    assert_eq!(rows.get::<u16>(&key!("rows:1")), Some(2));
    assert!(rows.stats().type_mismatches >= 2);
}

#[tokio::test]
async fn a_weigher_that_panics_panics_in_its_own_call() {
    let weighs = |n: &u64| if *n == 13 { panic!("unlucky") } else { 1 };
    let (caches, _) = with_settings("rows", Settings::new().max_weight(1_000).weigh(weighs));
    let rows = caches.cache("rows");
    let call = tokio::spawn({
        let rows = rows.clone();
        async move {
            rows.get_or_load(&key!("rows:1"), &policy::QUERY, async {
                Ok::<_, ()>(13_u64)
            })
            .await
        }
    });
    assert!(call.await.unwrap_err().is_panic());
    let next = rows
        .get_or_load(&key!("rows:1"), &policy::QUERY, async {
            Ok::<_, ()>(1_u64)
        })
        .await;
    assert_eq!(next, Ok(1));
}

#[test]
fn the_longest_ttl_does_not_overflow() {
    let (caches, clock) = caches();
    let rows = caches.cache("rows");
    rows.insert(&key!("rows:1"), 1_u8, &Policy::new(Duration::MAX));
    clock.advance(seconds(60 * 60 * 24 * 365 * 99));
    assert_eq!(rows.get::<u8>(&key!("rows:1")), Some(1));
    clock.advance(Duration::MAX);
    assert_eq!(rows.get::<u8>(&key!("rows:1")), None);
    rows.insert(&key!("rows:2"), 1_u8, &Policy::new(Duration::MAX));
    is_whole_at_the_end_of_time(&rows);
}

fn is_whole_at_the_end_of_time(rows: &Cache) {
    assert_eq!(
        rows.get::<u8>(&key!("rows:2")),
        None,
        "on the last instant nothing is fresh any more"
    );
    rows.run_pending_tasks();
}

#[test]
fn a_value_heavier_than_the_cache_is_not_kept() {
    let weighs = |text: &String| u32::try_from(text.len()).unwrap();
    let (caches, _) = with_settings("rows", Settings::new().max_weight(100).weigh(weighs));
    let rows = caches.cache("rows");
    rows.insert(&key!("rows:1"), "x".repeat(101), &policy::QUERY);
    rows.run_pending_tasks();
    assert_eq!(rows.get::<String>(&key!("rows:1")), None);
    assert_eq!((rows.stats().entries, rows.stats().weight), (0, 0));
}

#[test]
fn settings_that_contradict_each_other_are_refused_by_name() {
    let weighs = |_: &u8| 1;
    for (settings, fault) in [
        (Settings::new().capacity(0), SettingsFault::NoRoom),
        (
            Settings::new().capacity(1).max_weight(1).weigh(weighs),
            SettingsFault::TwoLimits,
        ),
        (Settings::new().max_weight(1), SettingsFault::NoWeigher),
        (Settings::new().weigh(weighs), SettingsFault::NoMaxWeight),
        (
            Settings::new().ttl(Duration::ZERO),
            SettingsFault::Zero("ttl"),
        ),
        (
            Settings::new().ttl(seconds(1)).tti(seconds(2)),
            SettingsFault::TtiOverTtl {
                ttl: seconds(1),
                tti: seconds(2),
            },
        ),
        (Settings::new().jitter(101), SettingsFault::Jitter(101)),
    ] {
        let error = Caches::builder()
            .settings("rows", settings)
            .build()
            .unwrap_err();
        let expected = Error::Settings {
            cache: String::from("rows"),
            fault,
        };
        assert_eq!(error, expected);
        assert!(
            error
                .to_string()
                .starts_with("the settings of cache `rows`: "),
            "{error}"
        );
    }
    let own = Settings::new().ttl(seconds(1));
    let error = Caches::builder()
        .defaults(Settings::new().tti(seconds(5)))
        .settings("rows", own)
        .build();
    assert!(error.is_err(), "contradictions with the defaults count");
}

/// Calls the cache from its `Drop`, even from the one that eviction causes.
#[derive(Clone)]
struct Tidies(Caches);

impl Drop for Tidies {
    fn drop(&mut self) {
        self.0.cache("rows").run_pending_tasks();
    }
}

#[test]
fn a_drop_in_an_eviction_may_call_the_cache() {
    let (caches, _) = with_settings("rows", Settings::new().capacity(10));
    let rows = caches.cache("rows");
    for n in 0..3_000_u64 {
        rows.insert(&key!("rows:<n>"), Tidies(caches.clone()), &policy::QUERY);
        if n % 300 == 0 {
            rows.run_pending_tasks();
        }
    }
    rows.run_pending_tasks();
    assert!(rows.stats().entries <= 10);
}

/// The copies of this error do not like to be dropped.
struct Sour {
    is_copy: bool,
}

impl Clone for Sour {
    fn clone(&self) -> Self {
        Self { is_copy: true }
    }
}

impl Drop for Sour {
    fn drop(&mut self) {
        assert!(
            !self.is_copy || std::thread::panicking(),
            "this error does not like to be dropped"
        );
    }
}

#[tokio::test]
async fn a_shared_error_whose_drop_panics_harms_nobody() {
    let (caches, _) = caches();
    let go = Arc::new(Semaphore::new(0));
    let callers: Vec<_> = (0..2)
        .map(|_| {
            let (rows, go) = (caches.cache("rows"), Arc::clone(&go));
            tokio::spawn(async move {
                let load = async move {
                    go.acquire().await.unwrap().forget();
                    Err(Sour { is_copy: false })
                };
                let shape = Fallible::<u8, Sour, Together>::new();
                let (key, policy) = (key!("rows:1"), &policy::QUERY);
                let answer = rows
                    .get_or_load_as(shape, &key, policy, |_| true, load)
                    .await;
                std::mem::forget(answer);
            })
        })
        .collect();
    settle().await;
    go.add_permits(2);
    for caller in callers {
        caller.await.unwrap();
    }
}

struct Named {
    id: Badly,
}

#[derive(Clone)]
struct Names(Caches);

impl Names {
    #[invalidates("rows:<ret.id>", on = "ok", caches = self.0)]
    async fn change(&self, id: Badly) -> Named {
        Named { id }
    }
}

#[tokio::test]
async fn a_display_of_the_answer_that_panics_widens_the_pattern() {
    let (caches, _) = caches();
    let (rows, names) = (caches.cache("rows"), Names(caches.clone()));
    rows.insert(&key!("rows:1"), 1_u8, &policy::QUERY);
    let call = tokio::spawn(async move {
        names
            .change(Badly(|_| panic!("no text")))
            .await
            .id
            .to_string()
    });
    assert!(call.await.unwrap_err().is_panic());
    assert_eq!(
        rows.get::<u8>(&key!("rows:1")),
        None,
        "the change had been made"
    );
}
