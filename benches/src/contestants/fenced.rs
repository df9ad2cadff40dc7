//! What a cache cannot do without that promises what this toolkit does, by hand: a papaya whose entries have a lifetime,
//! hang on a fence, and are found by a policy. It keeps none of the promises; it shows what the room for them costs.

use std::{
    any::TypeId,
    hash::{BuildHasher, Hasher},
    sync::atomic::{AtomicU64, Ordering},
};

use coarsetime::Instant;
use foldhash::fast::RandomState;

use super::{Case, Entries, TTL, by_key::Map};

pub(super) struct Fenced<V> {
    seed: RandomState,
    /// By the hash of the key, which so need not be made twice.
    entries: papaya::HashMap<u64, Entry<V>, Hashed>,
    generation: AtomicU64,
}

/// As large as one of this toolkit, or a little smaller. What a hit reads comes first.
#[repr(C)]
struct Entry<V> {
    value: V,
    kind: TypeId,
    due: Instant,
    good_in: u64,
    key: Key,
    /// How often it is read, its number, its places in the fence and in the policy, and what few entries have.
    _others: [u64; 5],
}

enum Key {
    Inline(u8, [u8; 46]),
    Heap(Box<[u8]>),
}

impl Key {
    fn new(key: &[u8]) -> Self {
        let mut bytes = [0; 46];
        match (bytes.get_mut(..key.len()), u8::try_from(key.len())) {
            (Some(start), Ok(len)) => {
                start.copy_from_slice(key);
                Self::Inline(len, bytes)
            }
            _ => Self::Heap(key.into()),
        }
    }

    /// Compared as far as the key that is looked for goes, so that a processor can ask for all of it at once.
    #[inline]
    fn is(&self, key: &[u8]) -> bool {
        match self {
            Self::Inline(len, bytes) => {
                usize::from(*len) == key.len() && bytes.get(..key.len()) == Some(key)
            }
            Self::Heap(bytes) => **bytes == *key,
        }
    }
}

/// Takes a hash as it is.
#[derive(Clone, Copy, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _bytes: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl BuildHasher for Hashed {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        Self::default()
    }
}

fn hash(seed: &RandomState, key: &str) -> u64 {
    let mut hasher = seed.build_hasher();
    hasher.write(key.as_bytes());
    hasher.finish()
}

pub(super) fn fenced<C: Case>(entries: &Entries<C>) -> Fenced<C::Value> {
    let seed = RandomState::default();
    let map = papaya::HashMap::with_hasher(Hashed::default());
    let due = Instant::now() + TTL.into();
    for (key, value) in entries.by_key() {
        let entry = Entry {
            value,
            kind: TypeId::of::<C::Value>(),
            due,
            good_in: 1,
            key: Key::new(key.as_bytes()),
            _others: [0; 5],
        };
        map.pin().insert(hash(&seed, &key), entry);
    }
    Fenced {
        seed,
        entries: map,
        generation: AtomicU64::new(1),
    }
}

impl<V: Clone + Send + Sync + 'static> Map for Fenced<V> {
    type Value = V;
    const NAME: &'static str = "papaya with a fence";

    #[inline]
    async fn get(&self, key: &String) -> Option<V> {
        let hash = hash(&self.seed, key);
        let guard = self.entries.guard();
        let generation = self.generation.load(Ordering::Acquire);
        let now = Instant::now_without_cache_update();
        let entry = self.entries.get(&hash, &guard)?;
        let good = entry.key.is(key.as_bytes())
            && now < entry.due
            && entry.good_in == generation
            && entry.kind == TypeId::of::<V>();
        good.then(|| entry.value.clone())
    }
}
