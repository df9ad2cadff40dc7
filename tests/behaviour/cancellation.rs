//! A call whose future is dropped, at each place where it waits: what becomes of its load, and of those who wait.

use std::{
    future::{pending, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use cached_runtime::{
    Caches, bypass, cached, invalidates, key, only_if_cached, policy, reload, shape::Plain,
};
use tokio::runtime::{Builder, Runtime};

use crate::stage::{AHEAD, Row, Rows, SWR, Source, caches, gated, poll_once, seconds, settle};

impl Rows {
    #[invalidates("rows:user:<user>*", caches = self.caches)]
    async fn touch(&self, user: u64) {}
}

#[tokio::test]
async fn a_call_that_is_never_polled_does_nothing() {
    let (caches, _) = caches();
    let (rows, _begun) = Rows::new(&caches);
    let before = caches.cache("rows").stats();
    drop(rows.row(1, "open"));
    drop(reload(rows.row(1, "open")));
    drop(bypass(rows.row(1, "open")));
    drop(only_if_cached(rows.row(1, "open")));
    drop(rows.touch(1));
    drop(caches.invalidate("rows:*"));
    drop(caches.invalidate_tag("tenant"));
    drop(caches.expire("rows:*"));
    assert_eq!(rows.source.loads(), 0);
    assert_eq!(caches.cache("rows").stats(), before);
}

#[tokio::test]
async fn an_invalidation_is_done_when_it_was_polled_once() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    let key = key!("rows:1");
    let fill = async || {
        let lookup = rows.look_up(Plain::new(), &key, &policy::QUERY);
        lookup.tagged(key!("tenant:7")).load(async { 1 }).await
    };
    for way in ["pattern", "tag", "expire", "remove", "clear", "clear all"] {
        fill().await;
        assert_eq!(rows.get::<i32>(&key), Some(1));
        let ready = match way {
            "pattern" => poll_once(pin!(caches.invalidate("rows:*"))).await.is_some(),
            "tag" => poll_once(pin!(caches.invalidate_tag("tenant:7")))
                .await
                .is_some(),
            "expire" => poll_once(pin!(caches.expire("rows:*"))).await.is_some(),
            "remove" => poll_once(pin!(rows.remove(&key))).await.is_some(),
            "clear" => poll_once(pin!(rows.clear())).await.is_some(),
            _ => poll_once(pin!(caches.clear())).await.is_some(),
        };
        assert!(ready, "{way}");
        assert_eq!(rows.get::<i32>(&key), None, "{way}");
    }
}

/// Sets a flag when it is dropped.
struct Dropped(Arc<AtomicBool>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn the_body_is_dropped_with_the_call_that_runs_it() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    let dropped = Arc::new(AtomicBool::new(false));
    let key = key!("rows:1");
    let guard = Dropped(Arc::clone(&dropped));
    let body = async move {
        let _guard = guard;
        pending::<Result<u8, ()>>().await
    };
    let mut call = Box::pin(rows.get_or_load(&key, &policy::QUERY, body));
    assert_eq!(poll_once(call.as_mut()).await, None);
    assert!(!dropped.load(Ordering::SeqCst));
    drop(call);
    assert!(dropped.load(Ordering::SeqCst));
    let next = rows.get_or_load(&key, &policy::QUERY, async { Ok::<_, ()>(1_u8) });
    assert_eq!(next.await, Ok(1), "nothing of it is left");
}

/// Whether a body is alive, and was when somebody was woken.
#[derive(Default)]
struct Lives {
    now: AtomicBool,
    then: AtomicBool,
}

impl Wake for Lives {
    fn wake(self: Arc<Self>) {
        let now = self.now.load(Ordering::Relaxed);
        self.then.store(now, Ordering::Relaxed);
    }
}

struct Alive(Arc<Lives>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.now.store(false, Ordering::Relaxed);
    }
}

struct Slow {
    caches: Caches,
    lives: Arc<Lives>,
}

impl Slow {
    async fn body(&self) -> u64 {
        self.lives.now.store(true, Ordering::Relaxed);
        let _alive = Alive(Arc::clone(&self.lives));
        pending().await
    }

    #[cached(key = "plain:<id>", ttl = "30m", caches = self.caches)]
    async fn plain(&self, id: u64) -> u64 {
        self.body().await + id
    }

    #[cached(key = "picky:<id>", ttl = "30m", store_if = |n| *n > 0, caches = self.caches)]
    async fn picky(&self, id: u64) -> u64 {
        self.body().await + id
    }
}

