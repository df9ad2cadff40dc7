//! The primitives of the model checker: before each operation it decides which thread goes on.

use std::{sync, time::Duration};

use shuttle::{future, thread};
pub(crate) use shuttle::{
    lazy_static::Lazy,
    sync::{Mutex, MutexGuard, PoisonError, atomic},
    thread_local,
};

/// Lets the checker decide who goes on, before a step that it cannot see into.
pub(crate) fn step() {
    // Time stands still; `yield_now` would also put the caller last.
    thread::sleep(Duration::ZERO);
}

/// Set or read in one step.
pub(crate) struct OnceLock<T>(sync::OnceLock<T>);

impl<T> OnceLock<T> {
    pub(crate) const fn new() -> Self {
        Self(sync::OnceLock::new())
    }

    pub(crate) fn get(&self) -> Option<&T> {
        step();
        self.0.get()
    }

    pub(crate) fn set(&self, value: T) -> Result<(), T> {
        step();
        self.0.set(value)
    }
}

/// The tasks of an execution that nobody waits for, until [`finish_tasks`] does.
static TASKS: Lazy<sync::Mutex<Vec<future::JoinHandle<()>>>> = Lazy::new(sync::Mutex::default);

/// In a model there always is a runtime.
pub(crate) struct Runtime(());

#[expect(
    clippy::unnecessary_wraps,
    reason = "outside of models there may be none"
)]
pub(crate) const fn runtime() -> Option<Runtime> {
    Some(Runtime(()))
}

impl Runtime {
    #[expect(clippy::unused_self, reason = "as with a runtime of Tokio's")]
    pub(crate) fn spawn<F: Future<Output: Send> + Send + 'static>(&self, task: F) {
        let handle = future::spawn(async move {
            task.await;
        });
        TASKS.get().lock().unwrap().push(handle);
    }
}

/// Waits for the tasks that were spawned.
pub(crate) fn finish_tasks() {
    loop {
        let task = TASKS.get().lock().unwrap().pop();
        match task {
            Some(task) => future::block_on(task).unwrap(),
            None => return,
        }
    }
}
