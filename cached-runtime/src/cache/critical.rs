//! Critical sections in which no code of the user runs, and the burial of values outside of them.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    mem,
    ops::{Deref, DerefMut},
    panic::{AssertUnwindSafe, catch_unwind},
};

use smallbox::SmallBox;

use crate::sync::{Mutex, MutexGuard, PoisonError, thread_local};

/// A value of the user's. One of up to three words, such as an `Arc` or a `String`, lies right here, and so in its entry: a
/// hit has one place in memory less to wait for.
pub(super) type Body = SmallBox<dyn Any + Send + Sync, Room>;

/// What a body lies in.
pub(super) type Room = [usize; 3];

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// Whether there are graves: sections end more often than anything dies in them.
    static DIGGING: Cell<bool> = const { Cell::new(false) };
    static GRAVES: RefCell<Vec<Body>> = const { RefCell::new(Vec::new()) };
}

/// A stretch of code in which [`bury`] puts values aside; they are dropped when the thread's last section ends.
pub(super) struct Section(());

/// Begins a section without a lock of ours, around calls that run our code under locks of theirs.
#[inline]
pub(super) fn section() -> Section {
    // During the exit of a thread the counter may be gone; then `bury` drops at once.
    let _ = DEPTH.try_with(|depth| depth.set(depth.get() + 1));
    Section(())
}

impl Drop for Section {
    #[inline]
    fn drop(&mut self) {
        let left = DEPTH.try_with(|depth| {
            depth.set(depth.get() - 1);
            depth.get()
        });
        if left == Ok(0) && DIGGING.try_with(Cell::take) == Ok(true) {
            drop_the_buried();
        }
    }
}

#[cold]
fn drop_the_buried() {
    let graves = GRAVES.try_with(RefCell::take).unwrap_or_default();
    graves.into_iter().for_each(drop_quietly);
}

/// A locked mutex, in a section that ends after it is unlocked.
pub(crate) struct Critical<'a, T> {
    guard: MutexGuard<'a, T>,
    _section: Section,
}

/// Locks `mutex`. A panic in a critical section of ours would be a bug, but it must not take the cache with it: the
/// poison is ignored, as every section leaves its data whole before it calls anything that could panic.
#[inline]
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> Critical<'_, T> {
    let section = section();
    Critical {
        guard: mutex.lock().unwrap_or_else(PoisonError::into_inner),
        _section: section,
    }
}

impl<T> Deref for Critical<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for Critical<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

/// Drops a value of the user's: outside of critical sections, since its `Drop` may call the cache, and behind a barrier,
/// since a panic there would hit whoever happens to clean up.
pub(super) fn bury(body: Body) {
    let mut body = Some(body);
    if DEPTH.try_with(Cell::get).is_ok_and(|depth| depth > 0) {
        let _ = GRAVES.try_with(|graves| graves.borrow_mut().extend(body.take()));
        let _ = DIGGING.try_with(|digging| digging.set(true));
    }
    if let Some(body) = body {
        drop_quietly(body);
    }
}

fn drop_quietly(body: Body) {
    quietly("a cached value panicked while it was dropped", move || {
        drop(body);
    });
}

/// Runs code of the user's behind a barrier: a panic is logged, and nothing else.
pub(super) fn quietly(panicked: &str, run: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(run)) {
        tracing::error!("{panicked}; the cache goes on without it");
        // What it was thrown with may panic in its turn.
        if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
            mem::forget(another);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use smallbox::smallbox;

    use super::*;

    struct Locks(Arc<Mutex<u32>>);

    impl Drop for Locks {
        fn drop(&mut self) {
            *lock(&self.0) += 1;
        }
    }

    #[test]
    fn a_value_is_dropped_after_the_last_section() {
        let mutex = Arc::new(Mutex::new(0));
        let outer = Mutex::new(());
        let section = lock(&outer);
        {
            let inner = lock(&mutex);
            bury(smallbox!(Locks(Arc::clone(&mutex))));
            assert_eq!(*inner, 0);
        }
        assert_eq!(*lock(&mutex), 0, "still inside the outer section");
        drop(section);
        assert_eq!(*lock(&mutex), 1);
    }
}
