//! The tree behind the scopes: segments as edges, runs of them compressed, one node for each branching.
//!
//! A node never changes its scope, not even when an edge above it is split, because those who hold the scope walk its
//! parents without a lock. So a node that was put in above an older one is not among the parents of what hangs there.
//! It remembers that child as its `older` one, and marking goes down that chain: for every scope below a node, the
//! node or one of its chain is among the scope's parents.

#![expect(
    clippy::indexing_slicing,
    reason = "every slot that the tree knows has its node"
)]

use std::{mem, sync::Arc};

use cached_key::{Segment, Tail};
use slab::Slab;

use super::{
    children::{Children, IntoIter},
    scope::{Remains, Scope},
};

/// The segment that parts a tag from those who have it. No key and no tag has a segment like it.
pub(super) const HOLDERS: &str = "*";

/// More nodes than these are more than a few.
const MUCH: usize = 64;

/// Room for as many nodes is kept while there are none.
const ROOM_KEPT: usize = 1_024;

pub(super) struct Node {
    scope: Arc<Scope>,
    parent: usize,
    /// The segments from the parent to here. Empty for the key that ends where its parent, a branch, stands.
    edge: Box<str>,
    kind: Kind,
}

enum Kind {
    /// One key.
    Leaf { digest: u64, holders: usize },
    /// A place where keys part, or where one ends and others go on.
    Branch {
        children: Children,
        older: Option<usize>,
    },
}

impl Node {
    /// The segment by which the parent knows this node.
    pub(super) fn name(&self) -> &str {
        first_segment(&self.edge)
    }
}

enum Detached {
    One(usize),
    Many(IntoIter),
}

pub(super) struct Tree {
    nodes: Slab<Node>,
    root: usize,
    detached: Vec<Detached>,
}

impl Tree {
    pub(super) fn new() -> Self {
        let mut tree = Self {
            nodes: Slab::new(),
            root: 0,
            detached: Vec::new(),
        };
        tree.root = tree.new_root();
        tree
    }

    fn new_root(&mut self) -> usize {
        let slot = self.nodes.vacant_key();
        self.nodes.insert(Node {
            scope: Scope::new(None, slot),
            parent: slot,
            edge: Box::default(),
            kind: Kind::Branch {
                children: Children::default(),
                older: None,
            },
        })
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// How many holds have not been given back.
    #[cfg(all(test, cached_model))]
    pub(super) fn holds(&self) -> usize {
        let holders = |(_, node): (usize, &Node)| match node.kind {
            Kind::Leaf { holders, .. } => holders,
            Kind::Branch { .. } => 0,
        };
        self.nodes.iter().map(holders).sum()
    }

    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.nodes.capacity()
    }

    pub(super) fn hold(&mut self, key: &str, digest: u64) -> Arc<Scope> {
        let mut at = self.root;
        let mut rest = key;
        loop {
            let Some(child) = self.child(at, first_segment(rest)) else {
                return self.add_leaf(at, rest, digest);
            };
            let node = &mut self.nodes[child];
            let common = common_segments(&node.edge, rest);
            if common == node.edge.len() {
                match &mut node.kind {
                    Kind::Leaf { holders, .. } if common == rest.len() => {
                        *holders += 1;
                        return Arc::clone(&node.scope);
                    }
                    Kind::Leaf { .. } => at = self.split(at, child, common),
                    Kind::Branch { .. } => at = child,
                }
            } else {
                at = self.split(at, child, common);
            }
            rest = after(rest, common);
        }
    }

    /// Adds a holder to a leaf that is alive.
    pub(super) fn keep(&mut self, slot: usize) {
        if let Kind::Leaf { holders, .. } = &mut self.nodes[slot].kind {
            *holders += 1;
        }
    }

