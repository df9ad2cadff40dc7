//! A panic in code of the user's, at each place where a call runs any: whom it reaches, and what becomes of the others.

#![expect(clippy::panic, reason = "the case under test")]

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind, panic_any},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use cached_runtime::{
    Cache, Caches, LoadTimeout, Policy, Settings, bypass, cached, invalidates, key, only_if_cached,
    policy, reload,
    shape::{Fallible, Plain, Together},
    updates,
};
use tokio::sync::Semaphore;

use crate::stage::{AHEAD, Row, Rows, SIE, SWR, caches, poll_once, seconds, settle, with_settings};

/// Panics the `n`th time it is asked, and only then.
#[derive(Debug)]
struct Panics {
    at: usize,
    asked: AtomicUsize,
}

impl Panics {
    fn at(at: usize) -> Arc<Self> {
        Arc::new(Self {
            at,
            asked: AtomicUsize::new(0),
        })
    }

    fn ask(&self) {
        assert!(
            self.asked.fetch_add(1, Ordering::SeqCst) + 1 != self.at,
            "as it was told to"
        );
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// A value, or an error, that may panic when it is cloned.
#[derive(Debug)]
struct Touchy(Arc<Panics>);

impl Clone for Touchy {
    fn clone(&self) -> Self {
        self.0.ask();
        Self(Arc::clone(&self.0))
    }
}

/// Makes four calls at once, of which the first one leads, and returns how many panicked.
async fn four<F: Future<Output: Send> + Send + 'static>(
    call: impl Fn(Arc<Semaphore>) -> F,
) -> usize {
    let go = Arc::new(Semaphore::new(0));
    let calls: Vec<_> = (0..4)
        .map(|_| tokio::spawn(call(Arc::clone(&go))))
        .collect();
    settle().await;
    go.add_permits(100);
    let mut panics = 0;
    for call in calls {
        if let Err(error) = call.await {
            assert!(error.is_panic());
            panics += 1;
        }
    }
    panics
}

/// No load of the key is under way that callers would wait for, and the cache works.
async fn is_whole(rows: &Cache) {
    let key = key!("rows:whole");
    let call = rows.get_or_load(&key, &policy::QUERY, async { Ok::<_, ()>(7_u64) });
    assert_eq!(poll_once(pin!(call)).await, Some(Ok(7)));
    // The key in question too, and without what the case has left there.
    let key = key!("rows:1");
    rows.remove(&key).await;
    let call = rows.get_or_load(&key, &policy::QUERY, async { Ok::<_, ()>(7_u64) });
    assert_eq!(poll_once(pin!(call)).await, Some(Ok(7)));
    rows.remove(&key).await;
}

#[tokio::test]
async fn a_clone_that_panics_panics_in_one_call_and_the_others_are_answered() {
    // The first clone is for the entry, the second for those who wait, and the others for each of them.
    for nth in 1..=5 {
        let (caches, _) = caches();
        let rows = caches.cache("rows");
        let clones = Panics::at(nth);
        let panics = four(|go| {
            let (rows, clones) = (rows.clone(), Arc::clone(&clones));
            async move {
                let load = async {
                    go.acquire().await.unwrap().forget();
                    Ok::<_, ()>(Touchy(clones))
                };
                rows.get_or_load(&key!("rows:1"), &policy::QUERY, load)
                    .await
                    .unwrap()
            }
        })
        .await;
        assert!(clones.asked() >= nth);
        assert_eq!(panics, 1, "the clone number {nth}");
        assert_eq!(
            rows.stats().loads,
            if nth == 1 { 2 } else { 1 },
            "the clone number {nth}"
        );
        assert!(rows.get::<Touchy>(&key!("rows:1")).is_some());
        is_whole(&rows).await;
    }
}

#[tokio::test]
async fn a_shared_error_whose_clone_panics_panics_in_one_call() {
    for nth in 1..=4 {
        let (caches, _) = caches();
        let rows = caches.cache("rows");
        let clones = Panics::at(nth);
        let panics = four(|go| {
            let (rows, clones) = (rows.clone(), Arc::clone(&clones));
            async move {
                let load = async {
                    go.acquire().await.unwrap().forget();
                    Err(Touchy(clones))
                };
                let shape = Fallible::<u8, Touchy, Together>::new();
                let key = key!("rows:1");
                let lookup = rows.look_up(shape, &key, &policy::QUERY);
                lookup.load(pin!(load)).await.unwrap_err()
            }
        })
        .await;
        assert_eq!(panics, 1, "the clone number {nth}");
        is_whole(&rows).await;
    }
}

#[tokio::test]
async fn a_store_if_that_panics_hands_over() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    let asks = Panics::at(1);
    let panics = four(|go| {
        let (rows, asks) = (rows.clone(), Arc::clone(&asks));
        async move {
            let load = async {
                go.acquire().await.unwrap().forget();
                1_u8
            };
            let store_if = |_: &u8| {
                asks.ask();
                true
            };
            let lookup = rows.look_up(Plain::new(), &key!("rows:1"), &policy::QUERY);
            lookup.load_if(store_if, load).await
        }
    })
    .await;
    assert_eq!((panics, asks.asked()), (1, 2));
    assert_eq!(rows.get::<u8>(&key!("rows:1")), Some(1));
    is_whole(&rows).await;
}

