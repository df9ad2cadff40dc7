//! A number for each thread that counts.

use std::{
    cell::Cell,
    cmp::Reverse,
    collections::BinaryHeap,
    sync::{Mutex, PoisonError},
};

static NUMBERS: Mutex<Numbers> = Mutex::new(Numbers {
    next: 0,
    free: BinaryHeap::new(),
});

const NONE: usize = usize::MAX;
/// Of all threads that are ending.
const ENDING: usize = NONE - 1;

thread_local! {
    static THREAD: Cell<usize> = const { Cell::new(NONE) };
    static LEASE: Lease = Lease::new();
}

/// The number of the calling thread. No other has it while this one runs, unless it is ending.
#[inline]
pub(super) fn of_this_thread() -> usize {
    let number = THREAD.get();
    if number == NONE {
        return number_thread();
    }
    number
}

#[cold]
fn number_thread() -> usize {
    let number = LEASE.try_with(|lease| lease.0).unwrap_or(ENDING);
    THREAD.set(number);
    number
}

struct Numbers {
    next: usize,
    free: BinaryHeap<Reverse<usize>>,
}

/// The number of a thread, for as long as it runs.
struct Lease(usize);

impl Lease {
    /// The lowest there is. What its last holder wrote is seen through the lock.
    fn new() -> Self {
        let mut numbers = NUMBERS.lock().unwrap_or_else(PoisonError::into_inner);
        let Numbers { next, free } = &mut *numbers;
        Self(free.pop().map_or_else(
            || {
                *next += 1;
                *next - 1
            },
            |Reverse(number)| number,
        ))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // What else the thread counts while it ends must not meet what the next holder counts.
        THREAD.set(ENDING);
        let mut numbers = NUMBERS.lock().unwrap_or_else(PoisonError::into_inner);
        numbers.free.push(Reverse(self.0));
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, thread};

    use super::*;

    #[test]
    fn threads_that_have_ended_leave_their_numbers_to_others() {
        let threads = 0..400;
        let len = threads.len();
        let numbers: BTreeSet<_> = threads
            .filter_map(|_| thread::spawn(of_this_thread).join().ok())
            .collect();
        // Other tests have threads, too, but not as many.
        assert!(numbers.len() < len / 4, "{numbers:?}");
    }
}