#[test]
fn the_body_is_gone_when_the_lead_is_handed_over() {
    let slow = Slow {
        caches: Caches::builder().build().unwrap(),
        lives: Arc::default(),
    };
    let waker = Waker::from(Arc::clone(&slow.lives));
    let mut cx = Context::from_waker(&waker);
    let mut hand_over = |mut calls: [Pin<Box<dyn Future<Output = u64> + '_>>; 2]| {
        slow.lives.then.store(true, Ordering::Relaxed);
        for call in &mut calls {
            assert!(call.as_mut().poll(&mut cx).is_pending());
        }
        let [leader, mut follower] = calls;
        drop(leader);
        assert!(!slow.lives.then.load(Ordering::Relaxed), "woken too early");
        follower.as_mut().poll(&mut cx)
    };
    let annotated = [
        hand_over([Box::pin(slow.plain(1)), Box::pin(slow.plain(1))]),
        hand_over([Box::pin(slow.picky(1)), Box::pin(slow.picky(1))]),
    ];
    assert_eq!(annotated, [Poll::Pending; 2], "their bodies never end");
    let (rows, key) = (slow.caches.cache("rows"), key!("rows:1"));
    let look_up = || rows.look_up(Plain::new(), &key, &policy::QUERY);
    let by_hand = [
        Box::pin(look_up().load(slow.body())) as Pin<Box<dyn Future<Output = u64> + '_>>,
        Box::pin(look_up().load(async { 2 })),
    ];
    assert_eq!(hand_over(by_hand), Poll::Ready(2));
}

/// The leader leaves, and the first of those who wait has been told to lead but leaves before it gets to it.
#[tokio::test]
async fn a_turn_given_to_one_who_leaves_goes_to_the_next() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    let mut leader = Box::pin(rows.row(1, "open"));
    assert_eq!(poll_once(leader.as_mut()).await, None);
    begun.next().await;
    let mut first = Box::pin(rows.row(1, "open"));
    assert_eq!(poll_once(first.as_mut()).await, None);
    let second = rows.spawn(1);
    settle().await;

    drop(leader);
    settle().await;
    assert!(!begun.any_more(), "it is the turn of the first");
    drop(first);
    begun.next().await;
    rows.source.let_go(1);
    second.await.unwrap();
    assert_eq!(rows.source.loads(), 2);
}

/// The same where many may try, after an error that cannot be shared.
#[tokio::test]
async fn turns_after_an_error_are_not_lost_with_those_who_leave() {
    #[derive(Debug, PartialEq)]
    struct Unshareable;

    let (caches, _) = caches();
    let rows = caches.cache("rows");
    let key = key!("rows:1");
    let (failing, mut gate) = gated(Err::<u8, _>(Unshareable));
    let leader = tokio::spawn({
        let (rows, key) = (rows.clone(), key.clone());
        async move { rows.get_or_load(&key, &policy::QUERY, failing).await }
    });
    gate.begun().await;
    let follow = || rows.get_or_load(&key, &policy::QUERY, async { Ok::<_, Unshareable>(2) });
    let mut leave: Vec<_> = (0..4).map(|_| Box::pin(follow())).collect();
    for call in &mut leave {
        assert_eq!(poll_once(call.as_mut()).await, None);
    }
    let mut stays = Box::pin(follow());
    assert_eq!(poll_once(stays.as_mut()).await, None);
    gate.let_go();
    assert_eq!(leader.await.unwrap(), Err(Unshareable));
    // All four turns are theirs, and none of them takes it.
    drop(leave);
    assert_eq!(stays.await, Ok(2));
}

#[tokio::test]
async fn a_reload_that_is_dropped_leaves_what_was_there() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    rows.source.let_go(1);
    assert_eq!(rows.row(1, "open").await, 0);
    begun.next().await;
    rows.source.set(1);
    let mut reloading = Box::pin(reload(rows.row(1, "open")));
    assert_eq!(poll_once(reloading.as_mut()).await, None);
    begun.next().await;
    drop(reloading);
    assert_eq!(rows.row(1, "open").await, 0);
    settle().await;
    assert!(!begun.any_more(), "nobody loads in its place");
    assert_eq!(caches.cache("rows").stats().load_failures, 1);
}

#[tokio::test]
async fn a_mode_ends_with_its_future() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    rows.source.let_go(1);
    assert_eq!(rows.row(1, "open").await, 0);
    begun.next().await;
    rows.source.set(1);
    macro_rules! dropped_half_way {
        ($mode:ident) => {{
            let mut call = Box::pin($mode(async {
                pending::<()>().await;
                rows.row(1, "open").await
            }));
            assert!(poll_once(call.as_mut()).await.is_none());
            assert_eq!(rows.row(1, "open").await, 0, "the other is polled between");
            drop(call);
            assert_eq!(rows.row(1, "open").await, 0);
        }};
    }
    dropped_half_way!(reload);
    dropped_half_way!(bypass);
    dropped_half_way!(only_if_cached);
    let mut bypassing = Box::pin(bypass(rows.row(1, "open")));
    assert_eq!(poll_once(bypassing.as_mut()).await, None);
    drop(bypassing);
    assert_eq!(rows.source.loads(), 2);
    let stats = caches.cache("rows").stats();
    assert_eq!(
        (stats.loads, stats.load_failures),
        (1, 0),
        "of no concern to the cache"
    );
}

