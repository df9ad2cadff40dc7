//! Past the `ttl`, and shortly before its end: who gets the old answer, who loads, and what becomes of failures.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use cached_runtime::{
    Cache, Caches, Lookup, ManualClock, Policy, Settings, key, only_if_cached, policy, reload,
    shape::{Fallible, FallibleOptional, Plain, Together},
};

use crate::stage::{AHEAD, Row, SIE, SWR, TTL, caches, poll_once, seconds, settle, with_settings};

#[tokio::test]
async fn one_caller_loads_and_the_others_get_the_old_answer_at_once() {
    for (policy, age) in [(SWR, 60), (SWR, 89), (AHEAD, 48), (AHEAD, 59)] {
        let (row, mut begun) = Row::new(policy);
        row.age(&mut begun, age).await;
        let loading = row.spawn();
        begun.next().await;
        for _ in 0..5 {
            assert_eq!(row.read().await, 0, "after {age} s");
        }
        assert!(!loading.is_finished());
        row.source.let_go(1);
        assert_eq!(loading.await.unwrap(), 1);
        assert_eq!(row.read().await, 1);
        let stats = row.cache.stats();
        assert_eq!((stats.loads, stats.refreshes, stats.hits), (2, 1, 6));
        assert_eq!(stats.stale_hits, if age < 60 { 0 } else { 5 });
    }
}

#[tokio::test]
async fn in_a_task_of_its_own_nobody_waits() {
    for (policy, age) in [(SWR, 60), (AHEAD, 48)] {
        let (row, mut begun) = Row::new(policy);
        row.age(&mut begun, age).await;
        for _ in 0..5 {
            assert_eq!(row.read_in_background().await, 0);
        }
        begun.next().await;
        settle().await;
        assert!(!begun.any_more(), "one load for five callers");
        row.source.let_go(1);
        settle().await;
        assert_eq!(row.read_in_background().await, 1);
        assert_eq!(row.cache.stats().loads, 2);
    }
}

#[tokio::test]
async fn a_first_load_runs_in_the_callers_own_task() {
    let (row, mut begun) = Row::new(SWR);
    let mut call = Box::pin(row.read_in_background());
    assert!(poll_once(call.as_mut()).await.is_none());
    begun.next().await;
    drop(call);
    row.source.let_go(1);
    settle().await;
    assert_eq!(row.cache.stats().entries, 0, "dropped with its caller");
}

#[tokio::test]
async fn before_the_window_nobody_loads_and_past_it_everybody_waits() {
    for (policy, age, loads) in [
        (SWR, 59, 1),
        (AHEAD, 47, 1),
        (SWR, 90, 2),
        (AHEAD, 60, 2),
        (TTL, 60, 2),
    ] {
        let (row, mut begun) = Row::new(policy);
        row.age(&mut begun, age).await;
        row.source.let_go(1);
        assert_eq!(row.read().await, loads - 1, "after {age} s");
        assert_eq!(row.source.loads(), loads);
        assert_eq!(row.cache.stats().refreshes, 0);
    }
}

#[tokio::test]
async fn a_caller_who_leaves_lets_the_next_one_load() {
    let (row, mut begun) = Row::new(SWR);
    row.age(&mut begun, 70).await;
    let loading = row.spawn();
    begun.next().await;
    assert_eq!(row.read().await, 0);
    loading.abort();
    assert!(loading.await.unwrap_err().is_cancelled());
    let loading = row.spawn();
    begun.next().await;
    row.source.let_go(1);
    assert_eq!(loading.await.unwrap(), 1);
}

#[tokio::test]
async fn a_refresh_that_spans_an_invalidation_leaves_nothing() {
    for background in [false, true] {
        for (policy, age) in [(SWR, 70), (AHEAD, 50)] {
            let (row, mut begun) = Row::new(policy);
            row.age(&mut begun, age).await;
            let this = row.clone();
            let loading = tokio::spawn(async move {
                if background {
                    this.read_in_background().await
                } else {
                    this.read().await
                }
            });
            begun.next().await;
            row.source.set(2);
            row.cache.remove(&key!("rows:1")).await;
            // Neither the old answer nor the load that was overtaken is for this one.
            let reader = row.spawn();
            begun.next().await;
            row.source.let_go(2);
            assert_eq!(reader.await.unwrap(), 2);
            loading.await.unwrap();
            settle().await;
            assert_eq!(row.read().await, 2);
            assert_eq!(row.cache.stats().discarded_loads, 1);
        }
    }
}

