//! One load per key, whatever happens to the one who leads it.

use std::{
    future::pending,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Wake, Waker},
    time::Duration,
};

use cached_runtime::{
    Caches, cached, key, only_if_cached, policy,
    shape::{Alone, FallibleOptional},
};
use tokio::{
    sync::{Semaphore, oneshot},
    time::Instant,
};

use crate::stage::{Rows, Source, caches, settle};

#[tokio::test]
async fn many_callers_of_a_cold_key_load_once() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    rows.source.set(7);
    let callers: Vec<_> = (0..1_000).map(|_| rows.spawn(1)).collect();
    begun.next().await;
    settle().await;
    rows.source.let_go(1);
    for caller in callers {
        assert_eq!(caller.await.unwrap(), 7);
    }
    assert_eq!(rows.source.loads(), 1);
    let stats = caches.cache("rows").stats();
    assert_eq!(
        (stats.misses, stats.loads, stats.coalesced, stats.hits),
        (1_000, 1, 999, 0)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_callers_on_several_threads_load_once() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    for round in 0..20 {
        let together = Arc::new(tokio::sync::Barrier::new(1_000));
        let callers: Vec<_> = (0..1_000)
            .map(|_| {
                let (rows, together) = (rows.clone(), Arc::clone(&together));
                tokio::spawn(async move {
                    together.wait().await;
                    rows.row(round, "open").await
                })
            })
            .collect();
        begun.next().await;
        rows.source.let_go(1);
        for caller in callers {
            caller.await.unwrap();
        }
        assert!(!begun.any_more(), "round {round}");
    }
}

/// Who only looks neither waits for a load that is under way nor finds something that is not there yet.
#[tokio::test]
async fn a_look_during_a_load_finds_nothing() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    rows.source.set(7);
    let loading = rows.spawn(1);
    begun.next().await;
    let get = || {
        caches
            .cache("rows")
            .get::<usize>(&key!("rows:user:1:status:open"))
    };
    assert_eq!(get(), None);
    assert_eq!(only_if_cached(rows.row(1, "open")).await, None);
    rows.source.let_go(1);
    loading.await.unwrap();
    assert_eq!(get(), Some(7));
    assert_eq!(only_if_cached(rows.row(1, "open")).await, Some(7));
}

#[tokio::test]
async fn keys_do_not_wait_for_each_other() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    let (one, two) = (rows.spawn(1), rows.spawn(2));
    begun.next().await;
    begun.next().await;
    rows.source.let_go(2);
    one.await.unwrap();
    two.await.unwrap();
}

#[tokio::test]
async fn a_follower_takes_over_when_the_leader_is_dropped() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    let leader = rows.spawn(1);
    begun.next().await;
    let followers: Vec<_> = (0..3).map(|_| rows.spawn(1)).collect();
    settle().await;
    leader.abort();
    begun.next().await;
    rows.source.let_go(1);
    for follower in followers {
        follower.await.unwrap();
    }
    assert_eq!(rows.source.loads(), 2);
    assert_eq!(caches.cache("rows").stats().load_failures, 1);
}

#[tokio::test]
async fn a_load_that_everybody_leaves_leaves_nothing_behind() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    let callers: Vec<_> = (0..4).map(|_| rows.spawn(1)).collect();
    begun.next().await;
    settle().await;
    // The last follower goes first, so that the lead is handed to one who is about to go.
    for caller in callers.iter().rev() {
        caller.abort();
    }
    settle().await;
    assert!(!begun.any_more(), "nobody is left to load for");

    let caller = rows.spawn(1);
    begun.next().await;
    rows.source.let_go(1);
    caller.await.unwrap();
    assert_eq!(rows.source.loads(), 2);
}

struct Fallible {
    caches: Caches,
    loads: AtomicUsize,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
    panics: AtomicBool,
    succeeds_from: usize,
    gate: Semaphore,
}

#[derive(Clone, Debug, PartialEq)]
struct Shareable(usize);

#[derive(Debug, PartialEq)]
struct Unshareable(usize);

impl Fallible {
    fn new(caches: &Caches, succeeds_from: usize) -> Arc<Self> {
        Arc::new(Self {
            caches: caches.clone(),
            loads: AtomicUsize::new(0),
            at_once: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
            panics: AtomicBool::new(false),
            succeeds_from,
            gate: Semaphore::new(0),
        })
    }

    async fn load(&self) -> Result<usize, usize> {
        let load = self.loads.fetch_add(1, Ordering::SeqCst) + 1;
        let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        self.gate.acquire().await.unwrap().forget();
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        assert!(
            !self.panics.swap(false, Ordering::SeqCst),
            "the load panics"
        );
        if load >= self.succeeds_from {
            Ok(load)
        } else {
            Err(load)
        }
    }

