//! Transactions: what the mutators inside invalidate is carried out when the block ends.

use std::{
    cell::RefCell,
    collections::HashSet,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use foldhash::fast::RandomState;
use pin_project_lite::pin_project;

use crate::{
    caches::{Caches, Target},
    context::{Phase, phase, set_phase},
    sync::thread_local,
};

thread_local! {
    /// Of the innermost transaction that is being polled.
    static LEDGER: RefCell<Option<Ledger>> = const { RefCell::new(None) };
}

/// What a transaction is to invalidate when it ends.
#[derive(Clone, Default)]
struct Ledger {
    owed: Vec<(Caches, HashSet<Target, RandomState>)>,
    /// A mutator has begun, whatever became of it.
    changed: bool,
}

impl Ledger {
    fn add(&mut self, caches: &Caches, targets: impl IntoIterator<Item = Target>) {
        let at = self.owed.iter().position(|(set, _)| set.is(caches));
        if let Some((_, owed)) = at.and_then(|at| self.owed.get_mut(at)) {
            owed.extend(targets);
        } else {
            let owed = targets.into_iter().collect();
            self.owed.push((caches.clone(), owed));
        }
    }

    fn append(&mut self, other: Self) {
        self.changed |= other.changed;
        for (caches, targets) in other.owed {
            self.add(&caches, targets);
        }
    }

    /// One act for each set of caches.
    fn carry_out(&mut self) {
        self.changed = false;
        for (caches, targets) in mem::take(&mut self.owed) {
            let targets: Vec<_> = targets.into_iter().collect();
            caches.carry_out(&targets, Vec::new());
            tracing::trace!(targets = targets.len(), "a transaction has invalidated");
        }
    }
}

/// Notes that from here on the transaction around this call, if there is one, sees what nobody else sees.
pub(crate) fn note_change() {
    if defended!(TransactionReads, phase() == Phase::Unchanged, else false) {
        set_phase(Phase::Changed);
    }
}

/// Leaves `targets` to the transaction around this call; `false` if there is none.
pub(crate) fn owe(caches: &Caches, targets: &[Target]) -> bool {
    if defended!(TransactionOwes, phase() == Phase::Outside, else true) {
        return false;
    }
    note_change();
    with_ledger(|ledger| ledger.add(caches, targets.iter().cloned())).is_some()
}

fn with_ledger<R>(change: impl FnOnce(&mut Ledger) -> R) -> Option<R> {
    // While a thread ends there may be none any more.
    LEDGER
        .try_with(|ledger| ledger.borrow_mut().as_mut().map(change))
        .ok()
        .flatten()
}

/// A stretch of the block, from which mutators find the ledger. When it ends otherwise than by waiting, all is carried out.
struct Stretch<'a> {
    ledger: &'a mut Ledger,
    /// `ledger` has been put where the mutators find it.
    open: bool,
    /// There is one around it, which carries out what is owed.
    nested: bool,
    /// The ledger of that one meanwhile.
    outer: Option<Ledger>,
    waits: bool,
}

impl<'a> Stretch<'a> {
    fn begin(ledger: &'a mut Ledger) -> Self {
        let nested = phase() != Phase::Outside;
        let changed = ledger.changed;
        // While a thread ends there may be no place for it any more.
        let before = LEDGER.try_with(|slot| slot.replace(Some(mem::take(ledger))));
        let open = before.is_ok();
        if nested {
            if changed {
                note_change();
            }
        } else if open {
            set_phase(if changed {
                Phase::Changed
            } else {
                Phase::Unchanged
            });
        }
        Self {
            ledger,
            open,
            nested,
            outer: before.ok().flatten(),
            waits: false,
        }
    }

    /// The outer one carries out what is owed. If this one waits, it does so too: it may go on, and commit, after the end of the
    /// other.
    fn leave_to_outer(&mut self) {
        let share = if self.waits {
            self.ledger.clone()
        } else {
            mem::take(self.ledger)
        };
        with_ledger(|outer| outer.append(share));
    }
}

impl Drop for Stretch<'_> {
    fn drop(&mut self) {
        if self.open {
            let changed = phase() == Phase::Changed;
            if !self.nested {
                set_phase(Phase::Outside);
            }
            let outer = self.outer.take();
            if let Ok(Some(ledger)) = LEDGER.try_with(|slot| slot.replace(outer)) {
                *self.ledger = ledger;
            }
            self.ledger.changed = changed;
            if self.nested {
                self.leave_to_outer();
            }
        }
        let left_to_outer = self.nested && self.open;
        if !self.waits && !left_to_outer {
            self.ledger.carry_out();
        }
    }
}