#[tokio::test]
async fn only_if_cached_takes_nothing_past_the_ttl() {
    let (row, mut begun) = Row::new(SWR.refresh_ahead(80));
    row.age(&mut begun, 50).await;
    assert_eq!(only_if_cached(row.read()).await, Some(0));
    assert_eq!(row.cache.get::<usize>(&key!("rows:1")), Some(0));
    row.clock.advance(seconds(20));
    assert_eq!(only_if_cached(row.read()).await, None);
    assert_eq!(row.cache.get::<usize>(&key!("rows:1")), None);
    assert_eq!(row.source.loads(), 1);
}

/// The source does not answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Down;

/// A source that fails when told to.
#[derive(Clone)]
struct Shaky {
    cache: Cache,
    clock: ManualClock,
    fails: Arc<AtomicUsize>,
    loads: Arc<AtomicUsize>,
    policy: Policy,
}

impl Shaky {
    fn new(policy: Policy) -> Self {
        let (caches, clock) = caches();
        Self {
            cache: caches.cache("rows"),
            clock,
            fails: Arc::default(),
            loads: Arc::default(),
            policy,
        }
    }

    fn fail(&self, fail: bool) {
        self.fails.store(usize::from(fail), Ordering::SeqCst);
    }

    fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }

    async fn read(&self) -> Result<usize, Down> {
        let shape = Fallible::<usize, Down, Together>::new();
        let load = async {
            tokio::task::yield_now().await;
            let n = self.loads.fetch_add(1, Ordering::SeqCst);
            if self.fails.load(Ordering::SeqCst) == 1 {
                Err(Down)
            } else {
                Ok(n)
            }
        };
        let lookup = self.cache.look_up(shape, &key!("rows:1"), &self.policy);
        lookup.load(std::pin::pin!(load)).await
    }
}

#[tokio::test]
async fn a_failed_load_gives_the_old_answer_within_the_window() {
    let row = Shaky::new(SIE);
    assert_eq!(row.read().await, Ok(0));
    row.fail(true);
    row.clock.advance(seconds(61));
    assert_eq!(row.read().await, Ok(0));
    assert_eq!(row.cache.stats().load_failures, 1);
    row.clock.advance(seconds(300));
    assert_eq!(row.read().await, Err(Down), "the window is over");
    row.fail(false);
    assert_eq!(row.read().await, Ok(3));
}

#[tokio::test]
async fn without_a_window_an_error_is_an_error() {
    let row = Shaky::new(TTL);
    assert_eq!(row.read().await, Ok(0));
    row.fail(true);
    row.clock.advance(seconds(61));
    assert_eq!(row.read().await, Err(Down));
}

#[tokio::test]
async fn failures_are_retried_every_ten_seconds_and_never_longer_than_the_window() {
    for policy in [
        SIE,
        TTL.stale_while_revalidate(seconds(300)),
        TTL.refresh_ahead(10),
    ] {
        let row = Shaky::new(policy);
        assert_eq!(row.read().await, Ok(0));
        row.fail(true);
        let start = if policy == TTL.refresh_ahead(10) {
            6
        } else {
            60
        };
        let end = if start == 6 { 60 } else { 360 };
        row.clock.advance(seconds(start));
        let mut expected = 1;
        for second in start..end {
            if (second - start) % 10 == 0 {
                expected += 1;
            }
            for _ in 0..3 {
                assert_eq!(row.read().await, Ok(0), "after {second} s");
            }
            assert_eq!(row.loads(), expected, "after {second} s");
            row.clock.advance(seconds(1));
        }
        assert_eq!(row.read().await, Err(Down));
        row.fail(false);
        assert_eq!(row.read().await, Ok(expected + 1), "no longer held back");
    }
}