    #[cached(key = "rows:shareable", ttl = "1m", caches = self.caches)]
    async fn shareable(&self) -> Result<usize, Shareable> {
        self.load().await.map_err(Shareable)
    }

    #[cached(key = "rows:unshareable", ttl = "1m", caches = self.caches)]
    async fn unshareable(&self) -> Result<usize, Unshareable> {
        self.load().await.map_err(Unshareable)
    }
}

#[tokio::test]
async fn an_error_that_can_be_cloned_goes_to_all_who_waited() {
    let (caches, _) = caches();
    let service = Fallible::new(&caches, 2);
    let callers: Vec<_> = (0..10)
        .map(|_| {
            let service = Arc::clone(&service);
            tokio::spawn(async move { service.shareable().await })
        })
        .collect();
    settle().await;
    service.gate.add_permits(1);
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Err(Shareable(1)));
    }
    service.gate.add_permits(1);
    assert_eq!(
        service.shareable().await,
        Ok(2),
        "those who come later load anew"
    );
}

#[tokio::test]
async fn after_an_error_that_cannot_be_cloned_a_few_try_at_a_time() {
    let (caches, _) = caches();
    let service = Fallible::new(&caches, 7);
    let callers: Vec<_> = (0..50)
        .map(|_| {
            let service = Arc::clone(&service);
            tokio::spawn(async move { service.unshareable().await })
        })
        .collect();
    settle().await;
    service.gate.add_permits(1_000);
    let mut answers = Vec::new();
    for caller in callers {
        answers.push(caller.await.unwrap());
    }
    let failed = answers.iter().filter(|answer| answer.is_err()).count();
    let loads = service.loads.load(Ordering::SeqCst);
    assert_eq!(failed, 6, "each failed load has failed one caller");
    assert!((7..=16).contains(&loads), "{loads} loads");
    assert!(service.most_at_once.load(Ordering::SeqCst) <= 10);
}

/// An error that goes to its own caller only.
struct Broken;

/// Of two who try again after an error, the one that begins first finds a row, and the other finds that there is none any more.
#[test]
fn of_two_retries_the_later_one_is_right_also_if_it_finds_nothing() {
    let cache = Caches::builder().build().unwrap().cache("rows");
    let key = key!("rows:1");
    let call = || {
        let (answer, found) = oneshot::channel();
        let shape = FallibleOptional::<u64, Broken, Alone>::new();
        let lookup = cache.look_up(shape, &key, &policy::QUERY);
        let body = async { found.await.unwrap_or(Err(Broken)) };
        (answer, Box::pin(lookup.load(body)))
    };
    let [(error, mut leader), (row, mut first), (none, mut second)] = [(); 3].map(|()| call());
    let mut cx = Context::from_waker(Waker::noop());
    for call in [&mut leader, &mut first, &mut second] {
        assert!(call.as_mut().poll(&mut cx).is_pending());
    }
    assert!(error.send(Err(Broken)).is_ok());
    assert!(leader.as_mut().poll(&mut cx).is_ready());
    for call in [&mut first, &mut second] {
        assert!(call.as_mut().poll(&mut cx).is_pending(), "it loads");
    }
    assert!(row.send(Ok(Some(1))).is_ok());
    assert!(first.as_mut().poll(&mut cx).is_ready());
    assert_eq!(cache.get::<u64>(&key), Some(1));
    assert!(none.send(Ok(None)).is_ok());
    assert!(second.as_mut().poll(&mut cx).is_ready());
    assert_eq!(cache.get::<u64>(&key), None);
}

#[tokio::test]
async fn a_leader_that_panics_hands_over() {
    let (caches, _) = caches();
    let service = Fallible::new(&caches, 1);
    service.panics.store(true, Ordering::SeqCst);
    let callers: Vec<_> = (0..3)
        .map(|_| {
            let service = Arc::clone(&service);
            tokio::spawn(async move { service.shareable().await })
        })
        .collect();
    settle().await;
    service.gate.add_permits(2);
    let mut panics = 0;
    for caller in callers {
        match caller.await {
            Ok(answer) => assert_eq!(answer, Ok(2)),
            Err(error) => panics += usize::from(error.is_panic()),
        }
    }
    assert_eq!(panics, 1);
}

struct Recursive {
    caches: Caches,
}

impl Recursive {
    #[cached(key = "rows:again:<n>", ttl = "1m", skip(again), caches = self.caches)]
    async fn again(&self, n: u64, again: bool) -> u64 {
        if again {
            Box::pin(self.again(n, false)).await + 1
        } else {
            n
        }
    }

    #[cached(key = "rows:sum:<n>", ttl = "1m", caches = self.caches)]
    async fn sum(&self, n: u64) -> u64 {
        if n == 0 {
            0
        } else {
            n + Box::pin(self.sum(n - 1)).await
        }
    }
}

