//! The primitives of the standard library and of Tokio.

use std::sync::LazyLock;
pub(crate) use std::{
    sync::{Mutex, MutexGuard, OnceLock, PoisonError, atomic},
    thread_local,
};

use tokio::runtime::Handle;

/// A static that is made when it is first asked for.
pub(crate) struct Lazy<T>(LazyLock<T>);

impl<T> Lazy<T> {
    pub(crate) const fn new(make: fn() -> T) -> Self {
        Self(LazyLock::new(make))
    }

    pub(crate) fn get(&'static self) -> &'static T {
        &self.0
    }
}

/// Called before each step that a model checker cannot see into.
#[inline(always)]
pub(crate) const fn step() {}

/// The Tokio runtime that the caller runs in, if there is one.
pub(crate) fn runtime() -> Option<Handle> {
    Handle::try_current().ok()
}
