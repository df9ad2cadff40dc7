//! A single thread on which dice say who goes on next.

use std::{
    cell::Cell,
    pin::{Pin, pin},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use crate::dice::Dice;

struct Awake(AtomicBool);

impl Wake for Awake {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

struct Spawned {
    future: Pin<Box<dyn Future<Output = ()>>>,
    awake: Arc<Awake>,
}

pub(crate) struct Executor {
    dice: Dice,
    tasks: Vec<Spawned>,
}

impl Executor {
    pub(crate) fn new(dice: Dice) -> Self {
        Self {
            dice,
            tasks: Vec::new(),
        }
    }

    /// Puts a task on, and returns where its output will be.
    pub(crate) fn spawn<T: 'static>(
        &mut self,
        task: impl Future<Output = T> + 'static,
    ) -> Rc<Cell<Option<T>>> {
        let output = Rc::new(Cell::new(None));
        let place = Rc::clone(&output);
        self.tasks.push(Spawned {
            future: Box::pin(async move { place.set(Some(task.await)) }),
            awake: Arc::new(Awake(AtomicBool::new(true))),
        });
        output
    }

    /// Until all have ended.
    pub(crate) fn run(&mut self) {
        while !self.tasks.is_empty() {
            let awake: Vec<usize> = (0..self.tasks.len())
                .filter(|&at| self.tasks[at].awake.0.load(Ordering::SeqCst))
                .collect();
            assert!(
                !awake.is_empty(),
                "{} tasks wait for ever",
                self.tasks.len()
            );
            let choice = usize::try_from(self.dice.below(awake.len() as u64)).unwrap();
            let at = awake[choice];
            let task = &mut self.tasks[at];
            task.awake.0.store(false, Ordering::SeqCst);
            let waker = Waker::from(Arc::clone(&task.awake));
            if task
                .future
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_ready()
            {
                drop(self.tasks.swap_remove(at));
            }
        }
    }
}

/// Runs a future alone.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    for _ in 0..1_000_000 {
        let polled = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        if let Poll::Ready(output) = polled {
            return output;
        }
    }
    panic!("waits for ever");
}
