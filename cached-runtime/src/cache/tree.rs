//! The tree behind the scopes: segments as edges, runs of them compressed, one branch for each place where keys part.
//!
//! A node never changes its scope, not even when an edge above it is split, because those who hold the scope walk its
//! parents without a lock. So a branch that was put in above an older node is not among the parents of what hangs there.
//! It remembers that node as its `older` one, and marking goes down that chain: for every scope below a branch, the
//! branch or one of its chain is among the scope's parents.

use std::{iter, ptr};

use cached_key::{Segment, Tail};
use triomphe::Arc;

use super::{
    children::{Child, Children, Hash, Id, IntoIter},
    edge::{Edge, after, common_segments, first_segment, segments, starts_with_segment},
    leaf::Leaf,
    scope::{Place, Remains, Scope},
    slots::{Slot, Slots},
};

/// The segment that parts a tag from those who have it. No key and no tag has a segment like it.
pub(super) const HOLDERS: &str = "*";

/// More nodes than these are more than a few.
const MUCH: usize = 64;

/// Room for as many branches is kept while there are none.
const ROOM_KEPT: usize = 1_024;

/// A place where keys part, or where one ends and others go on.
struct Branch {
    scope: Arc<Scope>,
    /// The segments from the parent to here.
    edge: Edge,
    /// Of the segment by which the parent knows this one.
    hash: Hash,
    parent: Slot,
    older: Option<Arc<Scope>>,
    children: Children,
}

enum Detached {
    One(Child),
    Many(IntoIter),
}

pub(super) struct Tree {
    branches: Slots<Branch>,
    root: Slot,
    detached: Vec<Detached>,
    /// How many leaves there are, detached ones included.
    leaves: usize,
}

impl Tree {
    pub(super) fn new() -> Self {
        let mut tree = Self {
            branches: Slots::new(),
            root: 0,
            detached: Vec::new(),
            leaves: 0,
        };
        tree.root = tree.new_root();
        tree
    }

    fn new_root(&mut self) -> Slot {
        let slot = self.branches.vacant();
        self.branches.insert(Branch {
            scope: Scope::new(None, Place::Branch(slot)),
            edge: Edge::default(),
            hash: Hash::default(),
            parent: slot,
            older: None,
            children: Children::default(),
        })
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.branches.len() + self.leaves
    }

