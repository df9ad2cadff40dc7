//! The primitives that concurrent code is built on.

pub(crate) use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, atomic};
