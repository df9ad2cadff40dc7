//! What lies in an entry.

use std::any::{Any, TypeId};

use smallbox::{SmallBox, smallbox, space::S2};

use super::critical::bury;
use crate::sync::atomic::AtomicI64;

/// A value of the user's. One of up to two words, such as an `Arc`, lies right here: a hit finds it in the entry.
pub(super) type Body = SmallBox<dyn Any + Send + Sync, S2>;

/// A value of any type. Its `Drop` runs where it can do no harm.
pub(crate) struct AnyValue(Option<Body>);

impl AnyValue {
    pub(crate) fn new<T: Send + Sync + 'static>(value: T) -> Self {
        Self(Some(smallbox!(value)))
    }

    #[inline]
    pub(crate) fn get<T: 'static>(&self) -> Option<&T> {
        self.as_any()?.downcast_ref()
    }

    #[inline]
    pub(super) fn as_any(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.0.as_deref()
    }
}

impl From<Box<dyn Any + Send + Sync>> for AnyValue {
    fn from(value: Box<dyn Any + Send + Sync>) -> Self {
        Self(Some(SmallBox::from_box(value)))
    }
}

impl Drop for AnyValue {
    fn drop(&mut self) {
        if let Some(value) = self.0.take() {
            bury(value);
        }
    }
}

/// What is known under a key. What is no value of the user's is one of ours, so that a hit has nothing to tell apart.
pub(super) struct Content(AnyValue);

/// An `i64`, which is counted up where it lies.
struct Count(AtomicI64);

/// The source has nothing there.
struct Absent;

impl Content {
    pub(super) fn of<T: Send + Sync + 'static>(value: T) -> Self {
        Self(match (&value as &dyn Any).downcast_ref() {
            Some(&count) => AnyValue::new(Count(AtomicI64::new(count))),
            None => AnyValue::new(value),
        })
    }

    pub(super) fn absent() -> Self {
        Self(AnyValue::new(Absent))
    }

    #[inline]
    pub(super) fn value<T: 'static>(&self) -> Option<&T> {
        self.0.get()
    }

    pub(super) fn count(&self) -> Option<&AtomicI64> {
        self.0.get().map(|Count(count)| count)
    }

    pub(super) fn is_absent(&self) -> bool {
        self.0.get::<Absent>().is_some()
    }

    /// Whether it answers a caller that wants a `T`, and can take an absence or not.
    pub(super) fn answers<T: 'static>(&self, absence: bool) -> bool {
        self.value::<T>().is_some()
            || absence && self.is_absent()
            || TypeId::of::<T>() == TypeId::of::<i64>() && self.count().is_some()
    }
}
