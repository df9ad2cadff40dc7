//! The fence: the tree of key segments whose nodes an invalidation marks dead.
//!
//! A load takes hold of its key's scope before it reads the source, the entry keeps it, and every read asks whether it
//! is still alive. The tree below a mutex finds the scopes that a pattern means; readers never touch it, they walk the
//! parents of the scope they hold. And not even that, as long as nothing was marked in the cache since the entry was found
//! good: whoever marks moves the cache on to its next generation before he lets go of the tree.

use std::mem;

use cached_key::{Pattern, Segment, Tail};
use triomphe::{Arc, UniqueArc};

use super::{
    critical::{Critical, lock},
    tree::{HOLDERS, Leaf, Slot, Tree, after, first_segment},
};
use crate::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

/// The floor of a scope that accepts nothing any more.
const DEAD: u64 = u64::MAX;

/// The floor of a scope that accepts nothing for the moment.
const SUSPENDED: u64 = DEAD - 1;

/// A place in the tree as those who depend on it hold it.
#[derive(Debug)]
pub(crate) struct Scope {
    /// What is older than this number is past its time. Loads and entries are numbered by their beginning.
    floor: AtomicU64,
    parent: Option<Arc<Self>>,
    place: Place,
}

/// The place in the tree that a scope stands for; for the tree only.
#[derive(Debug)]
pub(super) enum Place {
    /// Where keys part. Meaningless once the scope is dead.
    Branch(Slot),
    /// One key.
    Leaf(Leaf),
}

impl Scope {
    #[inline]
    pub(super) fn new(parent: Option<Arc<Self>>, place: Place) -> Arc<Self> {
        Arc::new(Self {
            floor: AtomicU64::new(0),
            parent,
            place,
        })
    }

    /// One to be.
    pub(super) fn blank() -> UniqueArc<Self> {
        UniqueArc::new(Self {
            floor: AtomicU64::new(0),
            parent: None,
            place: Place::Branch(0),
        })
    }

    /// Makes that of a key of one to be.
    #[inline]
    pub(super) fn of_key(mut blank: UniqueArc<Self>, parent: Arc<Self>, leaf: Leaf) -> Arc<Self> {
        blank.parent = Some(parent);
        blank.place = Place::Leaf(leaf);
        blank.shareable()
    }

    /// One that no tree has.
    pub(super) fn dead() -> Arc<Self> {
        let scope = Self::blank().shareable();
        scope.kill();
        scope
    }

    /// Whether neither an invalidation nor an expiration has reached what has this number and hangs on this scope.
    #[inline]
    pub(crate) fn accepts(&self, number: u64) -> bool {
        self.all_floors(|floor| floor <= number)
    }

    /// Whether no invalidation has reached this scope or one above it.
    #[inline]
    pub(crate) fn is_alive(&self) -> bool {
        self.all_floors(|floor| floor != DEAD)
    }

    #[inline]
    fn all_floors(&self, good: impl Fn(u64) -> bool) -> bool {
        let mut scope = self;
        loop {
            if !good(scope.floor.load(Ordering::Acquire)) {
                return false;
            }
            match &scope.parent {
                Some(parent) => scope = parent,
                None => return true,
            }
        }
    }

    pub(super) fn kill(&self) {
        self.floor.store(DEAD, Ordering::Release);
    }

    /// Whatever there is is past its time. To be followed by [`raise`](Self::raise); both are called under the tree's lock, as
    /// [`kill`](Self::kill) is.
    pub(super) fn suspend(&self) {
        self.floor.fetch_max(SUSPENDED, Ordering::AcqRel);
    }

    /// Only what is older than `floor` is past its time. What is dead stays dead.
    pub(super) fn raise(&self, floor: u64) {
        // Nothing to do for a scope that is dead.
        let _ = self
            .floor
            .compare_exchange(SUSPENDED, floor, Ordering::AcqRel, Ordering::Relaxed);
    }

    #[inline]
    pub(super) const fn place(&self) -> &Place {
        &self.place
    }