    /// How many holds have not been given back.
    #[cfg(all(test, cached_model))]
    pub(super) fn holds(&self) -> usize {
        let holders = |child: &Child| match child {
            Child::Leaf(_, scope) => scope.leaf().map_or(0, Leaf::holders),
            Child::Branch(..) => 0,
        };
        let attached = self
            .branches
            .iter()
            .flat_map(|branch| branch.children.iter());
        let detached = self.detached.iter().map(|detached| match detached {
            Detached::One(child) => holders(child),
            Detached::Many(_) => 0,
        });
        attached.map(holders).sum::<usize>() + detached.sum::<usize>()
    }

    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.branches.room()
    }

    #[inline]
    pub(super) fn hold(&mut self, key: &[u8], digest: u64) -> Arc<Scope> {
        let mut at = self.root;
        let mut rest = key;
        loop {
            let (child, common) = match self.child_towards(at, rest) {
                Ok(found) => found,
                Err(hash) => return self.add_leaf(at, rest, hash, digest),
            };
            let whole = common == self.edge(child).len();
            match child {
                Child::Leaf(_, scope) if whole && common == rest.len() => {
                    if let Some(leaf) = scope.leaf() {
                        leaf.hold();
                    }
                    return Arc::clone(scope);
                }
                Child::Branch(_, slot) if whole => {
                    at = *slot;
                    rest = after(rest, common);
                }
                _ => {
                    // The one child there parts from the path.
                    let child = child.clone();
                    let branch = self.split(at, child, common);
                    let rest = after(rest, common);
                    let hash = Hash::of(first_segment(rest));
                    return self.add_leaf(branch, rest, hash, digest);
                }
            }
        }
    }

    #[inline]
    pub(super) fn release(&mut self, scope: &Arc<Scope>) {
        // What was detached is left to be reclaimed.
        if !scope.is_alive() {
            return;
        }
        if let Some(leaf) = scope.leaf()
            && leaf.release()
        {
            self.leaves -= 1;
            self.unhook(leaf.parent(), leaf.hash(), Id::Leaf(scope), scope);
        }
    }

    pub(super) fn clear(&mut self) {
        let root = self.root;
        self.mark(&self.branches[root].scope);
        self.detached
            .push(Detached::One(Child::Branch(Hash::default(), root)));
        self.root = self.new_root();
    }

    /// Marks everything dead that lies at `segments` and goes on as `tail` says. Returns whether there was anything.
    pub(super) fn invalidate(&mut self, segments: &[Segment], tail: Tail) -> bool {
        let mut found = Vec::new();
        self.find(self.root, segments, tail, &mut found);
        let any = !found.is_empty();
        for child in found {
            match child {
                Child::Branch(_, slot) if slot == self.root => self.clear(),
                child => self.detach(child),
            }
        }
        any
    }

    /// Marks one key dead, and returns whether it was there.
    pub(super) fn invalidate_key(&mut self, key: &[u8]) -> bool {
        let mut at = self.root;
        let mut rest = key;
        while let Ok((child, common)) = self.child_towards(at, rest) {
            if common < self.edge(child).len() {
                return false;
            }
            match child {
                Child::Leaf(..) => {
                    let meant = common == rest.len();
                    if meant {
                        self.detach(child.clone());
                    }
                    return meant;
                }
                Child::Branch(_, slot) => {
                    rest = after(rest, common);
                    at = *slot;
                }
            }
        }
        false
    }

    /// Marks a node other than the root dead and takes it out of the tree, with everything below it.
    fn detach(&mut self, child: Child) {
        let scope = Arc::clone(self.scope(&child));
        self.mark(&scope);
        let parent = match scope.place() {
            Place::Leaf(leaf) => leaf.parent(),
            Place::Branch(slot) => self.branches[*slot].parent,
        };
        self.unhook(parent, child.hash(), child.id(), &scope);
        self.detached.push(Detached::One(child));
    }

    fn mark(&self, scope: &Arc<Scope>) {
        for scope in self.older_chain(scope) {
            scope.kill();
            defended!(OlderChain, {}, else break);
        }
    }

    /// A scope and those of the nodes below it that do not have it among their parents.
    fn older_chain<'t>(&'t self, scope: &'t Arc<Scope>) -> impl Iterator<Item = &'t Arc<Scope>> {
        iter::successors(Some(scope), |scope| match scope.place() {
            Place::Branch(slot) => self.branches[*slot].older.as_ref(),
            Place::Leaf(_) => None,
        })
    }

    /// Lets everything at `segments` be past its time that is older than the number which `floor` draws, if there is
    /// anything. Nothing is detached: an invalidation has to find it later.
    pub(super) fn expire(&mut self, segments: &[Segment], tail: Tail, floor: impl FnOnce() -> u64) {
        let mut found = Vec::new();
        self.find(self.root, segments, tail, &mut found);
        let mut meant = Vec::new();
        for child in &found {
            for scope in self.older_chain(self.scope(child)) {
                meant.push(scope);
                defended!(ExpireRaises, scope.suspend(), else ());
                defended!(ExpireOlderChain, {}, else break);
            }
        }
        if meant.is_empty() {
            return;
        }
        // After the last mark: a load with a later number has read none of what they are about.
        let floor = floor();
        for scope in meant {
            scope.raise(floor);
        }
    }

    /// Whether more than a few nodes are detached.
    pub(super) fn has_much_to_reclaim(&self) -> bool {
        let mut found = Vec::new();
        for detached in &self.detached {
            match detached {
                Detached::One(child) => found.push(child),
                Detached::Many(_) => return true,
            }
        }
        let mut seen = 0;
        while let Some(child) = found.pop() {
            seen += 1;
            if let Child::Branch(_, slot) = child {
                let children = &self.branches[*slot].children;
                if children.len() > MUCH {
                    return true;
                }
                found.extend(children.iter());
            }
            if seen + found.len() > MUCH {
                return true;
            }
        }
        false
    }

    /// Frees up to `limit` detached nodes.
    pub(super) fn reclaim(&mut self, limit: usize, remains: &mut Vec<Remains>) -> bool {
        for _ in 0..limit {
            let child = match self.detached.last_mut() {
                None => {
                    self.give_back();
                    return false;
                }
                Some(Detached::One(_)) => match self.detached.pop() {
                    Some(Detached::One(child)) => child,
                    _ => continue,
                },
                Some(Detached::Many(children)) => {
                    let Some(child) = children.next() else {
                        self.detached.pop();
                        continue;
                    };
                    child
                }
            };
            // It leaves the tree with this, so no holder may come back to it.
            match child {
                Child::Leaf(_, scope) => {
                    scope.kill();
                    self.leaves -= 1;
                    let digest = scope.leaf().map_or(0, |leaf| leaf.digest);
                    remains.push(Remains { digest, scope });
                }
                Child::Branch(_, slot) => {
                    let branch = self.branches.remove(slot);
                    branch.scope.kill();
                    let children = branch.children.into_iter();
                    self.detached.push(Detached::Many(children));
                }
            }
        }
        !self.detached.is_empty()
    }

    /// Gives the room of many branches back once there is nothing.
    fn give_back(&mut self) {
        let is_empty = self.branches.len() == 1 && self.leaves == 0;
        if is_empty && self.branches.room() > ROOM_KEPT {
            self.branches = Slots::new();
            self.root = self.new_root();
        }
    }

    #[inline]
    fn scope<'t>(&'t self, child: &'t Child) -> &'t Arc<Scope> {
        match child {
            Child::Leaf(_, scope) => scope,
            Child::Branch(_, slot) => &self.branches[*slot].scope,
        }
    }

    /// The segments from its parent to a child.
    #[inline]
    fn edge<'t>(&'t self, child: &'t Child) -> &'t [u8] {
        match child {
            Child::Leaf(_, scope) => scope.leaf().map_or(&[], Leaf::edge),
            Child::Branch(_, slot) => self.branches[*slot].edge.as_bytes(),
        }
    }

    fn child_named(&self, branch: Slot, name: &[u8]) -> Option<&Child> {
        let named = |child: &Child| starts_with_segment(self.edge(child), name);
        let children = &self.branches[branch].children;
        children.find(|| Hash::of(name), named).ok()
    }

    #[inline(always)]
    /// The child that begins as `path` does, and how many bytes of its edge are the same segments. If there is none, the hash of
    /// the first segment of `path`.
    fn child_towards(&self, branch: Slot, path: &[u8]) -> Result<(&Child, usize), Hash> {
        let mut common = 0;
        let towards = |child: &Child| {
            let edge = self.edge(child);
            common = common_segments(edge, path);
            common > 0 || edge.is_empty() && path.is_empty()
        };
        let children = &self.branches[branch].children;
        let child = children.find(|| Hash::of(first_segment(path)), towards)?;
        Ok((child, common))
    }

    /// `hash` is that of the first segment of `edge`.
    #[inline]
    fn add_leaf(&mut self, parent: Slot, edge: &[u8], hash: Hash, digest: u64) -> Arc<Scope> {
        let branch = &mut self.branches[parent];
        let above = Arc::clone(&branch.scope);
        let leaf = Leaf::new(parent, edge, hash, digest);
        let scope = Scope::new(Some(above), Place::Leaf(leaf));
        branch
            .children
            .insert(Child::Leaf(hash, Arc::clone(&scope)));
        self.leaves += 1;
        scope
    }

    /// Puts a branch into the edge above `child`, `at` bytes down.
    fn split(&mut self, parent: Slot, child: Child, at: usize) -> Slot {
        let (hash, slot) = (child.hash(), self.branches.vacant());
        let older = Arc::clone(self.scope(&child));
        let edge = Edge::new(self.edge(&child).get(..at).unwrap_or_default());

        let above = &mut self.branches[parent];
        let scope = Scope::new(Some(Arc::clone(&above.scope)), Place::Branch(slot));
        let branch = Child::Branch(hash, slot);
        above.children.replace(hash, child.id(), branch);
        if let Some(there) = &mut above.older
            && Arc::ptr_eq(there, &older)
        {
            *there = Arc::clone(&scope);
        }

        let mut children = Children::default();
        children.insert(match child {
            Child::Leaf(_, scope) => {
                let hash = scope.leaf().map(|leaf| leaf.hang_on(slot, at));
                Child::Leaf(hash.unwrap_or_default(), scope)
            }
            Child::Branch(_, lower) => {
                let branch = &mut self.branches[lower];
                branch.edge = Edge::new(after(branch.edge.as_bytes(), at));
                branch.hash = Hash::of(first_segment(branch.edge.as_bytes()));
                branch.parent = slot;
                Child::Branch(branch.hash, lower)
            }
        });
        self.branches.insert(Branch {
            scope,
            edge,
            hash,
            parent,
            older: Some(older),
            children,
        })
    }

    /// Takes a child from its parent, and branches that are left with nothing from theirs.
    #[inline]
    fn unhook(&mut self, parent: Slot, hash: Hash, id: Id<'_>, scope: &Arc<Scope>) {
        let mut empty = self.unhook_one(parent, hash, id, scope);
        while let Some((slot, branch)) = empty {
            empty = self.unhook_one(branch.parent, branch.hash, Id::Branch(slot), &branch.scope);
        }
    }

    /// Returns the parent if it is no more.
    #[inline]
    fn unhook_one(
        &mut self,
        parent: Slot,
        hash: Hash,
        id: Id<'_>,
        scope: &Arc<Scope>,
    ) -> Option<(Slot, Branch)> {
        let Branch {
            children, older, ..
        } = &mut self.branches[parent];
        children.remove(hash, id);
        older.take_if(|older| Arc::ptr_eq(older, scope));
        let is_over = children.is_empty() && parent != self.root;
        is_over.then(|| (parent, self.branches.remove(parent)))
    }

    /// Collects the topmost nodes below a branch that are matched as a whole.
    fn find(&self, at: Slot, segments: &[Segment], tail: Tail, found: &mut Vec<Child>) {
        let branch = &self.branches[at];
        let Some((first, more)) = segments.split_first() else {
            let here = self.child_named(at, b"");
            match tail {
                Tail::Exact | Tail::Continues => found.extend(here.cloned()),
                Tail::AtOrBelow => found.push(Child::Branch(branch.hash, at)),
                Tail::Below => {
                    let holders = self.child_named(at, HOLDERS.as_bytes());
                    if here.is_none() && holders.is_none() {
                        found.push(Child::Branch(branch.hash, at));
                    } else {
                        let others = [here, holders];
                        let is_other = |child: &&Child| {
                            !others.iter().flatten().any(|&other| ptr::eq(other, *child))
                        };
                        found.extend(branch.children.iter().filter(is_other).cloned());
                    }
                }
            }
            return;
        };
        match first {
            Segment::Literal(name) if !(more.is_empty() && tail == Tail::Continues) => {
                if let Some(child) = self.child_named(at, name.as_bytes()) {
                    self.find_along(child, segments, tail, found);
                }
            }
            _ => {
                for child in branch.children.iter() {
                    self.find_along(child, segments, tail, found);
                }
            }
        }
    }

    /// Follows the edge down to `child`.
    fn find_along(&self, child: &Child, mut meant: &[Segment], tail: Tail, found: &mut Vec<Child>) {
        let edge = self.edge(child);
        if edge.is_empty() {
            return;
        }
        for text in segments(edge) {
            let Some((segment, more)) = meant.split_first() else {
                if matches!(tail, Tail::AtOrBelow | Tail::Below) {
                    found.push(child.clone());
                }
                return;
            };
            match segment {
                Segment::Literal(start) if more.is_empty() && tail == Tail::Continues => {
                    if text.starts_with(start.as_bytes()) {
                        found.push(child.clone());
                    }
                    return;
                }
                Segment::Literal(name) if name.as_bytes() != text => return,
                Segment::Literal(_) | Segment::Any => meant = more,
            }
        }
        match child {
            Child::Branch(_, slot) => self.find(*slot, meant, tail, found),
            Child::Leaf(..) => {
                if meant.is_empty() && matches!(tail, Tail::Exact | Tail::AtOrBelow) {
                    found.push(child.clone());
                }
            }
        }
    }
}
