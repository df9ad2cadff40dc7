//! Loads past the `ttl` or shortly before its end: how many there are, how long anybody waits, and what if they fail.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use cached_runtime::{
    Cache, ManualClock, Policy, RefreshAhead, Settings, key,
    shape::{Fallible, Optional, Plain, Together},
};
use tokio::time::{Instant, sleep};

use crate::{
    freshness::Down,
    stage::{AHEAD, Row, SIE, SWR, TTL, caches, seconds, settle, with_settings},
};

/// The entry is past all windows before the load that renews it is back: the old answer is no answer any more.
#[tokio::test]
async fn a_refresh_that_outlasts_its_window_is_waited_for() {
    for background in [false, true] {
        let (row, mut begun) = Row::new(SWR);
        row.age(&mut begun, 70).await;
        let first = tokio::spawn({
            let row = row.clone();
            async move {
                if background {
                    row.read_in_background().await
                } else {
                    row.read().await
                }
            }
        });
        begun.next().await;
        assert_eq!(row.read().await, 0);
        row.clock.advance(seconds(20));
        let waiting: Vec<_> = (0..5).map(|_| row.spawn()).collect();
        settle().await;
        assert!(waiting.iter().all(|call| !call.is_finished()));
        row.source.let_go(1);
        for call in waiting {
            assert_eq!(call.await.unwrap(), 1);
        }
        assert_eq!(first.await.unwrap(), usize::from(!background));
        assert_eq!(row.source.loads(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_while_a_task_refreshes() {
    let (caches, clock) = caches();
    let cache = caches.cache("rows");
    let loads = Arc::new(AtomicUsize::new(0));
    let read = || {
        let loads = Arc::clone(&loads);
        let load = async move {
            sleep(seconds(1)).await;
            loads.fetch_add(1, Ordering::SeqCst)
        };
        cache
            .look_up(Plain::new(), &key!("rows:1"), &SWR)
            .load_in_background(|_| true, load)
    };
    assert_eq!(read().await, 0);
    clock.advance(seconds(60));
    let begin = Instant::now();
    for _ in 0..9 {
        assert_eq!(read().await, 0);
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(
        begin.elapsed(),
        Duration::from_millis(900),
        "only the time between the calls"
    );
    sleep(Duration::from_millis(200)).await;
    assert_eq!(read().await, 1);
    assert_eq!(loads.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn many_callers_at_once_refresh_once() {
    for (policy, age) in [(SWR, 70), (AHEAD, 50)] {
        let (row, mut begun) = Row::new(policy);
        row.age(&mut begun, age).await;
        let calls: Vec<_> = (0..1_000)
            .map(|n| {
                let row = row.clone();
                tokio::spawn(async move {
                    if n % 2 == 0 {
                        row.read_in_background().await
                    } else {
                        row.read().await
                    }
                })
            })
            .collect();
        for call in calls {
            assert_eq!(call.await.unwrap(), 0);
        }
        begun.next().await;
        assert!(!begun.any_more());
        row.source.let_go(1);
        settle().await;
        assert_eq!(row.read().await, 1);
    }
}

/// A row whose source is down or not, refreshed in tasks.
struct Flaky {
    cache: Cache,
    clock: ManualClock,
    loads: Arc<AtomicUsize>,
    policy: Policy,
}

impl Flaky {
    fn new(policy: Policy) -> Self {
        let (caches, clock) = caches();
        Self {
            cache: caches.cache("rows"),
            clock,
            loads: Arc::default(),
            policy,
        }
    }

    async fn read(&self, fails: bool) -> Result<usize, Down> {
        let loads = Arc::clone(&self.loads);
        let load = async move {
            let load = loads.fetch_add(1, Ordering::SeqCst);
            if fails { Err(Down) } else { Ok(load) }
        };
        let shape = Fallible::<usize, Down, Together>::new();
        let lookup = self.cache.look_up(shape, &key!("rows:1"), &self.policy);
        lookup.load_in_background(|_| true, load).await
    }
}

#[tokio::test]
async fn a_refresh_that_fails_in_a_task_is_tried_again_after_ten_seconds() {
    for (policy, age) in [(SWR, 60), (AHEAD, 48)] {
        let row = Flaky::new(policy);
        assert_eq!(row.read(false).await, Ok(0));
        row.clock.advance(seconds(age));
        for second in 0..10 {
            assert_eq!(row.read(true).await, Ok(0));
            settle().await;
            assert_eq!(row.loads.load(Ordering::SeqCst), 2, "after {second} s");
            row.clock.advance(seconds(1));
        }
        assert_eq!(row.read(false).await, Ok(0));
        settle().await;
        assert_eq!(row.read(false).await, Ok(2));
        assert_eq!(row.cache.stats().load_failures, 1);
    }
}

/// Past the time in which an old answer is handed out at once there is nothing to hide behind a task.
#[tokio::test]
async fn an_answer_kept_for_errors_only_is_loaded_by_its_caller() {
    let row = Flaky::new(SIE);
    assert_eq!(row.read(false).await, Ok(0));
    row.clock.advance(seconds(61));
    assert_eq!(row.read(false).await, Ok(1));
    row.clock.advance(seconds(61));
    assert_eq!(row.read(true).await, Ok(1));
    assert_eq!(row.cache.stats().refreshes, 0);
}

#[tokio::test]
async fn the_longest_ttl_can_be_refreshed_ahead() {
    const YEAR: u64 = 60 * 60 * 24 * 365;
    let longest = Policy::new(Duration::MAX);
    for policy in [
        longest.refresh_ahead(50),
        longest
            .refresh_ahead(50)
            .stale_while_revalidate(Duration::MAX),
        longest.refresh_ahead(50).stale_if_error(Duration::MAX),
    ] {
        let (row, mut begun) = Row::new(policy);
        row.age(&mut begun, 49 * YEAR).await;
        assert_eq!(row.read().await, 0);
        assert!(!begun.any_more(), "too early");
        row.clock.advance(seconds(2 * YEAR));
        row.source.let_go(1);
        assert_eq!(row.read().await, 1);
        row.clock.advance(Duration::MAX);
        row.source.let_go(1);
        row.read().await;
        assert_eq!(row.source.loads(), 3);
    }
    let (row, mut begun) = Row::new(longest.refresh_ahead_auto());
    row.age(&mut begun, 99 * YEAR).await;
    assert_eq!(
        row.read().await,
        0,
        "the load took no time, so there is none to be early by"
    );
}

#[tokio::test]
async fn the_operator_lets_a_cache_be_refreshed_ahead() {
    let settings = Settings::new().refresh_ahead(RefreshAhead::Percent(50));
    let (caches, clock) = with_settings("rows", settings);
    let cache = caches.cache("rows");
    let read = async |value: u8| {
        cache
            .look_up(Plain::new(), &key!("rows:1"), &TTL)
            .load(async { value })
            .await
    };
    assert_eq!(read(1).await, 1);
    clock.advance(seconds(29));
    assert_eq!(read(2).await, 1);
    clock.advance(seconds(1));
    assert_eq!(read(3).await, 3);
    assert_eq!(cache.stats().refreshes, 1);
}

/// What is known to be absent is no old answer to hand out.
#[tokio::test]
async fn an_absence_is_not_handed_out_past_its_time() {
    let (caches, clock) = caches();
    let cache = caches.cache("rows");
    let policy = SWR.stale_if_error(seconds(300)).none_ttl(seconds(5));
    let read = async |answer: Option<u8>| {
        cache
            .look_up(Optional::new(), &key!("rows:1"), &policy)
            .load(async { answer })
            .await
    };
    assert_eq!(read(None).await, None);
    assert_eq!(read(Some(1)).await, None);
    clock.advance(seconds(5));
    assert_eq!(read(Some(2)).await, Some(2));
    clock.advance(seconds(61));
    assert_eq!(read(None).await, None, "who loads it sees that it is gone");
    assert_eq!(read(Some(3)).await, None, "and so do the others");
}

/// Where `tti` is over nobody has cared for a while, and the old answer is no answer.
#[tokio::test]
async fn an_idle_entry_has_no_late_life() {
    let (row, mut begun) = Row::new(SWR.tti(seconds(10)));
    row.age(&mut begun, 10).await;
    row.source.let_go(1);
    assert_eq!(row.read().await, 1);
    assert_eq!(row.cache.stats().refreshes, 0);
    begun.next().await;
    for _ in 0..7 {
        row.clock.advance(seconds(9));
        row.source.set(2);
        let reading = row.spawn();
        settle().await;
        if begun.any_more() {
            assert_eq!(
                row.read().await,
                1,
                "read all the time, it is stale and not idle"
            );
            row.source.let_go(1);
            assert_eq!(reading.await.unwrap(), 2);
            return;
        }
        assert_eq!(reading.await.unwrap(), 1);
    }
    unreachable!("its ttl is over by now");
}
