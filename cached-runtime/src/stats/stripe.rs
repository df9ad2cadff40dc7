//! Places that threads can write to without meeting each other.

use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    thread,
};

static NEXT_THREAD: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static THREAD: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// Values on cache lines of their own. The first threads to come have one each, all later ones share the rest.
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
        let mut thread = THREAD.get();
        if thread == usize::MAX {
            thread = number_thread();
        }
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

/// Numbers are never given again, so that a place has one owner for good.
#[cold]
fn number_thread() -> usize {
    let number = NEXT_THREAD.fetch_add(1, Ordering::Relaxed) & (usize::MAX >> 1);
    THREAD.set(number);
    number
}

#[cfg(test)]
mod tests {
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
}