#[tokio::test]
async fn those_who_waited_for_a_failed_load_get_the_old_answer_too() {
    let row = Shaky::new(SIE);
    assert_eq!(row.read().await, Ok(0));
    row.fail(true);
    row.clock.advance(seconds(61));
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let row = row.clone();
            tokio::spawn(async move { row.read().await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), Ok(0));
    }
    assert_eq!(row.loads(), 2);
}

#[tokio::test]
async fn an_invalidation_also_kills_what_was_kept_for_errors() {
    for policy in [SIE, SWR, AHEAD, SWR.stale_if_error(seconds(300))] {
        let row = Shaky::new(policy);
        assert_eq!(row.read().await, Ok(0));
        row.fail(true);
        row.clock.advance(seconds(50));
        row.cache.remove(&key!("rows:1")).await;
        assert_eq!(row.read().await, Err(Down));
        row.clock.advance(seconds(20));
        assert_eq!(row.read().await, Err(Down));
    }
}

#[tokio::test]
async fn reload_says_what_has_happened_and_keeps_the_old_answer() {
    let row = Shaky::new(SIE);
    assert_eq!(row.read().await, Ok(0));
    row.fail(true);
    assert_eq!(reload(row.read()).await, Err(Down));
    assert_eq!(row.read().await, Ok(0));
}

#[tokio::test]
async fn a_source_that_has_nothing_any_more_takes_the_old_answer_away() {
    let (caches, clock) = caches();
    let cache = caches.cache("rows");
    let policy = SIE.stale_while_revalidate(seconds(30));
    let read = async |answer: Result<Option<u8>, Down>| {
        let shape = FallibleOptional::<u8, Down, Together>::new();
        cache
            .look_up(shape, &key!("rows:1"), &policy)
            .load(std::pin::pin!(async { answer }))
            .await
    };
    assert_eq!(read(Ok(Some(1))).await, Ok(Some(1)));
    clock.advance(seconds(61));
    assert_eq!(read(Ok(None)).await, Ok(None));
    assert_eq!(read(Err(Down)).await, Err(Down), "nothing stands in");
}

#[tokio::test]
async fn expire_keeps_the_old_answer_for_errors_only() {
    for way in ["key", "prefix", "cache"] {
        let expire = async |row: &Cache, caches: &Caches| match way {
            "key" => row.expire(&key!("rows:1")).await,
            "prefix" => caches.expire("rows{,:*}").await.unwrap(),
            _ => caches.expire("rows:*").await.unwrap(),
        };
        let (caches, clock) = caches();
        let cache = caches.cache("rows");
        let read = async |policy: &Policy, answer: Result<u8, Down>| {
            let load = async { answer };
            cache.get_or_load(&key!("rows:1"), policy, load).await
        };
        let swr = SWR;
        assert_eq!(read(&swr, Ok(1)).await, Ok(1));
        expire(&cache, &caches).await;
        assert_eq!(read(&swr, Err(Down)).await, Err(Down), "{way}");
        assert_eq!(read(&swr, Ok(2)).await, Ok(2), "{way}");
        cache.clear().await;

        let sie = SWR.stale_if_error(seconds(300));
        assert_eq!(read(&sie, Ok(3)).await, Ok(3));
        expire(&cache, &caches).await;
        assert_eq!(cache.get::<u8>(&key!("rows:1")), None);
        assert_eq!(read(&sie, Err(Down)).await, Ok(3), "{way}");
        assert_eq!(
            read(&sie, Ok(4)).await,
            Ok(3),
            "{way}: too early to try again"
        );
        clock.advance(seconds(10));
        assert_eq!(read(&sie, Ok(5)).await, Ok(5), "{way}");
        expire(&cache, &caches).await;
        caches.invalidate("rows{,:*}").await.unwrap();
        assert_eq!(read(&sie, Err(Down)).await, Err(Down), "{way}");
    }
}

