//! The tree behind the scopes: segments as edges, runs of them compressed, one branch for each place where keys part.
//!
//! A node never changes its scope, not even when an edge above it is split, because those who hold the scope walk its
//! parents without a lock. So a branch that was put in above an older node is not among the parents of what hangs there.
//! It remembers that node as its `older` one, and marking goes down that chain: for every scope below a branch, the
//! branch or one of its chain is among the scope's parents.

mod children;
mod edge;
mod leaf;
mod mark;
mod reclaim;
mod slots;
mod stock;

use triomphe::Arc;

use self::{
    children::{Child, Children, Hash, Id},
    edge::common_segments,
    reclaim::Detached,
    slots::Slots,
    stock::Stock,
};
pub(super) use self::{
    edge::{after, first_segment},
    leaf::Leaf,
    mark::HOLDERS,
    slots::Slot,
};
use super::{
    name::Name,
    scope::{Place, Scope},
};

/// The segments that lead to a node.
type Edge = Name<22>;

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

pub(super) struct Tree {
    branches: Slots<Branch>,
    root: Slot,
    detached: Vec<Detached>,
    /// How many leaves there are, detached ones included.
    leaves: usize,
    stock: Stock,
}

impl Tree {
    pub(super) fn new() -> Self {
        let mut tree = Self {
            branches: Slots::new(),
            root: 0,
            detached: Vec::new(),
            leaves: 0,
            stock: Stock::default(),
        };
        tree.root = tree.new_root();
        tree
    }

    fn new_root(&mut self) -> Slot {
        let slot = self.branches.vacant();
        self.branches.insert(Branch {
            scope: Scope::new(None, Place::Branch(slot)),
            edge: Edge::new(b""),
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
    #[cfg(test)]
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

    /// The child that begins as `path` does, and how many bytes of its edge are the same segments. If there is none, the hash of
    /// the first segment of `path`.
    #[inline(always)]
    fn child_towards(&self, branch: Slot, path: &[u8]) -> Result<(&Child, usize), Hash> {
        // Of the child at which the search stops.
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
        let scope = Scope::of_key(self.stock.take(self.leaves), above, leaf);
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
}