    /// If it is that of a key.
    #[inline]
    pub(super) const fn leaf(&self) -> Option<&Leaf> {
        match &self.place {
            Place::Leaf(leaf) => Some(leaf),
            Place::Branch(_) => None,
        }
    }
}

/// The scopes of one cache, on cache lines of their own: misses write here beside what every hit reads.
#[repr(align(128))]
pub(crate) struct Scopes {
    tree: Mutex<Tree>,
}

impl Scopes {
    pub(crate) fn new() -> Self {
        Self {
            tree: Mutex::new(Tree::new()),
        }
    }

    /// Takes hold of the scope of `key`. Each hold is given back by [`release`](Self::release).
    #[inline]
    pub(crate) fn hold(&self, key: impl AsRef<[u8]>, digest: u64) -> Arc<Scope> {
        self.tree().hold(below_cache(key.as_ref()), digest)
    }

    /// Takes hold of a new scope of `key`: whoever depends on the old one is overtaken.
    pub(crate) fn replace(&self, key: &str, digest: u64) -> Arc<Scope> {
        let mut tree = self.tree();
        let path = below_cache(key.as_bytes());
        tree.invalidate_key(path);
        tree.hold(path, digest)
    }

    #[inline]
    pub(crate) fn release(&self, scope: &Arc<Scope>) {
        self.tree().release(scope);
    }

    /// Takes hold of a scope below `tag`, for the entry of one key.
    pub(crate) fn hold_tag(&self, tag: &str, digest: u64) -> Arc<Scope> {
        self.tree().hold(below_tag(tag, digest).as_bytes(), digest)
    }

    /// Whether more than a few nodes wait to be reclaimed.
    pub(crate) fn has_much_to_reclaim(&self) -> bool {
        self.tree().has_much_to_reclaim()
    }

    /// Frees up to `limit` nodes of the detached parts; the scopes on which entries may hang go into `remains`. Returns whether
    /// more is left.
    pub(crate) fn reclaim(&self, limit: usize, remains: &mut Vec<Arc<Scope>>) -> bool {
        self.tree().reclaim(limit, remains)
    }

    /// How many nodes the tree has, detached ones included; the root is always there.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.tree().len()
    }

    /// How many holds have not been given back, and were not overtaken.
    #[cfg(test)]
    pub(crate) fn holds(&self) -> usize {
        self.tree().holds()
    }

    #[inline]
    fn tree(&self) -> Critical<'_, Tree> {
        lock(&self.tree)
    }
}

/// The scopes of a cache while nobody can take hold of one, so that several invalidations are one act.
pub(crate) struct Frozen<'a> {
    keys: Critical<'a, Tree>,
    tags: Critical<'a, Tree>,
    generation: &'a AtomicU64,
    /// Whether readers are to know of marks.
    marked: bool,
}

impl<'a> Frozen<'a> {
    /// `generation` is that of the cache.
    pub(crate) fn new(keys: &'a Scopes, tags: &'a Scopes, generation: &'a AtomicU64) -> Self {
        Self {
            keys: keys.tree(),
            tags: tags.tree(),
            generation,
            marked: false,
        }
    }

    /// Lets readers ask the scopes again. From the first unlocking on, a load may begin and be made of what readers accept;
    /// so where several caches are frozen, each tells its readers before any is unlocked.
    pub(crate) fn publish(&mut self) {
        if mem::take(&mut self.marked) {
            next_generation(self.generation);
        }
    }

    /// Marks `key` dead, and nothing else.
    pub(crate) fn invalidate_key(&mut self, key: impl AsRef<[u8]>) {
        self.marked |= self.keys.invalidate_key(below_cache(key.as_ref()));
    }

    /// Lets everything that `pattern` matches be past its time that is older than the number which `floor` draws.
    pub(crate) fn expire(&mut self, pattern: &Pattern, floor: impl FnOnce() -> u64) {
        let segments = pattern.segments().get(1..).unwrap_or_default();
        let generation = self.generation;
        self.keys.expire(segments, pattern.tail(), || {
            // Before the number is drawn: a load may hold its scope already and draw a higher one before the tree is unlocked.
            defended!(PublishBeforeFloor, next_generation(generation), else ());
            // Drawn under the lock: two expirations raise floors in the order of their numbers.
            floor()
        });
        defended!(PublishBeforeFloor, {}, else next_generation(generation));
    }