#[tokio::test]
async fn a_weigher_that_panics_hands_over() {
    let weighs = Panics::at(1);
    let weigher = {
        let weighs = Arc::clone(&weighs);
        move |_: &u8| {
            weighs.ask();
            1
        }
    };
    let (caches, _) = with_settings("rows", Settings::new().max_weight(100).weigh(weigher));
    let rows = caches.cache("rows");
    let panics = four(|go| {
        let rows = rows.clone();
        async move {
            let load = async {
                go.acquire().await.unwrap().forget();
                Ok::<_, ()>(1_u8)
            };
            rows.get_or_load(&key!("rows:1"), &policy::QUERY, load)
                .await
                .unwrap()
        }
    })
    .await;
    assert_eq!((panics, weighs.asked()), (1, 2));
    assert_eq!(rows.get::<u8>(&key!("rows:1")), Some(1));
    is_whole(&rows).await;
}

#[tokio::test]
async fn an_insert_whose_weigher_panics_changes_nothing() {
    let weigher = |n: &u8| if *n == 13 { panic!("unlucky") } else { 1 };
    let (caches, _) = with_settings("rows", Settings::new().max_weight(100).weigh(weigher));
    let rows = caches.cache("rows");
    rows.insert(&key!("rows:1"), 1_u8, &policy::QUERY);
    catch_unwind(AssertUnwindSafe(|| {
        rows.insert(&key!("rows:1"), 13_u8, &policy::QUERY);
    }))
    .unwrap_err();
    assert_eq!(rows.get::<u8>(&key!("rows:1")), Some(1));
    rows.insert(&key!("rows:1"), 2_u8, &policy::QUERY);
    assert_eq!(rows.get::<u8>(&key!("rows:1")), Some(2));
}

#[tokio::test]
async fn a_load_that_panics_with_nobody_waiting_leaves_nothing_behind() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    for at_once in [true, false] {
        let call = tokio::spawn({
            let rows = rows.clone();
            async move {
                let load = async {
                    if !at_once {
                        tokio::task::yield_now().await;
                    }
                    panic!("no rows");
                };
                rows.get_or_load::<u64, (), _>(&key!("rows:1"), &policy::QUERY, load)
                    .await
            }
        });
        assert!(call.await.unwrap_err().is_panic());
        is_whole(&rows).await;
    }
    assert_eq!(rows.stats().load_failures, 2);
}

/// An old answer that stands in for errors does not hide a panic, which is a bug, from the caller who ran into it.
#[tokio::test]
async fn a_refresh_that_panics_leaves_the_old_answer_to_the_others() {
    for (policy, age) in [(SWR, 70), (AHEAD, 50)] {
        let (row, mut begun) = Row::new(policy);
        row.age(&mut begun, age).await;
        let key = key!("rows:1");
        let panicking = tokio::spawn({
            let lookup = row.cache.look_up(Plain::new(), &key, &policy);
            lookup.load(async {
                settle().await;
                panic!("no rows")
            })
        });
        tokio::task::yield_now().await;
        assert_eq!(row.read().await, 0);
        assert!(panicking.await.unwrap_err().is_panic());
        assert_eq!(row.cache.stats().load_failures, 1);
        // The next caller tries again.
        row.source.let_go(1);
        assert_eq!(row.read().await, 1);
    }
    let (row, mut begun) = Row::new(SIE);
    row.age(&mut begun, 70).await;
    let key = key!("rows:1");
    let lookup = row.cache.look_up(Plain::<usize>::new(), &key, &SIE);
    let panicking = tokio::spawn(lookup.load(async { panic!("no rows") }));
    assert!(panicking.await.unwrap_err().is_panic());
}