#[tokio::test]
async fn a_refresh_in_a_task_of_its_own_outlives_its_caller() {
    for (policy, age) in [(SWR, 70), (AHEAD, 50)] {
        let (row, mut begun) = Row::new(policy);
        row.age(&mut begun, age).await;
        let caller = tokio::spawn({
            let row = row.clone();
            async move {
                row.read_in_background().await;
                pending::<()>().await;
            }
        });
        begun.next().await;
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        row.source.let_go(1);
        settle().await;
        assert_eq!(row.read().await, 1);
        assert_eq!(row.source.loads(), 2);
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

/// The runtime that a refresh runs in is shut down, as that of a test or of a thread with one of its own.
#[test]
fn a_refresh_that_ends_with_its_runtime_is_another_callers() {
    let (row, mut begun) = Row::new(SWR);
    let first = runtime();
    first.block_on(async {
        row.age(&mut begun, 70).await;
        assert_eq!(row.read_in_background().await, 0);
        begun.next().await;
    });
    drop(first);
    assert_eq!(row.cache.stats().load_failures, 1);

    runtime().block_on(async {
        row.clock.advance(seconds(1));
        assert_eq!(row.read_in_background().await, 0);
        begun.next().await;
        row.source.let_go(1);
        settle().await;
        assert_eq!(row.read().await, 1);
    });
}

/// Those who came to wait for it, when the old answer would do no more, are not left alone either.
#[test]
fn a_refresh_that_ends_with_its_runtime_hands_over() {
    let (row, mut begun) = Row::new(SWR);
    let first = runtime();
    first.block_on(async {
        row.age(&mut begun, 70).await;
        assert_eq!(row.read_in_background().await, 0);
        begun.next().await;
    });
    row.clock.advance(seconds(30));
    runtime().block_on(async {
        let waiting = row.spawn();
        settle().await;
        assert!(!begun.any_more());
        drop_elsewhere(first);
        begun.next().await;
        row.source.let_go(1);
        assert_eq!(waiting.await.unwrap(), 1);
    });
}

fn drop_elsewhere(runtime: Runtime) {
    std::thread::spawn(move || drop(runtime)).join().unwrap();
}

/// Polled once, a refresh in the caller's own task may be kept and dropped much later.
#[tokio::test]
async fn while_a_refresh_is_kept_unpolled_others_get_the_old_answer_and_then_wait() {
    let (row, mut begun) = Row::new(SWR);
    row.age(&mut begun, 70).await;
    let mut kept = Box::pin(row.read());
    assert_eq!(poll_once(kept.as_mut()).await, None);
    begun.next().await;
    assert_eq!(row.read().await, 0);
    row.clock.advance(seconds(20));
    let waiting = row.spawn();
    settle().await;
    assert!(!waiting.is_finished(), "the old answer would be too old");
    drop(kept);
    begun.next().await;
    row.source.let_go(1);
    assert_eq!(waiting.await.unwrap(), 1);
}

/// A caller may be dropped by the very waking that would have let it go on.
#[tokio::test]
async fn an_answer_for_one_who_has_just_left_goes_to_the_others() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    let leader = rows.spawn(1);
    begun.next().await;
    let mut leaves = Box::pin(rows.row(1, "open"));
    assert_eq!(poll_once(leaves.as_mut()).await, None);
    let stays = rows.spawn(1);
    settle().await;
    rows.source.let_go(1);
    leader.await.unwrap();
    drop(leaves);
    assert_eq!(stays.await.unwrap(), 0);
    assert_eq!(rows.source.loads(), 1);
}

/// What a mutator has changed stays owed while it is kept half-way.
#[tokio::test]
async fn a_mutator_kept_half_way_invalidates_when_it_is_dropped() {
    struct Writer {
        caches: Caches,
        source: Source,
    }

    impl Writer {
        #[invalidates("rows:user:<user>*", caches = self.caches)]
        async fn write(&self, user: u64) {
            self.source.set(1);
            poll_fn(|_| Poll::<()>::Pending).await;
        }
    }

    let (caches, _) = caches();
    let (rows, _begun) = Rows::new(&caches);
    rows.source.let_go(9);
    let writer = Writer {
        caches,
        source: rows.source.clone(),
    };
    assert_eq!(rows.row(1, "open").await, 0);
    let mut half_way = Box::pin(writer.write(1));
    assert_eq!(poll_once(half_way.as_mut()).await, None);
    assert_eq!(rows.row(1, "open").await, 0, "not before it ends");
    drop(half_way);
    assert_eq!(rows.row(1, "open").await, 1);
}
