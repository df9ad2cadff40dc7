//! Loads that take too long: who gets the error, when, and what is left of the load.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use cached_runtime::{Caches, LoadTimeout, ManualClock, cached, reload};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

use crate::stage::{caches, seconds, settle};

/// An error that all who waited can be given.
#[derive(Clone, Debug, PartialEq)]
struct Shared(LoadTimeout);

impl From<LoadTimeout> for Shared {
    fn from(late: LoadTimeout) -> Self {
        Self(late)
    }
}

/// An error for one caller.
#[derive(Debug, PartialEq)]
struct Own;

impl From<LoadTimeout> for Own {
    fn from(_: LoadTimeout) -> Self {
        Self
    }
}

/// A service whose loads take as long as they are told to, with two seconds to do it in.
#[derive(Clone)]
struct Slow {
    caches: Caches,
    clock: ManualClock,
    takes: Arc<AtomicUsize>,
    loads: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
}

impl Slow {
    fn new(takes: usize) -> Self {
        let (caches, clock) = caches();
        Self {
            caches,
            clock,
            takes: Arc::new(AtomicUsize::new(takes)),
            loads: Arc::default(),
            ended: Arc::default(),
        }
    }

    async fn load(&self) -> usize {
        let load = self.loads.fetch_add(1, Ordering::SeqCst);
        sleep(seconds(self.takes.load(Ordering::SeqCst) as u64)).await;
        self.ended.fetch_add(1, Ordering::SeqCst);
        load
    }

    #[cached(key = "rows:shared:<id>", ttl = "1m", timeout = "2s", caches = self.caches)]
    async fn shared(&self, id: u64) -> Result<usize, Shared> {
        Ok(self.load().await)
    }

    #[cached(key = "rows:own:<id>", ttl = "1m", timeout = "2s", caches = self.caches)]
    async fn own(&self, id: u64) -> Result<usize, Own> {
        Ok(self.load().await)
    }

    #[cached(key = "rows:kept:<id>", ttl = "1m", stale_if_error = "5m", timeout = "2s", caches = self.caches)]
    async fn kept(&self, id: u64) -> Result<usize, Own> {
        Ok(self.load().await)
    }

    #[cached(
        key = "rows:behind:<id>",
        ttl = "1m",
        stale_while_revalidate = "5m",
        timeout = "2s",
        background,
        caches = self.caches
    )]
    async fn behind(&self, id: u64) -> Result<usize, Own> {
        Ok(self.load().await)
    }

    fn takes(&self, seconds: usize) {
        self.takes.store(seconds, Ordering::SeqCst);
    }

    fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }

    fn ended(&self) -> usize {
        self.ended.load(Ordering::SeqCst)
    }

    fn spawn_shared(&self) -> JoinHandle<Result<usize, Shared>> {
        let this = self.clone();
        tokio::spawn(async move { this.shared(1).await })
    }

    fn spawn_own(&self) -> JoinHandle<Result<usize, Own>> {
        let this = self.clone();
        tokio::spawn(async move { this.own(1).await })
    }
}

async fn at<T>(begin: Instant, call: JoinHandle<T>) -> (T, Duration) {
    let answer = call.await.unwrap();
    (answer, begin.elapsed())
}

#[tokio::test(start_paused = true)]
async fn who_comes_late_gets_the_leaders_error_when_the_leader_does() {
    let slow = Slow::new(10);
    let begin = Instant::now();
    let leader = slow.spawn_shared();
    sleep(Duration::from_millis(1_500)).await;
    let late = slow.spawn_shared();
    let (error, when) = at(begin, leader).await;
    assert_eq!((error.is_err(), when), (true, seconds(2)));
    let (same, when) = at(begin, late).await;
    assert_eq!((same, when), (error, seconds(2)));
    assert_eq!((slow.loads(), slow.ended()), (1, 0));
}

/// Each run of a body has the whole time.
#[tokio::test(start_paused = true)]
async fn who_cannot_be_given_the_error_has_a_time_of_his_own() {
    let slow = Slow::new(10);
    let begin = Instant::now();
    let leader = slow.spawn_own();
    sleep(seconds(1)).await;
    let late = slow.spawn_own();
    assert_eq!(at(begin, leader).await, (Err(Own), seconds(2)));
    assert_eq!(at(begin, late).await, (Err(Own), seconds(4)));

    slow.takes(1);
    let begin = Instant::now();
    let leader = slow.spawn_own();
    let late = slow.spawn_own();
    sleep(Duration::from_millis(900)).await;
    leader.abort();
    assert_eq!(
        at(begin, late).await,
        (Ok(3), Duration::from_millis(1_900)),
        "it took over"
    );
}