#[tokio::test]
async fn a_refresh_that_panics_in_a_task_of_its_own_reaches_nobody() {
    for (policy, age) in [(SWR, 70), (AHEAD, 50)] {
        let (row, mut begun) = Row::new(policy);
        row.age(&mut begun, age).await;
        let lookup = row
            .cache
            .look_up(Plain::<usize>::new(), &key!("rows:1"), &policy);
        let load = async {
            settle().await;
            panic!("no rows")
        };
        assert_eq!(lookup.load_in_background(|_| true, load).await, 0);
        assert_eq!(row.read_in_background().await, 0, "while it is under way");
        settle().await;
        settle().await;
        assert_eq!(row.cache.stats().load_failures, 1);
        assert_eq!(row.read_in_background().await, 0);
        row.source.let_go(1);
        settle().await;
        assert_eq!(row.read().await, 1);
    }
}

#[tokio::test]
async fn a_reload_that_panics_leaves_what_was_there() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    rows.insert(&key!("rows:1"), 1_u8, &policy::QUERY);
    let call = tokio::spawn({
        let rows = rows.clone();
        async move {
            let load = async { panic!("no rows") };
            reload(rows.get_or_load::<u8, (), _>(&key!("rows:1"), &policy::QUERY, load)).await
        }
    });
    assert!(call.await.unwrap_err().is_panic());
    assert_eq!(rows.get::<u8>(&key!("rows:1")), Some(1));
}

/// On the thread on which it happened the next calls go on as if nothing had.
#[tokio::test]
async fn a_mode_ends_with_a_panic() {
    let (caches, _) = caches();
    let (rows, _begun) = Rows::new(&caches);
    rows.source.let_go(100);
    assert_eq!(rows.row(1, "open").await, 0);
    rows.source.set(1);
    macro_rules! panicked {
        ($mode:ident) => {
            let call = tokio::spawn($mode(async { panic!("in the mode") }));
            assert!(call.await.unwrap_err().is_panic());
            assert_eq!(rows.row(1, "open").await, 0);
        };
    }
    panicked!(reload);
    panicked!(bypass);
    panicked!(only_if_cached);
}

struct Nested {
    caches: Caches,
    panics: Arc<Panics>,
}

impl Nested {
    #[cached(key = "rows:outer:<n>", ttl = "1m", caches = self.caches)]
    async fn outer(&self, n: u64) -> u64 {
        self.inner(n).await + 1
    }

    #[cached(key = "rows:inner:<n>", ttl = "1m", caches = self.caches)]
    async fn inner(&self, n: u64) -> u64 {
        tokio::task::yield_now().await;
        self.panics.ask();
        n
    }
}

#[tokio::test]
async fn a_panic_within_a_load_within_a_load_leaves_both_to_others() {
    let (caches, _) = caches();
    let nested = Arc::new(Nested {
        caches: caches.clone(),
        panics: Panics::at(1),
    });
    let calls: Vec<_> = (0..4)
        .map(|_| {
            let nested = Arc::clone(&nested);
            tokio::spawn(async move { nested.outer(1).await })
        })
        .collect();
    let mut panics = 0;
    for call in calls {
        match call.await {
            Ok(answer) => assert_eq!(answer, 2),
            Err(error) => panics += usize::from(error.is_panic()),
        }
    }
    assert_eq!(panics, 1);
    let rows = caches.cache("rows");
    assert_eq!(
        (
            rows.get::<u64>(&key!("rows:outer:1")),
            rows.get::<u64>(&key!("rows:inner:1"))
        ),
        (Some(2), Some(1))
    );
    is_whole(&rows).await;
}

/// Part of a body, and panics when that is dropped half-way.
struct DropPanics(Arc<Panics>);

impl Drop for DropPanics {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.0.ask();
        }
    }
}

#[derive(Debug)]
struct Late;

impl From<LoadTimeout> for Late {
    fn from(_: LoadTimeout) -> Self {
        Self
    }
}

struct GivenUp {
    caches: Caches,
    drops: Arc<Panics>,
    go: Semaphore,
}

impl GivenUp {
    #[cached(key = "rows:1", ttl = "1m", timeout = "2s", caches = self.caches)]
    async fn row(&self) -> Result<u8, Late> {
        let _part = DropPanics(Arc::clone(&self.drops));
        self.go.acquire().await.unwrap().forget();
        Ok(1)
    }
}