/// A load has failed, but not one that began after the expiration.
#[tokio::test]
async fn a_failure_before_an_expiration_does_not_hold_the_next_load_back() {
    for way in ["key", "prefix", "before the failure"] {
        let (caches, clock) = caches();
        let cache = caches.cache("rows");
        let policy = AHEAD.stale_if_error(seconds(300));
        let expire = async || match way {
            "prefix" => caches.expire("rows{,:*}").await.unwrap(),
            _ => cache.expire(&key!("rows:1")).await,
        };
        let read = async |load: Result<u8, Down>| {
            let load = async {
                if way == "before the failure" && load.is_err() {
                    expire().await;
                }
                load
            };
            let key = key!("rows:1");
            cache.get_or_load(&key, &policy, load).await
        };
        assert_eq!(read(Ok(1)).await, Ok(1));
        clock.advance(seconds(50));
        assert_eq!(read(Err(Down)).await, Ok(1), "ahead of its time");
        assert_eq!(read(Err(Down)).await, Ok(1), "too early to try again");
        if way != "before the failure" {
            expire().await;
        }
        assert_eq!(read(Ok(2)).await, Ok(2), "{way}");
        assert_eq!(read(Ok(3)).await, Ok(2), "{way}");
    }
}

#[tokio::test]
async fn a_load_that_an_expiration_has_overtaken_is_not_stored() {
    for prefix in [false, true] {
        let (row, mut begun) = Row::new(SIE);
        let other = key!("rows:2");
        row.cache.insert(&other, 7_usize, &TTL);
        let loading = row.spawn();
        begun.next().await;
        row.source.set(1);
        if prefix {
            let caches = row.cache.clone();
            caches.expire(&key!("rows:1")).await;
        } else {
            row.cache.expire(&key!("rows:1")).await;
        }
        let reader = row.spawn();
        begun.next().await;
        row.source.let_go(2);
        assert_eq!(loading.await.unwrap(), 0);
        assert_eq!(reader.await.unwrap(), 1);
        assert_eq!(row.read().await, 1);
        assert_eq!(row.cache.get::<usize>(&other), Some(7), "not meant");
    }
}

#[tokio::test]
async fn the_operator_opens_windows_too() {
    let settings = Settings::new()
        .stale_while_revalidate(seconds(10))
        .stale_if_error(seconds(100));
    let (caches, clock) = with_settings("rows", settings);
    let cache = caches.cache("rows");
    let read = async |answer: Result<u8, Down>| {
        let load = async { answer };
        cache
            .get_or_load(&key!("rows:1"), &policy::RATE_LIMIT, load)
            .await
    };
    assert_eq!(read(Ok(1)).await, Ok(1));
    clock.advance(seconds(159));
    assert_eq!(read(Err(Down)).await, Ok(1));
    clock.advance(seconds(1));
    assert_eq!(read(Err(Down)).await, Err(Down));
}

#[tokio::test]
async fn the_drawn_moment_follows_the_time_that_loads_take() {
    let (caches, clock) = caches();
    let cache = caches.cache("rows");
    let policy = Policy::new(seconds(1_000)).refresh_ahead_auto();
    let mut early = Vec::new();
    for n in 0..50 {
        let key = key!("rows:<n>");
        let load = async {
            clock.advance(seconds(10));
            n
        };
        let stored = cache
            .look_up(Plain::new(), &key, &policy)
            .load(std::pin::pin!(load))
            .await;
        assert_eq!(stored, n);
        let mut left = 1_000;
        while left > 0 {
            clock.advance(seconds(5));
            left -= 5;
            let found = cache.look_up(Plain::<i32>::new(), &key, &policy);
            if !matches!(found, Lookup::Hit(_)) {
                break;
            }
        }
        early.push(left);
    }
    assert!(
        early.iter().all(|&left| left >= 5),
        "before the end: {early:?}"
    );
    assert!(
        early.iter().all(|&left| left <= 500),
        "after half the time: {early:?}"
    );
    let mean = early.iter().sum::<u64>() / 50;
    assert!((12..=35).contains(&mean), "about twice the load: {mean}");
}
