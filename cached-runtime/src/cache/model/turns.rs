//! Those who wait for a turn: none is forgotten, whenever turns are given and waits are dropped.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Waker},
};

use shuttle::{
    future::{self, block_on},
    thread,
};

use super::{
    super::turns::Turns,
    explore::{explore, explore_all},
};

/// Whoever gets the turn ends it for all, as a leader does who lands.
async fn wait_and_end(turns: Arc<Turns>, taken: Arc<AtomicUsize>) {
    if turns.wait().await {
        taken.fetch_add(1, Ordering::SeqCst);
        turns.end();
    }
}

#[test]
fn one_waits_one_gives() {
    explore_all("turns: one waits, one gives", || {
        let turns = Arc::new(Turns::default());
        let giver = Arc::clone(&turns);
        let giver = thread::spawn(move || giver.give(1));
        assert!(block_on(turns.wait()));
        giver.join().unwrap();
    });
}

#[test]
fn a_turn_that_is_not_taken_goes_to_the_next() {
    explore(
        "turns: a turn that is not taken goes to the next",
        6_000,
        || {
            let (turns, taken) = (Arc::new(Turns::default()), Arc::new(AtomicUsize::new(0)));
            let waits =
                [0, 1].map(|_| future::spawn(wait_and_end(Arc::clone(&turns), Arc::clone(&taken))));
            let giver = Arc::clone(&turns);
            let giver = thread::spawn(move || giver.give(1));
            let [leaves, stays] = waits;
            leaves.abort();
            block_on(stays).unwrap();
            let _ = block_on(leaves);
            giver.join().unwrap();
            assert_eq!(taken.load(Ordering::SeqCst), 1);
        },
    );
}

#[test]
fn as_many_go_as_there_are_turns() {
    explore("turns: as many go as there are turns", 3_000, || {
        let (turns, taken) = (Arc::new(Turns::default()), Arc::new(AtomicUsize::new(0)));
        let waits = [0, 1, 2].map(|_| {
            let (turns, taken) = (Arc::clone(&turns), Arc::clone(&taken));
            thread::spawn(move || {
                if block_on(turns.wait()) && taken.fetch_add(1, Ordering::SeqCst) == 1 {
                    turns.end();
                }
            })
        });
        turns.give(1);
        turns.give(1);
        for wait in waits {
            wait.join().unwrap();
        }
        assert_eq!(taken.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn the_end_reaches_everybody() {
    explore("turns: the end reaches everybody", 3_000, || {
        let turns = Arc::new(Turns::default());
        let waits = [0, 1].map(|_| {
            let turns = Arc::clone(&turns);
            thread::spawn(move || assert!(!block_on(turns.wait())))
        });
        {
            // One who has looked once, and is gone.
            let mut left = pin!(turns.wait());
            assert!(
                left.as_mut()
                    .poll(&mut Context::from_waker(Waker::noop()))
                    .is_pending()
            );
        }
        turns.end();
        for wait in waits {
            wait.join().unwrap();
        }
    });
}