/// Whether its caller has left or its time is over.
#[tokio::test(start_paused = true)]
async fn a_body_that_panics_when_it_is_dropped_half_way_hands_over() {
    for timed_out in [true, false] {
        let (caches, _) = caches();
        let service = Arc::new(GivenUp {
            caches,
            drops: Panics::at(1),
            go: Semaphore::new(0),
        });
        let call = || {
            let service = Arc::clone(&service);
            tokio::spawn(async move { service.row().await })
        };
        let leader = call();
        settle().await;
        let follower = call();
        settle().await;
        if !timed_out {
            leader.abort();
        }
        // In time for the follower, which has begun when the leader ended.
        tokio::time::sleep(seconds(3)).await;
        assert_eq!(service.drops.asked(), 1 + usize::from(!timed_out));
        let _ = leader.await.unwrap_err();
        service.go.add_permits(1);
        let answer = follower.await.unwrap();
        assert_eq!(answer.is_ok(), timed_out);
    }
}

struct TakenAlong {
    caches: Caches,
    clones: Arc<Panics>,
    loads: Arc<AtomicUsize>,
}

impl Clone for TakenAlong {
    fn clone(&self) -> Self {
        self.clones.ask();
        Self {
            caches: self.caches.clone(),
            clones: Arc::clone(&self.clones),
            loads: Arc::clone(&self.loads),
        }
    }
}

impl TakenAlong {
    #[cached(key = "rows:1", ttl = "1m", stale_while_revalidate = "1m", background, caches = self.caches)]
    async fn row(&self) -> usize {
        self.loads.fetch_add(1, Ordering::SeqCst)
    }
}

/// What a load in a task of its own needs is cloned by the call that may begin it.
#[tokio::test]
async fn what_is_taken_along_and_panics_when_it_is_cloned_panics_in_its_own_call() {
    for nth in [1, 2] {
        let (caches, clock) = caches();
        let service = Arc::new(TakenAlong {
            caches,
            clones: Panics::at(nth),
            loads: Arc::default(),
        });
        let call = || {
            let service = Arc::clone(&service);
            tokio::spawn(async move { service.row().await })
        };
        if nth == 2 {
            assert_eq!(call().await.unwrap(), 0);
            clock.advance(seconds(61));
        }
        assert!(call().await.unwrap_err().is_panic());
        assert_eq!(service.loads.load(Ordering::SeqCst), nth - 1);
        assert_eq!(call().await.unwrap(), 0);
        settle().await;
        assert_eq!(service.loads.load(Ordering::SeqCst), nth);
    }
}

struct Unwritable;

impl fmt::Display for Unwritable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("no text")
    }
}

struct Writer {
    caches: Caches,
    begun: AtomicUsize,
}

impl Writer {
    #[invalidates("rows:<id>*", caches = self.caches)]
    async fn write(&self, id: Unwritable) {
        self.begun.fetch_add(1, Ordering::SeqCst);
    }
}

/// What a call would owe is written down first; where that cannot be done, nothing is changed.
#[tokio::test]
async fn a_parameter_that_panics_when_it_is_written_keeps_the_body_from_beginning() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    rows.insert(&key!("rows:1"), 1_u8, &policy::QUERY);
    let begun = AtomicUsize::new(0);
    let writer = Arc::new(Writer { caches, begun });
    let call = tokio::spawn({
        let writer = Arc::clone(&writer);
        async move { writer.write(Unwritable).await }
    });
    assert!(call.await.unwrap_err().is_panic());
    assert_eq!(writer.begun.load(Ordering::SeqCst), 0);
    assert_eq!(rows.get::<u8>(&key!("rows:1")), Some(1));
}

struct Updater(Caches);

impl Updater {
    #[updates(key = "weighed:<id>", ttl = "1m", caches = self.0)]
    async fn write(&self, id: u64) -> u8 {
        13
    }
}

#[tokio::test]
async fn an_update_whose_weigher_panics_leaves_neither_the_old_value_nor_the_new_one() {
    let weigher = |n: &u8| if *n == 13 { panic!("unlucky") } else { 1 };
    let (caches, _) = with_settings("weighed", Settings::new().max_weight(100).weigh(weigher));
    let cache = caches.cache("weighed");
    cache.insert(&key!("weighed:1"), 1_u8, &policy::QUERY);
    let updater = Updater(caches);
    let call = tokio::spawn(async move { updater.write(1).await });
    assert!(call.await.unwrap_err().is_panic());
    assert_eq!(cache.get::<u8>(&key!("weighed:1")), None);
    cache.insert(&key!("weighed:1"), 2_u8, &policy::QUERY);
    assert_eq!(cache.get::<u8>(&key!("weighed:1")), Some(2));
}

/// Panics when it is told to go on.
struct Explodes;

impl Wake for Explodes {
    fn wake(self: Arc<Self>) {
        panic!("this task does not like to be woken");
    }
}