    /// Marks every key dead that `pattern` matches.
    pub(crate) fn invalidate(&mut self, pattern: &Pattern) {
        let segments = pattern.segments().get(1..).unwrap_or_default();
        self.marked |= self.keys.invalidate(segments, pattern.tail());
    }

    /// Marks every tag dead that `pattern` matches.
    pub(crate) fn invalidate_tag(&mut self, pattern: &Pattern) {
        self.marked |= match pattern.tail() {
            Tail::Exact => {
                let mut segments = pattern.segments().to_vec();
                segments.push(Segment::Literal(HOLDERS.into()));
                self.tags.invalidate(&segments, Tail::AtOrBelow)
            }
            tail => self.tags.invalidate(pattern.segments(), tail),
        };
    }

    /// Takes hold of the scope of `key`, as it is after what was marked up to here.
    pub(crate) fn hold(&mut self, key: &str, digest: u64) -> Arc<Scope> {
        self.keys.hold(below_cache(key.as_bytes()), digest)
    }

    /// The same for a scope below `tag`.
    pub(crate) fn hold_tag(&mut self, tag: &str, digest: u64) -> Arc<Scope> {
        self.tags.hold(below_tag(tag, digest).as_bytes(), digest)
    }

    /// Marks every key dead.
    pub(crate) fn clear(&mut self) {
        self.keys.clear();
        self.marked = true;
    }
}

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        self.publish();
    }
}

/// Lets readers ask the scopes again. To be called after the marks: whoever sees the new generation sees them.
fn next_generation(generation: &AtomicU64) {
    let next = defended!(Generation, 1, else 0);
    generation.fetch_add(next, Ordering::Release);
}

/// The place of one key below a tag.
fn below_tag(tag: &str, digest: u64) -> String {
    format!("{tag}:{HOLDERS}:{digest:016x}")
}