#[tokio::test(start_paused = true)]
async fn a_load_that_was_given_up_is_dropped_and_stores_nothing() {
    let slow = Slow::new(10);
    assert_eq!(slow.own(1).await, Err(Own));
    slow.takes(1);
    let later = slow.spawn_own();
    settle().await;
    assert_eq!(slow.loads(), 2, "nobody waits for it any more");
    assert_eq!(later.await.unwrap(), Ok(1));
    sleep(seconds(60)).await;
    assert_eq!(
        (slow.loads(), slow.ended()),
        (2, 1),
        "it never came to its end"
    );
    assert_eq!(slow.own(1).await, Ok(1));
    let stats = slow.caches.cache("rows").stats();
    assert_eq!((stats.entries, stats.load_failures), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn many_keys_are_given_up_at_once_and_leave_nothing() {
    let slow = Slow::new(10);
    let begin = Instant::now();
    let calls: Vec<_> = (0..1_000)
        .map(|id| {
            let slow = slow.clone();
            tokio::spawn(async move { slow.own(id).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), Err(Own));
    }
    assert_eq!(begin.elapsed(), seconds(2));
    slow.takes(1);
    let begin = Instant::now();
    let again: Vec<_> = (0..1_000)
        .map(|id| {
            let slow = slow.clone();
            tokio::spawn(async move { slow.own(id).await })
        })
        .collect();
    for call in again {
        assert!(call.await.unwrap().is_ok());
    }
    assert_eq!((begin.elapsed(), slow.loads()), (seconds(1), 2_000));
}

/// For those who have an old answer the time-out is how long they wait for a better one.
#[tokio::test(start_paused = true)]
async fn a_time_out_is_an_error_for_which_an_old_answer_stands_in() {
    let slow = Slow::new(1);
    assert_eq!(slow.kept(1).await, Ok(0));
    slow.clock.advance(seconds(61));
    slow.takes(10);
    let begin = Instant::now();
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let slow = slow.clone();
            tokio::spawn(async move { slow.kept(1).await })
        })
        .collect();
    for call in calls {
        assert_eq!(at(begin, call).await, (Ok(0), seconds(2)));
    }
    assert_eq!(slow.loads(), 2, "one load for all of them");
    assert_eq!(slow.kept(1).await, Ok(0));
    assert_eq!(begin.elapsed(), seconds(2), "too early to try again");
    slow.clock.advance(seconds(10));
    slow.takes(1);
    assert_eq!(slow.kept(1).await, Ok(2));
    slow.caches.invalidate("rows:kept:1").await.unwrap();
    slow.takes(10);
    assert_eq!(
        slow.kept(1).await,
        Err(Own),
        "nothing stands in for what was invalidated"
    );
}

#[tokio::test(start_paused = true)]
async fn a_load_in_a_task_of_its_own_is_given_up_too() {
    let slow = Slow::new(1);
    assert_eq!(slow.behind(1).await, Ok(0));
    slow.clock.advance(seconds(61));
    slow.takes(10);
    let begin = Instant::now();
    for _ in 0..20 {
        assert_eq!(slow.behind(1).await, Ok(0));
    }
    assert_eq!(begin.elapsed(), Duration::ZERO);
    sleep(seconds(3)).await;
    assert_eq!(slow.caches.cache("rows").stats().load_failures, 1);
    assert_eq!(slow.behind(1).await, Ok(0));
    settle().await;
    assert_eq!(slow.loads(), 2, "too early to try again");

    slow.clock.advance(seconds(10));
    slow.takes(1);
    assert_eq!(slow.behind(1).await, Ok(0));
    sleep(seconds(2)).await;
    assert_eq!(slow.behind(1).await, Ok(2));
    slow.clock.advance(seconds(400));
    slow.takes(10);
    let begin = Instant::now();
    assert_eq!(
        slow.behind(1).await,
        Err(Own),
        "where there is no old answer"
    );
    assert_eq!(begin.elapsed(), seconds(2));
}

#[tokio::test(start_paused = true)]
async fn a_reload_that_takes_too_long_says_so_and_leaves_what_was_there() {
    let slow = Slow::new(1);
    assert_eq!(slow.own(1).await, Ok(0));
    slow.takes(10);
    assert_eq!(reload(slow.own(1)).await, Err(Own));
    assert_eq!(slow.own(1).await, Ok(0));
}

#[tokio::test(start_paused = true)]
async fn a_load_that_an_invalidation_has_overtaken_is_given_up_in_time() {
    let slow = Slow::new(10);
    let begin = Instant::now();
    let early = slow.spawn_own();
    sleep(seconds(1)).await;
    slow.caches.cache("rows").clear().await;
    slow.takes(1);
    let late = slow.spawn_own();
    assert_eq!(at(begin, late).await, (Ok(1), seconds(2)));
    assert_eq!(at(begin, early).await, (Err(Own), seconds(2)));
    assert_eq!(slow.own(1).await, Ok(1));
}

/// Sets a flag when it is dropped.
struct Dropped(Arc<AtomicBool>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

struct Hangs {
    caches: Caches,
    dropped: Arc<AtomicBool>,
}

impl Hangs {
    #[cached(key = "rows:hangs", ttl = "1m", timeout = "2s", caches = self.caches)]
    async fn load(&self) -> Result<usize, Own> {
        let _guard = Dropped(Arc::clone(&self.dropped));
        pending().await
    }

    fn new() -> Self {
        Self {
            caches: caches().0,
            dropped: Arc::default(),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_body_is_dropped_before_the_caller_has_its_error() {
    let hangs = Hangs::new();
    assert_eq!(hangs.load().await, Err(Own));
    assert!(hangs.dropped.load(Ordering::SeqCst));
}

/// Nothing can measure the time there.
#[test]
fn outside_of_a_runtime_a_load_takes_as_long_as_it_takes() {
    let hangs = Hangs::new();
    let mut call = Box::pin(hangs.load());
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..3 {
        assert_eq!(call.as_mut().poll(&mut context), Poll::Pending);
    }
    assert!(!hangs.dropped.load(Ordering::SeqCst));
    drop(call);
    assert!(
        hangs.dropped.load(Ordering::SeqCst),
        "it ends with its caller"
    );
}

#[test]
fn in_a_runtime_without_a_timer_the_call_panics_and_leaves_nothing() {
    let slow = Slow::new(0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let call = runtime.block_on(async { slow.spawn_own().await });
    assert!(call.unwrap_err().is_panic());
    assert_eq!(slow.loads(), 0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    assert_eq!(runtime.block_on(slow.own(1)), Ok(0));
}
