//! What the models are about: a source whose versions count upwards, caches before it, and the promise.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64 as Count, Ordering},
    },
    task::Poll,
    time::Duration,
};

use cached_key::{Key, Pattern};
use shuttle::{
    future::{block_on, yield_now},
    thread::{self, JoinHandle},
};

use super::census;
use crate::{
    Cache, Caches, Lookup, ManualClock, Policy, Settings,
    cache::Watch,
    caches::Target,
    reload,
    shape::Plain,
    sync::{atomic::AtomicU64, finish_tasks},
};

/// A call on its way.
pub(super) type Call = Pin<Box<dyn Future<Output = u64> + Send>>;

pub(super) const POLICY: Policy = Policy::new(Duration::from_mins(1));

pub(super) struct World {
    pub(super) caches: Caches,
    pub(super) clock: ManualClock,
    policy: Policy,
    source: AtomicU64,
    /// What the source had when the last invalidation began that has returned: no read that starts now may bring less.
    promised: Count,
    loads: Count,
}

impl World {
    pub(super) fn new() -> Arc<Self> {
        Self::with(POLICY, 100)
    }

    pub(super) fn with(policy: Policy, capacity: u64) -> Arc<Self> {
        let clock = ManualClock::default();
        let caches = Caches::builder()
            .clock(clock.clone())
            .defaults(Settings::new().capacity(capacity))
            .build()
            .unwrap();
        Arc::new(Self {
            caches,
            clock,
            policy,
            source: AtomicU64::new(1),
            promised: Count::new(1),
            loads: Count::new(0),
        })
    }

    pub(super) fn rows(&self) -> Cache {
        self.caches.cache("rows")
    }

    pub(super) fn look_up(&self, key: &str) -> Lookup<Plain<u64>> {
        let key = Key::parse(key).unwrap();
        let cache = self.caches.cache(key.cache());
        cache.look_up(Plain::new(), &key, &self.policy)
    }

    /// What the source has.
    pub(super) fn source(&self) -> u64 {
        self.source.load(Ordering::SeqCst)
    }

    /// The body of a load: it reads the source, and its answer takes a while to arrive.
    pub(super) async fn load(self: Arc<Self>) -> u64 {
        self.loads.fetch_add(1, Ordering::Relaxed);
        let version = self.source();
        yield_now().await;
        version
    }

    pub(super) fn loads(&self) -> u64 {
        self.loads.load(Ordering::Relaxed)
    }

    pub(super) fn call(self: &Arc<Self>, key: &'static str) -> Call {
        let world = Arc::clone(self);
        Box::pin(async move { world.look_up(key).load(Arc::clone(&world).load()).await })
    }

    /// The same with a tag.
    pub(super) fn call_tagged(self: &Arc<Self>, key: &'static str, tag: &'static str) -> Call {
        let world = Arc::clone(self);
        Box::pin(async move {
            let lookup = world.look_up(key).tagged(Key::parse(tag).unwrap());
            lookup.load(Arc::clone(&world).load()).await
        })
    }

    /// The same with a body that may run in a task of its own.
    pub(super) fn call_in_background(self: &Arc<Self>, key: &'static str) -> Call {
        let world = Arc::clone(self);
        Box::pin(async move {
            let body = Arc::clone(&world).load();
            world.look_up(key).load_in_background(|_| true, body).await
        })
    }

    pub(super) fn call_anew(self: &Arc<Self>, key: &'static str) -> Call {
        Box::pin(reload(self.call(key)))
    }

    pub(super) fn promised(&self) -> u64 {
        self.promised.load(Ordering::SeqCst)
    }

    /// Makes a call, which is held to the promise.
    pub(super) fn finish(&self, call: Call) -> u64 {
        let promised = self.promised();
        let got = block_on(call);
        assert!(
            got >= promised,
            "version {got} was read after {promised} was promised"
        );
        got
    }

    /// Reads a key, and once more: a hit notes in the entry that it is good, and what comes after goes by that.
    pub(super) fn read(self: &Arc<Self>, key: &'static str) -> u64 {
        let got = self.finish(self.call(key));
        self.finish(self.call(key));
        got
    }

    /// Changes the source, invalidates, and has a promise from then on.
    pub(super) fn change(&self, invalidate: impl FnOnce(&Caches)) {
        let version = self.source.fetch_add(1, Ordering::SeqCst) + 1;
        invalidate(&self.caches);
        self.promise(version);
    }

    pub(super) fn promise(&self, version: u64) {
        self.promised.fetch_max(version, Ordering::SeqCst);
    }

    /// Changes the source and stores what it has then, as a mutator with an update does.
    pub(super) fn update(&self, key: &str) {
        let key = Key::parse(key).unwrap();
        let watch = Watch::begin(self.caches.core(key.cache()), key.clone());
        let version = self.change_silently();
        let update = watch.update(&version, &self.policy);
        let target = Target::Keys(Pattern::from(&key));
        self.caches
            .carry_out(&[target], update.into_iter().collect());
        self.promised.fetch_max(version, Ordering::SeqCst);
    }

    /// Changes the source, and nobody knows.
    pub(super) fn change_silently(&self) -> u64 {
        self.source.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Waits for all threads and tasks, and sees that everything has been given back.
    pub(super) fn end(&self, threads: impl IntoIterator<Item = JoinHandle<()>>) {
        join(threads);
        census::take(&self.caches);
    }
}

pub(super) fn join(threads: impl IntoIterator<Item = JoinHandle<()>>) {
    for thread in threads {
        thread.join().unwrap();
    }
    finish_tasks();
}

pub(super) fn spawn(
    world: &Arc<World>,
    run: impl FnOnce(&Arc<World>) + Send + 'static,
) -> JoinHandle<()> {
    let world = Arc::clone(world);
    thread::spawn(move || run(&world))
}

/// Brings a call as far as it gets in one go: it has read the source, and waits for the answer to arrive.
pub(super) fn begin(mut call: Call) -> Call {
    let waits = block_on(poll_fn(|cx| {
        Poll::Ready(call.as_mut().poll(cx).is_pending())
    }));
    assert!(waits, "there was nothing to load");
    call
}

/// For invalidations, which are done when they are polled for the first time.
pub(super) fn now<T>(future: impl Future<Output = T>) -> T {
    block_on(future)
}
