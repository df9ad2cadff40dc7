//! One call of a cached method, from the rendered key to the answer.

use std::{sync::Arc, time::Duration};

use cached_key::{Blocks, Key, KeyWriter};
use tokio::{runtime::Handle, time::timeout};

use crate::{
    cache::{self, Core, KeyName, Loading, Miss, Way},
    context::{Mode, mode},
    error::LoadTimeout,
    policy::{Given, Terms},
    shape::Shape,
    value::CacheValue,
};

/// What the look-up of a call came to: the answer, or the way to it.
///
/// [`Cache::look_up`](crate::Cache::look_up) makes one, and so does `#[cached]`. Nothing happens before it is told to load.
#[must_use = "an answer that is not there is only loaded by `load`"]
pub enum Lookup<S: Shape> {
    /// The answer was there.
    Hit(S::Answer),
    /// It was not.
    Missed(Missed<S>),
}

/// The way to an answer that was not there.
#[must_use = "an answer that is not there is only loaded by `load`"]
pub struct Missed<S> {
    way: Way,
    shape: S,
}

impl<S: Shape> Lookup<S> {
    const fn missed(way: Way, shape: S) -> Self {
        Self::Missed(Missed { way, shape })
    }
}

async fn deadline<F: Future>(
    template: &'static str,
    after: Duration,
    timed_out: fn(LoadTimeout) -> F::Output,
    body: F,
) -> F::Output {
    if Handle::try_current().is_err() {
        return body.await;
    }
    match timeout(after, body).await {
        Ok(answer) => answer,
        Err(_) => timed_out(LoadTimeout { template, after }),
    }
}

/// Looks a key up in the way the call's mode asks for.
#[inline(always)]
pub(crate) fn lookup_in<S: Shape<Value: CacheValue>>(
    core: &Arc<Core>,
    shape: S,
    key: Blocks<'_>,
    policy: Given<'_>,
) -> Lookup<S> {
    let (mode, bytes) = (mode(), key.as_bytes());
    // In memory of its own: an answer that shared it with what a call returns would have to go through memory, too.
    let mut lookup = Lookup::missed(Way::Bypass, shape);
    if mode == Mode::Normal && core.is_enabled() {
        let digest = core.digest(key);
        if let Some(answer) = core.hit::<S>(digest, bytes) {
            return Lookup::Hit(answer);
        }
        due(core, shape, bytes, digest, policy, &mut lookup);
    } else {
        lookup_specially(core, shape, bytes, policy, mode, &mut lookup);
    }
    lookup
}

#[cold]
fn lookup_specially<S: Shape<Value: CacheValue>>(
    core: &Arc<Core>,
    shape: S,
    key: &[u8],
    policy: Given<'_>,
    mode: Mode,
    lookup: &mut Lookup<S>,
) {
    let enabled = core.is_enabled();
    let digest = core.digest(key);
    let hit = || core.hit::<S>(digest, key);
    let missed = |way| Lookup::missed(way, shape);
    let pending_or = |way| {
        core.missed();
        core.pending::<S>(digest, key)
            .map_or_else(|| missed(way), Lookup::Hit)
    };
    *lookup = match mode {
        Mode::OnlyIfCached if !enabled => missed(Way::Unwanted),
        Mode::OnlyIfCached => hit()
            .or_else(|| core.hit_ahead::<S>(digest, key))
            .map_or_else(|| pending_or(Way::Unwanted), Lookup::Hit),
        Mode::Nothing => missed(Way::Unwanted),
        Mode::Peek if enabled => hit().map_or_else(|| pending_or(Way::Bypass), Lookup::Hit),
        Mode::Reload if enabled => miss(core, shape, key, digest, core.terms(policy), true),
        Mode::Normal | Mode::Peek | Mode::Reload | Mode::Bypass => missed(Way::Bypass),
    };
}

/// There is no answer that will do at once, but perhaps one that will do meanwhile: one with a late life.
#[cold]
fn due<S: Shape<Value: CacheValue>>(
    core: &Arc<Core>,
    shape: S,
    key: &[u8],
    digest: u64,
    policy: Given<'_>,
    lookup: &mut Lookup<S>,
) {
    let terms = core.terms(policy);
    if terms.has_late_life()
        && let Some(answer) = core.hit_meanwhile::<S>(digest, key)
    {
        *lookup = Lookup::Hit(answer);
    } else {
        *lookup = miss(core, shape, key, digest, terms, false);
    }
}

#[cold]
fn miss<S: Shape>(
    core: &Arc<Core>,
    shape: S,
    key: &[u8],
    digest: u64,
    terms: Terms,
    reload: bool,
) -> Lookup<S> {
    core.missed();
    // Written where it is to lie: what is copied at once has to wait for what was just written.
    let room = Box::new_uninit();
    let (core, key) = (Arc::clone(core), KeyName::new(key));
    let miss = Box::write(room, Miss::new(core, key, digest, terms, reload));
    Lookup::missed(Way::Load(miss), shape)
}

