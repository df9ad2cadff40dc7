//! What lies in an entry.

use std::any::{Any, TypeId};

use smallbox::smallbox;

use super::critical::{Body, Room, bury};
use crate::sync::atomic::AtomicI64;

/// A value of any type. Its `Drop` runs where it can do no harm.
pub(crate) struct AnyValue(Option<Body>);

/// One that does not fit into a [`Body`]. In a box of its own, whose memory is given back also where `Drop` panics.
struct Large<T>(Box<T>);

/// One that came in a box.
struct Boxed(Box<dyn Any + Send + Sync>);

const fn fits<T>() -> bool {
    size_of::<T>() <= size_of::<Room>() && align_of::<T>() <= align_of::<Room>()
}

impl AnyValue {
    #[inline]
    pub(crate) fn new<T: Send + Sync + 'static>(value: T) -> Self {
        Self(Some(if fits::<T>() {
            smallbox!(value)
        } else {
            smallbox!(Large(Box::new(value)))
        }))
    }

    #[inline]
    pub(crate) fn get<T: 'static>(&self) -> Option<&T> {
        let body = self.0.as_deref()?;
        if fits::<T>() {
            body.downcast_ref()
        } else {
            body.downcast_ref().map(|Large(value)| &**value)
        }
    }

    /// One that was [made](Self::from) of a box.
    #[inline]
    pub(super) fn boxed(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.get().map(|Boxed(value)| &**value)
    }
}

impl From<Box<dyn Any + Send + Sync>> for AnyValue {
    fn from(value: Box<dyn Any + Send + Sync>) -> Self {
        Self::new(Boxed(value))
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
