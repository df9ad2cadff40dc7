//! Places that threads can write to without meeting each other.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use super::number;

/// Values on cache lines of their own. The first threads to come have one each until they end, all others share the rest.
pub(crate) struct Striped<T> {
    owned: Box<[Line<T>]>,
    shared: Box<[Line<T>]>,
}

#[repr(align(128))]
struct Line<T>(T);

/// The place of the calling thread.
pub(crate) enum Mine<'a, T> {
    /// Nobody else writes here.
    Owned(&'a T),
    Shared(&'a T),
}

impl<T: Default> Striped<T> {
    pub(crate) fn new() -> Self {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let lines = |n: usize| (0..n).map(|_| Line(T::default())).collect();
        Self {
            owned: lines(2 * threads),
            shared: lines(threads.next_power_of_two()),
        }
    }
}

impl<T> Striped<T> {
    #[inline]
    #[expect(
        clippy::indexing_slicing,
        reason = "masked by the length, a power of two"
    )]
    pub(crate) fn mine(&self) -> Mine<'_, T> {
        let thread = number::of_this_thread();
        match self.owned.get(thread) {
            Some(line) => Mine::Owned(&line.0),
            None => Mine::Shared(&self.shared[thread & (self.shared.len() - 1)].0),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.owned.iter().chain(&self.shared).map(|line| &line.0)
    }
}

impl<T> Mine<'_, T> {
    /// Adds one to a counter in this place and returns what it was before.
    #[inline]
    pub(crate) fn count(&self, counter: impl FnOnce(&T) -> &AtomicU64) -> u64 {
        self.add(counter, 1)
    }

    /// Adds `n` to a counter in this place, wrapping around, and returns what it was before.
    #[inline]
    pub(crate) fn add(&self, counter: impl FnOnce(&T) -> &AtomicU64, n: u64) -> u64 {
        match self {
            // An addition that no other core can come between costs a tenth of one that locks the line.
            Self::Owned(place) => {
                let counter = counter(place);
                let before = counter.load(Ordering::Relaxed);
                counter.store(before.wrapping_add(n), Ordering::Relaxed);
                before
            }
            Self::Shared(place) => counter(place).fetch_add(n, Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, sync::Arc};

    use super::*;

    #[test]
    fn no_count_is_lost_however_many_threads_there_are() {
        let counts = Striped::<AtomicU64>::new();
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    for _ in 0..10_000 {
                        counts.mine().count(|count| count);
                    }
                });
            }
        });
        let sum: u64 = counts
            .iter()
            .map(|count| count.load(Ordering::Relaxed))
            .sum();
        assert_eq!(sum, 160_000);
    }

    #[test]
    fn what_a_thread_counts_while_it_ends_is_counted() {
        struct Counts(Arc<Striped<AtomicU64>>);

        impl Drop for Counts {
            fn drop(&mut self) {
                self.0.mine().count(|count| count);
            }
        }

        thread_local!(static LAST: Cell<Option<Counts>> = const { Cell::new(None) });

        let counts = Arc::new(Striped::<AtomicU64>::new());
        for early in [true, false] {
            let mine = Arc::clone(&counts);
            let thread = thread::spawn(move || {
                if early {
                    mine.mine().count(|count| count);
                }
                LAST.set(Some(Counts(mine)));
            });
            assert!(thread.join().is_ok());
        }
        let sum: u64 = counts
            .iter()
            .map(|count| count.load(Ordering::Relaxed))
            .sum();
        assert_eq!(sum, 3);
    }
}