/// The same for a key that was rendered into a buffer.
#[inline(always)]
pub(crate) fn lookup_rendered<S: Shape<Value: CacheValue>>(
    core: &Arc<Core>,
    shape: S,
    key: &KeyWriter<'_>,
    policy: Given<'_>,
) -> Lookup<S> {
    // A value that could not be written makes no key; any other caller's might look the same.
    if key.is_broken() {
        return match mode() {
            Mode::OnlyIfCached | Mode::Nothing => Lookup::missed(Way::Unwanted, shape),
            _ => Lookup::missed(Way::Bypass, shape),
        };
    }
    lookup_in(core, shape, key.into(), policy)
}

impl<S: Shape<Value: CacheValue>> Lookup<S> {
    /// Adds a tag, if the answer is to be loaded. See [`Caches::invalidate_tag`](crate::Caches::invalidate_tag).
    pub fn tagged(mut self, tag: Key) -> Self {
        if let Self::Missed(missed) = &mut self {
            missed.add_tag(tag);
        }
        self
    }

    /// The answer: the one found, or the one that `body` brings.
    ///
    /// # Cancellation
    ///
    /// Dropping the future while it loads drops `body`; one of those who wait takes over.
    pub async fn load<F: Future<Output = S::Answer>>(self, body: F) -> S::Answer {
        self.load_if(|_: &S::Value| true, body).await
    }

    /// The same, storing values only for which `store_if` holds.
    pub async fn load_if<K, F>(self, store_if: K, body: F) -> S::Answer
    where
        K: Fn(&S::Value) -> bool,
        F: Future<Output = S::Answer>,
    {
        match self {
            Self::Hit(answer) => answer,
            Self::Missed(missed) => missed.load_if(store_if, body).await,
        }
    }

    /// [`load_if`](Self::load_if) with a body that can run in a task of its own: where there is an old answer to hand out
    /// meanwhile, that is what it does, and the caller gets the old one at once.
    ///
    /// # Cancellation
    ///
    /// A load in a task of its own goes on when the caller's future is dropped; it ends with the Tokio runtime. Without a
    /// runtime the caller loads.
    pub async fn load_in_background<K, F>(self, store_if: K, body: F) -> S::Answer
    where
        S: Send + 'static,
        S::Answer: Send,
        K: Fn(&S::Value) -> bool + Send + Sync + 'static,
        F: Future<Output = S::Answer> + Send + 'static,
    {
        match self {
            Self::Hit(answer) => answer,
            Self::Missed(missed) => missed.load_in_background(store_if, body).await,
        }
    }
}

impl<S: Shape<Value: CacheValue>> Missed<S> {
    /// Adds a tag that `render` writes. One that cannot be written makes the call one that is not cached: nobody could
    /// invalidate its answer.
    #[doc(hidden)]
    pub fn tag(mut self, render: impl FnOnce(&mut KeyWriter<'_>)) -> Self {
        if let Some(tag) = Key::rendered(render) {
            self.add_tag(tag);
        } else if let Way::Load(_) = self.way {
            self.way = Way::Bypass;
        }
        self
    }

    fn add_tag(&mut self, tag: Key) {
        if let Way::Load(miss) = &mut self.way {
            miss.tags.push(tag);
        }
    }

    /// `body`, given up after `after`, with the answer that `timed_out` makes of that.
    ///
    /// # Panics
    ///
    /// In a Tokio runtime without its timer. Without any runtime nothing can measure the time, and `body` takes as long as
    /// it takes.
    #[doc(hidden)]
    pub fn within<F: Future<Output = S::Answer>>(
        &self,
        template: &'static str,
        after: Duration,
        timed_out: fn(LoadTimeout) -> S::Answer,
        body: F,
    ) -> impl Future<Output = S::Answer> + use<S, F> {
        deadline(template, after, timed_out, body)
    }

    /// As [`Lookup::load`].
    pub fn load<F: Future<Output = S::Answer>>(self, body: F) -> impl Future<Output = S::Answer> {
        self.load_if(|_: &S::Value| true, body)
    }

    /// As [`Lookup::load_if`].
    pub fn load_if<K, F>(self, store_if: K, body: F) -> impl Future<Output = S::Answer>
    where
        K: Fn(&S::Value) -> bool,
        F: Future<Output = S::Answer>,
    {
        Loading::new(self.way, self.shape, store_if, body)
    }

    /// As [`Lookup::load_in_background`].
    pub fn load_in_background<K, F>(
        self,
        store_if: K,
        body: F,
    ) -> impl Future<Output = S::Answer> + Send
    where
        S: Send + 'static,
        S::Answer: Send,
        K: Fn(&S::Value) -> bool + Send + Sync + 'static,
        F: Future<Output = S::Answer> + Send + 'static,
    {
        cache::load_in_background(self.way, self.shape, store_if, body)
    }
}