#[tokio::test]
async fn a_task_that_panics_when_it_is_woken_harms_nobody_but_itself() {
    for leader_ends in [true, false] {
        let (caches, _) = caches();
        let (rows, mut begun) = Rows::new(&caches);
        let leader = rows.spawn(1);
        begun.next().await;
        let mut explodes = pin!(rows.row(1, "open"));
        let waker = Waker::from(Arc::new(Explodes));
        let polled = explodes.as_mut().poll(&mut Context::from_waker(&waker));
        assert_eq!(polled, Poll::Pending);
        let follower = rows.spawn(1);
        settle().await;
        if leader_ends {
            rows.source.let_go(1);
            assert_eq!(
                leader.await.unwrap(),
                0,
                "the answer is the leader's all the same"
            );
        } else {
            leader.abort();
            assert!(leader.await.unwrap_err().is_cancelled());
            // Its turn came first, and it will not take it.
            let polled = explodes
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()));
            assert_eq!(polled, Poll::Pending);
            rows.source.let_go(1);
            assert_eq!(poll_once(explodes).await, Some(0));
        }
        settle().await;
        assert!(follower.is_finished(), "the others are woken");
    }
}

/// A panic whose payload panics in its turn when it is dropped.
struct ExplodesTwice;

impl Wake for ExplodesTwice {
    fn wake(self: Arc<Self>) {
        panic_any(ExplodesWhenDropped);
    }
}

struct ExplodesWhenDropped;

impl Wake for ExplodesWhenDropped {
    fn wake(self: Arc<Self>) {}
}

impl Drop for ExplodesWhenDropped {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "it does not like to be dropped");
    }
}

#[tokio::test]
async fn a_panic_that_panics_when_it_is_dropped_keeps_nobody_asleep() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    let leader = rows.spawn(1);
    begun.next().await;
    let mut explodes = pin!(rows.row(1, "open"));
    let waker = Waker::from(Arc::new(ExplodesTwice));
    let polled = explodes.as_mut().poll(&mut Context::from_waker(&waker));
    assert_eq!(polled, Poll::Pending);
    let follower = rows.spawn(1);
    settle().await;
    rows.source.let_go(1);
    assert_eq!(leader.await.unwrap(), 0);
    settle().await;
    assert!(follower.is_finished(), "the others are woken");
}

#[tokio::test]
async fn a_waker_that_panics_when_it_is_dropped_loses_no_turn() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    let leader = rows.spawn(1);
    begun.next().await;
    let mut first = Box::pin(rows.row(1, "open"));
    let waker = Waker::from(Arc::new(ExplodesWhenDropped));
    let polled = first.as_mut().poll(&mut Context::from_waker(&waker));
    assert_eq!(polled, Poll::Pending);
    // The last one of its kind is the one that waits.
    drop(waker);
    let follower = rows.spawn(1);
    settle().await;
    leader.abort();
    assert!(leader.await.unwrap_err().is_cancelled());
    let polled = catch_unwind(AssertUnwindSafe(|| {
        first.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    }));
    assert!(matches!(polled, Ok(Poll::Pending)), "it leads now");
    drop(first);
    rows.source.let_go(2);
    settle().await;
    assert!(follower.is_finished(), "the turn goes to the next");
}

#[tokio::test]
async fn user_code_may_call_the_cache_wherever_it_runs() {
    #[derive(Debug)]
    struct Calls(Caches);

    impl Clone for Calls {
        fn clone(&self) -> Self {
            calls(&self.0);
            Self(self.0.clone())
        }
    }

    fn calls(caches: &Caches) {
        let rows = caches.cache("rows");
        rows.insert(&key!("rows:1"), 1_u8, &policy::QUERY);
        rows.get::<u8>(&key!("rows:1"));
        crate::stage::now(caches.clear());
        rows.run_pending_tasks();
        rows.stats();
    }

    let policy = Policy::new(seconds(60));
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    let go = Arc::new(Semaphore::new(0));
    let call = || {
        let (rows, caches, go) = (rows.clone(), caches.clone(), Arc::clone(&go));
        async move {
            let load = async {
                go.acquire().await.unwrap().forget();
                Calls(caches.clone())
            };
            let store_if = |_: &Calls| {
                calls(&caches);
                true
            };
            let lookup = rows.look_up(Plain::new(), &key!("rows:1"), &policy);
            lookup.load_if(store_if, load).await
        }
    };
    let both = [tokio::spawn(call()), tokio::spawn(call())];
    settle().await;
    go.add_permits(2);
    for call in both {
        call.await.unwrap();
    }
    is_whole(&rows).await;
}