pin_project! {
    struct Transaction<F> {
        // Empty once it was dropped, which is done with the ledger at hand.
        #[pin]
        block: Option<F>,
        ledger: Ledger,
    }

    impl<F> PinnedDrop for Transaction<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _stretch = Stretch::begin(this.ledger);
            this.block.set(None);
        }
    }
}

impl<F: Future> Future for Transaction<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Some(block) = this.block.as_pin_mut() else {
            return Poll::Pending;
        };
        let mut stretch = Stretch::begin(this.ledger);
        let answer = block.poll(cx);
        stretch.waits = answer.is_pending();
        answer
    }
}

/// Carries out what the mutators in `block` invalidate when `block` ends, as one act: what they change nobody else sees before
/// the commit, and an invalidation before the commit would let a reader load the old state again.
///
/// ```
/// # use cached_runtime::{cached, invalidates};
/// use cached_runtime::transaction;
///
/// # #[derive(Debug)] struct DbError;
/// # struct Tx;
/// # impl Tx {
/// #     async fn execute(&mut self, _: &str) -> Result<(), DbError> { Ok(()) }
/// #     async fn commit(self) -> Result<(), DbError> { Ok(()) }
/// # }
/// # struct Accounts;
/// # impl Accounts { async fn begin(&self) -> Result<Tx, DbError> { Ok(Tx) } }
/// impl Accounts {
///     #[invalidates("accounts:<id>*")]
///     async fn add(&self, tx: &mut Tx, id: u64, amount: i64) -> Result<(), DbError> {
///         # let _ = (id, amount);
///         tx.execute("UPDATE accounts SET balance = balance + ? WHERE id = ?").await
///     }
///
///     async fn transfer(&self, from: u64, to: u64, amount: i64) -> Result<(), DbError> {
///         transaction(async {
///             let mut tx = self.begin().await?;
///             self.add(&mut tx, from, -amount).await?;
///             self.add(&mut tx, to, amount).await?;
///             tx.commit().await
///         })
///         .await
///     }
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(Accounts.transfer(1, 2, 3)).unwrap();
/// ```
///
/// It neither begins nor ends a transaction of a database. It has to be around both: what is read before the block may be
/// stored, and what is committed after it is not invalidated.
///
/// # What is invalidated
///
/// Everything that the mutators inside name, when the block ends, **however it ends**: whether it returns `Ok` or `Err`
/// makes no difference, since nobody may know what became of a commit that failed, and an invalidation too many costs a load
/// only. Mutators with `on = "ok"` count where they have succeeded themselves. `#[updates]` invalidates its key and
/// stores nothing: what it was given is not committed yet.
///
/// A transaction inside of another one ends with the outermost. Where several sets of [`Caches`] are concerned, each is an act of
/// its own.
///
/// Invalidations by hand inside the block ([`Caches::invalidate`], [`Cache::remove`](crate::Cache::remove) and their
/// siblings) keep their promise, and are carried out at once; since readers elsewhere may load the old state again before the
/// commit, they are carried out once more at the end. [`Cache::insert`](crate::Cache::insert) removes the key in the same way,
/// and stores nothing.
///
/// # What is read
///
/// Calls of cached methods inside the block are served from the cache until the first mutator begins, or the first invalidation by
/// hand. From then on they run their body, because the transaction sees what the cache cannot know. Whatever they load is
/// theirs alone: it is not stored, nobody waits for it, and they wait for nobody. The source may show the transaction
/// an older state than it shows others. So [`reload`](crate::reload()) loads and stores nothing, and
/// [`only_if_cached`](crate::only_if_cached()) has no answer after the first mutator. Calls made in the bodies of cached methods
/// belong to the transaction as well.
///
/// Callers outside are not affected before the end. What the block spawns is outside: a task, a thread, a blocking call that runs
/// on another one.
///
/// # Cancellation
///
/// Dropping the future ends the block: what the mutators that had begun until then name is invalidated.
///
/// # Panics
///
/// Only those of the block, after the same has been done.
pub fn transaction<F: Future>(block: F) -> impl Future<Output = F::Output> {
    Transaction {
        block: Some(block),
        ledger: Ledger::default(),
    }
}