/// What follows the first segment, which names the cache and has no node of its own.
#[inline]
fn below_cache(key: &[u8]) -> &[u8] {
    after(key, first_segment(key).len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Step {
        Hold(Vec<u8>),
        Release(usize),
        Invalidate(String),
        Replace(Vec<u8>),
        InvalidateKey(Vec<u8>),
        Clear,
        Reclaim(usize),
    }

    /// More than are looked through one by one.
    const NAMES: [&str; 12] = [
        "a", "b", "ab", "abc", "c", "d", "e", "f", "g", "h", "i", "j",
    ];

    fn segment() -> impl Strategy<Value = &'static str> {
        prop::sample::select(NAMES.to_vec())
    }

    fn path() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(prop_oneof![3 => 0_u8..4, 1 => 0_u8..12], 0..5)
    }

    fn pattern() -> impl Strategy<Value = String> {
        let segment = prop_oneof![segment().prop_map(str::to_owned), Just("*".to_owned())];
        let tail = prop::sample::select(vec!["", ":*", "{,:*}", "*"]);
        (prop::collection::vec(segment, 0..4), tail).prop_filter_map(
            "parses",
            |(segments, tail)| {
                let text = segments
                    .iter()
                    .fold("c".to_owned(), |text, segment| text + ":" + segment)
                    + tail;
                Pattern::parse(&text).is_ok().then_some(text)
            },
        )
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            8 => path().prop_map(Step::Hold),
            2 => any::<usize>().prop_map(Step::Release),
            2 => pattern().prop_map(Step::Invalidate),
            1 => path().prop_map(Step::Replace),
            1 => path().prop_map(Step::InvalidateKey),
            1 => Just(Step::Clear),
            1 => (1_usize..5).prop_map(Step::Reclaim),
        ]
    }

    fn key(path: &[u8]) -> String {
        path.iter()
            .fold("c".to_owned(), |key, &n| key + ":" + NAMES[usize::from(n)])
    }

    /// Returns whether any was alive.
    fn kill(held: &mut [(String, Arc<Scope>, bool)], meant: impl Fn(&str) -> bool) -> bool {
        let mut any = false;
        for (_, _, alive) in held.iter_mut().filter(|(key, ..)| meant(key)) {
            any |= mem::take(alive);
        }
        any
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        /// The tree says dead exactly where the matcher says that an invalidation since the hold meant the key.
        #[test]
        fn the_tree_agrees_with_the_matcher(steps in prop::collection::vec(step(), 1..100)) {
            let (scopes, tags) = (Scopes::new(), Scopes::new());
            let generation = AtomicU64::new(0);
            let mut held: Vec<(String, Arc<Scope>, bool)> = Vec::new();
            for step in steps {
                let before = generation.load(Ordering::Relaxed);
                // Of a key that is replaced readers know by its new entry.
                let mut published = false;
                match step {
                    Step::Hold(path) => {
                        let key = key(&path);
                        let scope = scopes.hold(&key, 0);
                        held.push((key, scope, true));
                    }
                    Step::Release(n) if !held.is_empty() => {
                        let (_, scope, _) = held.swap_remove(n % held.len());
                        scopes.release(&scope);
                    }
                    Step::Invalidate(text) => {
                        let pattern = Pattern::parse(&text).unwrap();
                        Frozen::new(&scopes, &tags, &generation).invalidate(&pattern);
                        published = kill(&mut held, |key| pattern.matches(key));
                    }
                    Step::Replace(path) => {
                        let key = key(&path);
                        kill(&mut held, |held| held == key);
                        let scope = scopes.replace(&key, 0);
                        held.push((key, scope, true));
                    }
                    Step::InvalidateKey(path) => {
                        let key = key(&path);
                        published = kill(&mut held, |held| held == key);
                        Frozen::new(&scopes, &tags, &generation).invalidate_key(&key);
                    }
                    Step::Clear => {
                        published = kill(&mut held, |_| true);
                        Frozen::new(&scopes, &tags, &generation).clear();
                    }
                    Step::Reclaim(limit) => {
                        scopes.reclaim(limit, &mut Vec::new());
                    }
                    Step::Release(_) => {}
                }
                prop_assert!(!published || generation.load(Ordering::Relaxed) > before);
                for (key, scope, alive) in &held {
                    prop_assert_eq!(scope.is_alive(), *alive, "{}", key);
                }
            }
            for (_, scope, _) in held {
                scopes.release(&scope);
            }
            while scopes.reclaim(16, &mut Vec::new()) {}
            prop_assert_eq!(scopes.len(), 1, "something hangs on after the last hold is gone");
        }
    }

    #[test]
    fn room_that_nobody_needs_is_given_back() {
        let (scopes, tags) = (Scopes::new(), Scopes::new());
        for round in 0..3 {
            for n in 0..10_000 {
                scopes.hold(format!("c:{n}:a"), n);
                scopes.hold(format!("c:{n}:b"), n);
            }
            assert!(scopes.tree().room() > 10_000);
            Frozen::new(&scopes, &tags, &AtomicU64::new(0)).clear();
            while scopes.reclaim(1_000, &mut Vec::new()) {}
            assert!(scopes.tree().room() < 2_000, "in round {round}");
        }
        assert!(scopes.hold("c:1", 1).is_alive());
    }

    #[test]
    fn reclaiming_finds_every_entry_below() {
        let scopes = Scopes::new();
        for user in 0..10_u64 {
            for status in ["open", "closed"] {
                scopes.hold(format!("c:user:{user}:status:{status}"), user);
            }
        }
        let pattern = Pattern::parse("c:user{,:*}").unwrap();
        Frozen::new(&scopes, &Scopes::new(), &AtomicU64::new(0)).invalidate(&pattern);
        let mut remains = Vec::new();
        while scopes.reclaim(3, &mut remains) {}
        assert_eq!(remains.len(), 20);
        assert!(remains.iter().all(|scope| !scope.is_alive()));
        assert_eq!(scopes.len(), 1);
    }
}