#[tokio::test]
async fn a_load_may_call_itself_for_the_same_key() {
    let (caches, _) = caches();
    let service = Recursive { caches };
    assert_eq!(service.again(1, true).await, 2);
    assert_eq!(
        service.again(1, false).await,
        2,
        "the outer load was stored"
    );
    assert_eq!(service.sum(10).await, 55);
}

#[tokio::test]
async fn loads_do_not_wait_in_a_circle() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    let (a, b) = (key!("rows:a"), key!("rows:b"));
    let both = Arc::new(tokio::sync::Barrier::new(2));

    let spawn = |outer: cached_runtime::Key, inner: cached_runtime::Key| {
        let (rows, both) = (rows.clone(), Arc::clone(&both));
        tokio::spawn(async move {
            let load = async {
                both.wait().await;
                let inside = async { Ok::<_, ()>(1) };
                rows.get_or_load(&inner, &policy::QUERY, inside)
                    .await
                    .map(|inner| inner + 1)
            };
            rows.get_or_load(&outer, &policy::QUERY, load).await
        })
    };
    let (one, two) = (spawn(a.clone(), b.clone()), spawn(b, a));
    let answers = [one.await.unwrap().unwrap(), two.await.unwrap().unwrap()];
    assert!(answers == [2, 3] || answers == [3, 2], "{answers:?}");
}

#[tokio::test]
async fn dropping_a_follower_disturbs_nobody() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    let leader = rows.spawn(1);
    begun.next().await;
    let follower = rows.spawn(1);
    settle().await;
    follower.abort();
    settle().await;
    rows.source.let_go(1);
    leader.await.unwrap();
    assert_eq!(rows.row(1, "open").await, 0);
    assert_eq!(rows.source.loads(), 1);
}

#[tokio::test]
async fn a_load_that_never_ends_holds_up_its_own_key_only() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    let stuck = {
        let rows = rows.clone();
        tokio::spawn(async move {
            rows.get_or_load(&key!("rows:1"), &policy::QUERY, pending::<Result<u8, ()>>())
                .await
        })
    };
    settle().await;
    let other = rows
        .get_or_load(&key!("rows:2"), &policy::QUERY, async { Ok::<_, ()>(2_u8) })
        .await;
    assert_eq!(other, Ok(2));
    stuck.abort();
}

/// Guards the stage itself: without it the tests above would pass with a source that never blocks.
#[tokio::test]
async fn the_source_waits_to_be_let_go() {
    let (source, mut begun) = Source::new();
    let reading = tokio::spawn({
        let source = source.clone();
        async move { source.read().await }
    });
    begun.next().await;
    settle().await;
    assert!(!reading.is_finished());
    source.let_go(1);
    reading.await.unwrap();
}

type Task = Pin<Box<dyn Future<Output = usize> + Send>>;

/// An executor that runs its task on the spot when it is woken.
struct OnTheSpot(Mutex<Option<Task>>);

impl Wake for OnTheSpot {
    fn wake(self: Arc<Self>) {
        let taken = self.0.lock().unwrap().take();
        if let Some(mut task) = taken {
            let waker = Waker::from(Arc::clone(&self));
            if task
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
            {
                *self.0.lock().unwrap() = Some(task);
            }
        }
    }
}

#[test]
fn a_woken_follower_may_run_on_the_spot() {
    let (caches, _) = caches();
    let (rows, _begun) = Rows::new(&caches);
    let call = || -> Task {
        let rows = rows.clone();
        Box::pin(async move { rows.row(1, "open").await })
    };
    let mut leader = call();
    assert!(
        leader
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_pending()
    );
    let follower = Arc::new(OnTheSpot(Mutex::new(Some(call()))));
    Arc::clone(&follower).wake();
    drop(leader);
    assert_eq!(rows.source.loads(), 2, "the follower has taken over");
    rows.source.let_go(1);
    assert!(follower.0.lock().unwrap().is_none(), "and has ended");
}

/// Nobody waits for as many time-outs as there are callers before him.
#[tokio::test(start_paused = true)]
async fn a_source_that_times_out_is_no_queue() {
    let (caches, _) = caches();
    let begin = Instant::now();
    let callers: Vec<_> = (0..100)
        .map(|_| {
            let rows = caches.cache("rows");
            tokio::spawn(async move {
                let load = async {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    Err::<u8, _>(Unshareable(0))
                };
                rows.get_or_load(&key!("rows:1"), &policy::QUERY, load)
                    .await
            })
        })
        .collect();
    for caller in callers {
        assert!(caller.await.unwrap().is_err());
    }
    assert_eq!(
        begin.elapsed().as_secs(),
        6,
        "1, 4, 8, 16, 32 and the rest at a time"
    );
}