    pub(super) fn release(&mut self, scope: &Scope) {
        // What was detached is left to be reclaimed; the slot may have been given away already.
        if !scope.is_alive() {
            return;
        }
        if let Kind::Leaf { holders, .. } = &mut self.nodes[scope.slot()].kind {
            *holders -= 1;
            if *holders == 0 {
                let leaf = self.nodes.remove(scope.slot());
                self.unhook(leaf.parent, scope.slot(), leaf.name());
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.mark(self.root);
        self.detached.push(Detached::One(self.root));
        self.root = self.new_root();
    }

    /// Marks everything dead that lies at `segments` and goes on as `tail` says. Returns whether there was anything.
    pub(super) fn invalidate(&mut self, segments: &[Segment], tail: Tail) -> bool {
        let mut found = Vec::new();
        self.find(self.root, segments, tail, &mut found);
        let any = !found.is_empty();
        for slot in found {
            if slot == self.root {
                self.clear();
            } else {
                self.detach(slot);
            }
        }
        any
    }

    /// Marks one key dead, and returns whether it was there.
    pub(super) fn invalidate_key(&mut self, key: &str) -> bool {
        let mut at = self.root;
        let mut rest = key;
        while let Some(child) = self.child(at, first_segment(rest)) {
            let node = &self.nodes[child];
            let common = common_segments(&node.edge, rest);
            if common < node.edge.len() {
                return false;
            }
            if matches!(node.kind, Kind::Leaf { .. }) {
                let meant = common == rest.len();
                if meant {
                    self.detach(child);
                }
                return meant;
            }
            rest = after(rest, common);
            at = child;
        }
        false
    }

    /// Marks a node other than the root dead and takes it out of the tree, with everything below it.
    pub(super) fn detach(&mut self, slot: usize) {
        self.mark(slot);
        let node = &mut self.nodes[slot];
        let parent = node.parent;
        let edge = mem::take(&mut node.edge);
        self.unhook(parent, slot, first_segment(&edge));
        self.detached.push(Detached::One(slot));
    }

    fn mark(&mut self, mut slot: usize) {
        loop {
            let node = &self.nodes[slot];
            node.scope.kill();
            match node.kind {
                Kind::Branch {
                    older: Some(older), ..
                } => slot = defended!(OlderChain, older, else return),
                Kind::Branch { older: None, .. } | Kind::Leaf { .. } => return,
            }
        }
    }

    /// Lets everything at `segments` be past its time that is older than the number which `floor` draws, and returns whether
    /// there was anything. Nothing is detached: an invalidation has to find it later.
    pub(super) fn expire(
        &mut self,
        segments: &[Segment],
        tail: Tail,
        floor: impl FnOnce() -> u64,
    ) -> bool {
        let mut found = Vec::new();
        self.find(self.root, segments, tail, &mut found);
        let mut meant = Vec::new();
        for slot in found {
            let mut slot = Some(slot);
            while let Some(at) = slot {
                let node = &self.nodes[at];
                meant.push(at);
                defended!(ExpireRaises, node.scope.suspend(), else ());
                slot = match node.kind {
                    Kind::Branch { older, .. } => defended!(ExpireOlderChain, older, else None),
                    Kind::Leaf { .. } => None,
                };
            }
        }
        // After the last mark: a load with a later number has read none of what they are about.
        let floor = floor();
        for &slot in &meant {
            self.nodes[slot].scope.raise(floor);
        }
        !meant.is_empty()
    }

    /// Whether more than a few nodes are detached.
    pub(super) fn has_much_to_reclaim(&self) -> bool {
        let mut found = Vec::new();
        for detached in &self.detached {
            match detached {
                Detached::One(slot) => found.push(*slot),
                Detached::Many(_) => return true,
            }
        }
        let mut seen = 0;
        while let Some(slot) = found.pop() {
            seen += 1;
            if let Kind::Branch { children, .. } = &self.nodes[slot].kind {
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
            let slot = match self.detached.last_mut() {
                None => {
                    self.give_back();
                    return false;
                }
                Some(Detached::One(slot)) => {
                    let slot = *slot;
                    self.detached.pop();
                    slot
                }
                Some(Detached::Many(slots)) => {
                    let Some(slot) = slots.next() else {
                        self.detached.pop();
                        continue;
                    };
                    slot
                }
            };
            let node = self.nodes.remove(slot);
            // From here on the slot may be another's, so no holder may come back to it.
            node.scope.kill();
            match node.kind {
                Kind::Leaf { digest, .. } => remains.push(Remains {
                    digest,
                    scope: node.scope,
                }),
                Kind::Branch { children, .. } => {
                    self.detached.push(Detached::Many(children.into_iter()));
                }
            }
        }
        !self.detached.is_empty()
    }

    /// Gives the room of many nodes back once there are none.
    fn give_back(&mut self) {
        if self.nodes.len() == 1 && self.nodes.capacity() > ROOM_KEPT {
            let mut nodes = mem::take(&mut self.nodes);
            let slot = self.nodes.vacant_key();
            let root = nodes.remove(self.root);
            self.nodes.insert(Node {
                parent: slot,
                ..root
            });
            self.root = slot;
        }
    }

    fn child(&self, branch: usize, name: &str) -> Option<usize> {
        match &self.nodes[branch].kind {
            Kind::Branch { children, .. } => children.find(name, &self.nodes),
            Kind::Leaf { .. } => None,
        }
    }

    fn add_leaf(&mut self, parent: usize, edge: &str, digest: u64) -> Arc<Scope> {
        let slot = self.nodes.vacant_key();
        let scope = Scope::new(Some(Arc::clone(&self.nodes[parent].scope)), slot);
        self.nodes.insert(Node {
            scope: Arc::clone(&scope),
            parent,
            edge: edge.into(),
            kind: Kind::Leaf { digest, holders: 1 },
        });
        self.hook(parent, slot);
        scope
    }

    /// Puts a branch into the edge above `child`, `at` bytes down.
    fn split(&mut self, parent: usize, child: usize, at: usize) -> usize {
        let edge = mem::take(&mut self.nodes[child].edge);
        self.unhook_child(parent, child, first_segment(&edge));

        let branch = self.nodes.vacant_key();
        let scope = Scope::new(Some(Arc::clone(&self.nodes[parent].scope)), branch);
        self.nodes.insert(Node {
            scope,
            parent,
            edge: edge.get(..at).unwrap_or_default().into(),
            kind: Kind::Branch {
                children: Children::default(),
                older: Some(child),
            },
        });
        self.hook(parent, branch);
        if let Kind::Branch { older, .. } = &mut self.nodes[parent].kind
            && *older == Some(child)
        {
            *older = Some(branch);
        }

        let lower = &mut self.nodes[child];
        lower.edge = after(&edge, at).into();
        lower.parent = branch;
        self.hook(branch, child);
        branch
    }

    fn hook(&mut self, parent: usize, child: usize) {
        self.with_children(parent, |children, nodes| children.insert(child, nodes));
    }

    fn unhook_child(&mut self, parent: usize, child: usize, name: &str) {
        self.with_children(parent, |children, nodes| {
            children.remove(child, name, nodes);
        });
    }

    /// The children are taken out while they change, because they look at their names in the other nodes.
    fn with_children(&mut self, branch: usize, change: impl FnOnce(&mut Children, &Slab<Node>)) {
        let Kind::Branch { children, .. } = &mut self.nodes[branch].kind else {
            return;
        };
        let mut taken = mem::take(children);
        change(&mut taken, &self.nodes);
        if let Kind::Branch { children, .. } = &mut self.nodes[branch].kind {
            *children = taken;
        }
    }

    /// Takes `child`, known as `name`, from its parent, and branches that are left with nothing from theirs.
    fn unhook(&mut self, mut parent: usize, mut child: usize, name: &str) {
        self.unhook_child(parent, child, name);
        loop {
            let node = &mut self.nodes[parent];
            let Kind::Branch { children, older } = &mut node.kind else {
                return;
            };
            if *older == Some(child) {
                *older = None;
            }
            if !children.is_empty() || parent == self.root {
                return;
            }
            let empty = self.nodes.remove(parent);
            child = parent;
            parent = empty.parent;
            self.unhook_child(parent, child, empty.name());
        }
    }

    /// Collects the topmost nodes below `branch` that are matched as a whole.
    fn find(&self, branch: usize, segments: &[Segment], tail: Tail, found: &mut Vec<usize>) {
        let Kind::Branch { children, .. } = &self.nodes[branch].kind else {
            return;
        };
        let Some((first, more)) = segments.split_first() else {
            let here = children.find("", &self.nodes);
            match tail {
                Tail::Exact | Tail::Continues => found.extend(here),
                Tail::AtOrBelow => found.push(branch),
                Tail::Below => {
                    let holders = children.find(HOLDERS, &self.nodes);
                    if here.is_none() && holders.is_none() {
                        found.push(branch);
                    } else {
                        let below = |&child: &usize| Some(child) != here && Some(child) != holders;
                        found.extend(children.iter().filter(below));
                    }
                }
            }
            return;
        };
        match first {
            Segment::Literal(name) if !(more.is_empty() && tail == Tail::Continues) => {
                if let Some(child) = children.find(name, &self.nodes) {
                    self.find_along(child, segments, tail, found);
                }
            }
            _ => {
                for child in children.iter() {
                    self.find_along(child, segments, tail, found);
                }
            }
        }
    }

    /// Follows the edge down to `child`.
    fn find_along(
        &self,
        child: usize,
        mut segments: &[Segment],
        tail: Tail,
        found: &mut Vec<usize>,
    ) {
        let node = &self.nodes[child];
        if node.edge.is_empty() {
            return;
        }
        for text in node.edge.split(':') {
            let Some((segment, more)) = segments.split_first() else {
                if matches!(tail, Tail::AtOrBelow | Tail::Below) {
                    found.push(child);
                }
                return;
            };
            match segment {
                Segment::Literal(start) if more.is_empty() && tail == Tail::Continues => {
                    if text.starts_with(&**start) {
                        found.push(child);
                    }
                    return;
                }
                Segment::Literal(name) if **name != *text => return,
                Segment::Literal(_) | Segment::Any => segments = more,
            }
        }
        match node.kind {
            Kind::Branch { .. } => self.find(child, segments, tail, found),
            Kind::Leaf { .. } => {
                if segments.is_empty() && matches!(tail, Tail::Exact | Tail::AtOrBelow) {
                    found.push(child);
                }
            }
        }
    }
}

fn first_segment(path: &str) -> &str {
    path.split_once(':').map_or(path, |(first, _)| first)
}

/// How many bytes of `edge` and `path` are the same whole segments.
fn common_segments(edge: &str, path: &str) -> usize {
    let mut common = 0;
    let mut end = 0;
    for (a, b) in edge.split(':').zip(path.split(':')) {
        if a != b {
            break;
        }
        end += a.len();
        common = end;
        end += 1;
    }
    common
}

/// What follows the first `at` bytes and their separator.
fn after(path: &str, at: usize) -> &str {
    let rest = path.get(at..).unwrap_or_default();
    rest.strip_prefix(':').unwrap_or(rest)
}
