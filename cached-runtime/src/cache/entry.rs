//! One answer in the directory.

use std::{
    any::Any,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use super::{critical::bury, eviction::Eviction, scope::Scope};
use crate::time::Moment;

/// Keys up to this many bytes lie in the entry itself.
const INLINE: usize = 46;

/// The bytes of a key, compared on every hit.
enum Name {
    Inline { len: u8, bytes: [u8; INLINE] },
    Heap(Box<[u8]>),
}

impl Name {
    fn new(key: &[u8]) -> Self {
        let mut bytes = [0; INLINE];
        match (bytes.get_mut(..key.len()), u8::try_from(key.len())) {
            (Some(start), Ok(len)) => {
                start.copy_from_slice(key);
                Self::Inline { len, bytes }
            }
            _ => Self::Heap(key.into()),
        }
    }

    #[inline]
    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Inline { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or_default(),
            Self::Heap(bytes) => bytes,
        }
    }
}

/// A value of any type. Its `Drop` runs where it can do no harm.
pub(super) struct AnyValue(Option<Box<dyn Any + Send + Sync>>);

impl AnyValue {
    pub(super) fn new<T: Send + Sync + 'static>(value: T) -> Self {
        Self(Some(Box::new(value)))
    }

    #[inline]
    pub(super) fn get<T: 'static>(&self) -> Option<&T> {
        self.as_any()?.downcast_ref()
    }

    #[inline]
    pub(super) fn as_any(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.0.as_deref()
    }
}

impl From<Box<dyn Any + Send + Sync>> for AnyValue {
    fn from(value: Box<dyn Any + Send + Sync>) -> Self {
        Self(Some(value))
    }
}

impl Drop for AnyValue {
    fn drop(&mut self) {
        if let Some(value) = self.0.take() {
            bury(value);
        }
    }
}

/// What is known under a key.
pub(super) enum Content {
    Value(AnyValue),
    /// The source has nothing there.
    Absent,
}

/// How long an entry lives, in its clock's nanoseconds.
#[derive(Clone, Copy)]
pub(super) struct Lifetime {
    pub(super) stored: Moment,
    pub(super) expires: Moment,
    pub(super) tti: Option<Duration>,
}

/// What a hit reads comes first, so that it touches two cache lines.
#[repr(C)]
pub(super) struct Entry {
    above: Arc<Scope>,
    pub(super) content: Content,
    pub(super) lifetime: Lifetime,
    hits: AtomicU32,
    pub(super) weight: u32,
    name: Name,
    pub(super) scope: Arc<Scope>,
    pub(super) id: u64,
    /// The last read, and the last one that the eviction policy heard of; only kept up where there is a `tti`.
    touched: AtomicU64,
    told: AtomicU64,
}

impl Entry {
    pub(super) fn new(
        key: &[u8],
        scope: Arc<Scope>,
        content: Content,
        id: u64,
        lifetime: Lifetime,
        weight: u32,
    ) -> Self {
        // Only a root has none above it.
        let above = Arc::clone(scope.above().unwrap_or(&scope));
        Self {
            name: Name::new(key),
            above,
            scope,
            content,
            id,
            lifetime,
            weight,
            hits: AtomicU32::new(0),
            touched: AtomicU64::new(lifetime.stored.nanos()),
            told: AtomicU64::new(lifetime.stored.nanos()),
        }
    }

    #[inline]
    pub(super) fn key(&self) -> &[u8] {
        self.name.as_bytes()
    }

    #[inline]
    pub(super) fn is_expired(&self, now: Moment) -> bool {
        now >= self.lifetime.expires
            || self
                .lifetime
                .tti
                .is_some_and(|tti| now.since(self.last_read()) >= tti)
    }

    /// Whether a reader may take the answer: in time, and no invalidation came over it. One of the key itself removes the
    /// entry before it returns, so that a hit need not look at the key's own scope, which no other hit has near.
    #[inline]
    pub(super) fn is_good(&self, now: Moment) -> bool {
        !self.is_expired(now) && self.above.is_alive()
    }

    /// Whether it answers a caller that wants a `T`, and can take an absence or not.
    pub(super) fn answers<T: 'static>(&self, absence: bool) -> bool {
        match &self.content {
            Content::Value(value) => value.get::<T>().is_some(),
            Content::Absent => absence,
        }
    }

    fn last_read(&self) -> Moment {
        Moment::from_nanos(self.touched.load(Ordering::Relaxed))
    }

    /// Notes a read, and says whether the eviction policy must hear of it lest it take the entry for idle.
    pub(super) fn touch(&self, now: Moment, tti: Duration) -> bool {
        if now > self.last_read() {
            self.touched.store(now.nanos(), Ordering::Relaxed);
        }
        let told = Moment::from_nanos(self.told.load(Ordering::Relaxed));
        let due = Eviction::must_hear(tti, now.since(told));
        if due {
            self.told.store(now.nanos(), Ordering::Relaxed);
        }
        due
    }

    pub(super) fn hits(&self) -> u32 {
        self.hits.load(Ordering::Relaxed)
    }

    /// Adds to the count of hits. Two readers at once may count as one: the number ranks entries, it is no account.
    #[inline]
    pub(super) fn add_hits(&self, hits: u32) {
        let sum = self.hits().saturating_add(hits);
        self.hits.store(sum, Ordering::Relaxed);
    }
}
