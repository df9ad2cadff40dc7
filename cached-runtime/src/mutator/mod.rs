//! One call of a mutator: what it invalidates and stores, however it ends.

mod drafts;
mod update;

use std::{
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use cached_key::{Key, KeyWriter, Pattern};
use pin_project_lite::pin_project;

pub use self::drafts::{Drafts, Holes, On};
use self::update::Planned;
use crate::{
    cache::Update,
    caches::{Caches, Target},
    context::{Phase, phase},
    registry::MutatorSite,
    shape::{Outcome, Shape},
    site::Source,
    transaction,
    value::CacheValue,
};

/// A call of a mutator before its body begins.
pub struct Invalidation<S: Shape> {
    due: Due,
    /// `None` where nothing is to be stored.
    updates: Vec<Option<Planned<S::Value>>>,
}

impl<S: Shape> Invalidation<S> {
    /// Renders the patterns, before the body can move what they name.
    pub fn new(
        site: &'static MutatorSite,
        source: &Source<'_>,
        _shape: S,
        write: impl FnOnce(&mut Drafts),
    ) -> Self {
        let mut drafts = Drafts::default();
        write(&mut drafts);
        Self {
            due: Due {
                site,
                caches: source.caches().clone(),
                drafts,
                keys: Vec::new(),
                succeeded: false,
                begun: false,
            },
            updates: Vec::new(),
        }
    }

    /// Also stores the value that the call returns, under the key that `render` writes: what the site's update number
    /// `index` says. The key is invalidated in any case.
    #[must_use]
    pub fn update(mut self, index: usize, render: impl FnOnce(&mut KeyWriter<'_>)) -> Self
    where
        S::Value: CacheValue,
    {
        let key = Key::rendered(render);
        let Some((update, stores)) = self.due.site.update(index) else {
            return self;
        };
        let Some(key) = key else {
            let pattern = update::widened(update.template);
            self.due.keys.push(Target::Keys(pattern));
            self.updates.push(None);
            return self;
        };
        self.due.keys.push(Target::Keys(Pattern::from(&key)));
        let planned = stores.then(|| Planned::new(&self.due.caches, key, &update.policy));
        self.updates.push(planned);
        self
    }

    /// Gives the value of the last update a tag. Where it cannot be written nothing is stored: nobody could invalidate it.
    #[must_use]
    pub fn update_tag(mut self, render: impl FnOnce(&mut KeyWriter<'_>)) -> Self {
        if let Some(slot) = self.updates.last_mut()
            && let Some(update) = slot
        {
            match Key::rendered(render) {
                Some(tag) => update.tag(tag),
                None => *slot = None,
            }
        }
        self
    }

    /// Runs the body, invalidates, and stores.
    pub fn run<W, F>(self, fill: W, body: F) -> Run<S, W, F>
    where
        W: FnOnce(&S::Value, &mut Holes),
        F: Future<Output = S::Answer>,
    {
        let Self { due, updates } = self;
        Run {
            body,
            fill: Some(fill),
            updates,
            due,
        }
    }
}

pin_project! {
    /// A call of a mutator. Its fields are dropped in their order: what the body does while it is dropped is done before
    /// the invalidations are.
    pub struct Run<S: Shape, W, F> {
        #[pin]
        body: F,
        fill: Option<W>,
        updates: Vec<Option<Planned<S::Value>>>,
        due: Due,
    }
}

impl<S: Shape, W, F> Future for Run<S, W, F>
where
    W: FnOnce(&S::Value, &mut Holes),
    F: Future<Output = S::Answer>,
{
    type Output = S::Answer;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<S::Answer> {
        let this = self.project();
        this.due.begin();
        let answer = ready!(this.body.poll(cx));
        match S::outcome(&answer) {
            Outcome::Value(value) => {
                // From here on all is owed, though what fills the holes may panic, and so may the copies of the value.
                this.due.succeeded = true;
                let mut holes = Holes::default();
                if let Some(fill) = this.fill.take() {
                    fill(value, &mut holes);
                }
                // What is returned inside of a transaction is not committed yet.
                let outside = phase() == Phase::Outside;
                let updates = mem::take(this.updates).into_iter().flatten();
                let updates = updates.filter(|_| outside);
                let updates = updates.filter_map(|update| update.to(value)).collect();
                this.due.carry_out(holes, updates);
            }
            Outcome::Absent => {
                this.due.succeeded = true;
                this.due.carry_out(Holes::default(), Vec::new());
            }
            // What an error did to the source nobody knows.
            Outcome::Failed => this.due.settle(),
        }
        Poll::Ready(answer)
    }
}

/// Invalidations that are owed from the moment the body begins.
struct Due {
    site: &'static MutatorSite,
    caches: Caches,
    drafts: Drafts,
    /// Of the updates, whatever becomes of them.
    keys: Vec<Target>,
    succeeded: bool,
    begun: bool,
}

impl Due {
    fn begin(&mut self) {
        if !self.begun {
            self.begun = true;
            transaction::note_change();
        }
    }

    /// Carries out what is owed without a value.
    fn settle(&mut self) {
        if defended!(MutatorDrop, self.begun, else false) {
            self.carry_out(Holes::default(), Vec::new());
        }
    }

    fn carry_out(&mut self, holes: Holes, updates: Vec<Update>) {
        let mut targets = self.drafts.targets(holes, self.succeeded);
        targets.extend_from_slice(&self.keys);
        let owed = transaction::owe(&self.caches, &targets);
        if !owed {
            self.caches.carry_out(&targets, updates);
        }
        self.begun = false;
        let mutator = &self.site.declaration;
        tracing::trace!(
            mutator = mutator.function,
            patterns = ?mutator.patterns,
            "{}",
            if owed { "owed by a transaction" } else { "invalidated" }
        );
    }
}

impl Drop for Due {
    fn drop(&mut self) {
        self.settle();
    }
}
