//! The tree behind the scopes: segments as edges, runs of them compressed, one node for each branching.
//!
//! A node never changes its scope, not even when an edge above it is split, because those who hold the scope walk its
//! parents without a lock. So a node that was put in above an older one is not among the parents of what hangs there.
//! It remembers that child as its `older` one, and marking goes down that chain: for every scope below a node, the
//! node or one of its chain is among the scope's parents.

use std::mem;

use cached_key::{Segment, Tail};
use triomphe::Arc;

use super::{
    children::{Child, Children, Hash, IntoIter},
    edge::{Edge, after, common_segments, first_segment, segments, starts_with_segment},
    scope::{Remains, Scope},
    slots::{Slot, Slots},
};

/// The segment that parts a tag from those who have it. No key and no tag has a segment like it.
pub(super) const HOLDERS: &str = "*";

/// More nodes than these are more than a few.
const MUCH: usize = 64;

/// Room for as many nodes is kept while there are none.
const ROOM_KEPT: usize = 1_024;

struct Node {
    scope: Arc<Scope>,
    /// The segments from the parent to here. Empty for the key that ends where its parent, a branch, stands.
    edge: Edge,
    /// Of the segment by which the parent knows this node.
    hash: Hash,
    kind: Kind,
    parent: Slot,
}

enum Kind {
    /// One key.
    Leaf { holders: u32, digest: u64 },
    /// A place where keys part, or where one ends and others go on.
    Branch(Box<Branch>),
}

#[derive(Default)]
struct Branch {
    children: Children,
    older: Option<Slot>,
}

impl Node {
    const fn child(&self, slot: Slot) -> Child {
        Child {
            hash: self.hash,
            slot,
        }
    }

    fn branch(&self) -> Option<&Branch> {
        match &self.kind {
            Kind::Branch(branch) => Some(branch),
            Kind::Leaf { .. } => None,
        }
    }

    fn branch_mut(&mut self) -> Option<&mut Branch> {
        match &mut self.kind {
            Kind::Branch(branch) => Some(branch),
            Kind::Leaf { .. } => None,
        }
    }
}

enum Detached {
    One(Slot),
    Many(IntoIter),
}

pub(super) struct Tree {
    nodes: Slots<Node>,
    root: Slot,
    detached: Vec<Detached>,
}

impl Tree {
    pub(super) fn new() -> Self {
        let mut tree = Self {
            nodes: Slots::new(),
            root: 0,
            detached: Vec::new(),
        };
        tree.root = tree.new_root();
        tree
    }

    fn new_root(&mut self) -> Slot {
        let slot = self.nodes.vacant();
        self.nodes.insert(Node {
            scope: Scope::new(None, slot),
            edge: Edge::default(),
            hash: Hash::default(),
            kind: Kind::Branch(Box::default()),
            parent: slot,
        })
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// How many holds have not been given back.
    #[cfg(all(test, cached_model))]
    pub(super) fn holds(&self) -> usize {
        let holders = |node: &Node| match node.kind {
            Kind::Leaf { holders, .. } => holders as usize,
            Kind::Branch(_) => 0,
        };
        self.nodes.iter().map(holders).sum()
    }

    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.nodes.room()
    }

    pub(super) fn hold(&mut self, key: &[u8], digest: u64) -> Arc<Scope> {
        let mut at = self.root;
        let mut rest = key;
        loop {
            let (slot, common) = match self.child_towards(at, rest) {
                Ok(child) => child,
                Err(hash) => return self.add_leaf(at, rest, hash, digest),
            };
            let node = &mut self.nodes[slot];
            let whole = common == node.edge.as_bytes().len();
            match &mut node.kind {
                Kind::Leaf { holders, .. } if whole && common == rest.len() => {
                    *holders += 1;
                    return Arc::clone(&node.scope);
                }
                Kind::Branch(_) if whole => {
                    at = slot;
                    rest = after(rest, common);
                }
                _ => {
                    // The one child there parts from the path.
                    let branch = self.split(at, slot, common);
                    let rest = after(rest, common);
                    let hash = Hash::of(first_segment(rest));
                    return self.add_leaf(branch, rest, hash, digest);
                }
            }
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
                self.unhook(leaf.parent, leaf.child(scope.slot()));
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
    pub(super) fn invalidate_key(&mut self, key: &[u8]) -> bool {
        let mut at = self.root;
        let mut rest = key;
        while let Some(child) = self.child_named(at, first_segment(rest)) {
            let node = &self.nodes[child];
            let edge = node.edge.as_bytes();
            let common = common_segments(edge, rest);
            if common < edge.len() {
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
    fn detach(&mut self, slot: Slot) {
        self.mark(slot);
        let node = &self.nodes[slot];
        self.unhook(node.parent, node.child(slot));
        self.detached.push(Detached::One(slot));
    }

    fn mark(&mut self, mut slot: Slot) {
        loop {
            let node = &self.nodes[slot];
            node.scope.kill();
            match node.branch().and_then(|branch| branch.older) {
                Some(older) => slot = defended!(OlderChain, older, else return),
                None => return,
            }
        }
    }

    /// Lets everything at `segments` be past its time that is older than the number which `floor` draws, if there is
    /// anything. Nothing is detached: an invalidation has to find it later.
    pub(super) fn expire(&mut self, segments: &[Segment], tail: Tail, floor: impl FnOnce() -> u64) {
        let mut found = Vec::new();
        self.find(self.root, segments, tail, &mut found);
        let mut meant = Vec::new();
        for slot in found {
            let mut slot = Some(slot);
            while let Some(at) = slot {
                let node = &self.nodes[at];
                meant.push(at);
                defended!(ExpireRaises, node.scope.suspend(), else ());
                let older = node.branch().and_then(|branch| branch.older);
                slot = defended!(ExpireOlderChain, older, else None);
            }
        }
        if meant.is_empty() {
            return;
        }
        // After the last mark: a load with a later number has read none of what they are about.
        let floor = floor();
        for &slot in &meant {
            self.nodes[slot].scope.raise(floor);
        }
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
            if let Some(Branch { children, .. }) = self.nodes[slot].branch() {
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
                Kind::Branch(branch) => {
                    let children = branch.children.into_iter();
                    self.detached.push(Detached::Many(children));
                }
            }
        }
        !self.detached.is_empty()
    }

    /// Gives the room of many nodes back once there are none.
    fn give_back(&mut self) {
        if self.nodes.len() == 1 && self.nodes.room() > ROOM_KEPT {
            let mut nodes = mem::replace(&mut self.nodes, Slots::new());
            let root = nodes.remove(self.root);
            self.root = self.nodes.insert(Node {
                parent: self.nodes.vacant(),
                ..root
            });
        }
    }

    fn child_named(&self, branch: Slot, name: &[u8]) -> Option<Slot> {
        let Branch { children, .. } = self.nodes[branch].branch()?;
        let named = |child| {
            let edge = self.nodes[child].edge.as_bytes();
            starts_with_segment(edge, name).then_some(child)
        };
        children.find(|| Hash::of(name), named).ok()
    }

    /// The child that begins as `path` does, and how many bytes of its edge are the same segments. If there is none, the hash of
    /// the first segment of `path`.
    fn child_towards(&self, branch: Slot, path: &[u8]) -> Result<(Slot, usize), Hash> {
        let hash = || Hash::of(first_segment(path));
        let Some(Branch { children, .. }) = self.nodes[branch].branch() else {
            return Err(hash());
        };
        let towards = |slot| {
            let edge = self.nodes[slot].edge.as_bytes();
            let common = common_segments(edge, path);
            (common > 0 || edge.is_empty() && path.is_empty()).then_some((slot, common))
        };
        children.find(hash, towards)
    }

    /// `hash` is that of the first segment of `edge`.
    fn add_leaf(&mut self, parent: Slot, edge: &[u8], hash: Hash, digest: u64) -> Arc<Scope> {
        let above = &self.nodes[parent].scope;
        let scope = Scope::new(Some(Arc::clone(above)), self.nodes.vacant());
        let slot = self.nodes.insert(Node {
            scope: Arc::clone(&scope),
            edge: Edge::new(edge),
            hash,
            kind: Kind::Leaf { holders: 1, digest },
            parent,
        });
        self.hook(parent, Child { hash, slot });
        scope
    }

    /// Puts a branch into the edge above the node in `slot`, `at` bytes down.
    fn split(&mut self, parent: Slot, slot: Slot, at: usize) -> Slot {
        let lower = &mut self.nodes[slot];
        let child = lower.child(slot);
        let edge = mem::take(&mut lower.edge);
        let edge = edge.as_bytes();

        let above = &self.nodes[parent].scope;
        let scope = Scope::new(Some(Arc::clone(above)), self.nodes.vacant());
        let branch = self.nodes.insert(Node {
            scope,
            edge: Edge::new(edge.get(..at).unwrap_or_default()),
            hash: child.hash,
            kind: Kind::Branch(Box::new(Branch {
                older: Some(slot),
                ..Branch::default()
            })),
            parent,
        });
        if let Some(Branch { children, older }) = self.nodes[parent].branch_mut() {
            children.replace(child, branch);
            if *older == Some(slot) {
                *older = Some(branch);
            }
        }

        let rest = after(edge, at);
        let lower = &mut self.nodes[slot];
        lower.edge = Edge::new(rest);
        lower.hash = Hash::of(first_segment(rest));
        lower.parent = branch;
        let lower = lower.child(slot);
        self.hook(branch, lower);
        branch
    }

    fn hook(&mut self, parent: Slot, child: Child) {
        if let Some(Branch { children, .. }) = self.nodes[parent].branch_mut() {
            children.insert(child);
        }
    }

    fn unhook_child(&mut self, parent: Slot, child: Child) {
        if let Some(Branch { children, .. }) = self.nodes[parent].branch_mut() {
            children.remove(child);
        }
    }

    /// Takes `child` from its parent, and branches that are left with nothing from theirs.
    fn unhook(&mut self, mut parent: Slot, mut child: Child) {
        self.unhook_child(parent, child);
        loop {
            let Some(Branch { children, older }) = self.nodes[parent].branch_mut() else {
                return;
            };
            if *older == Some(child.slot) {
                *older = None;
            }
            if !children.is_empty() || parent == self.root {
                return;
            }
            let empty = self.nodes.remove(parent);
            child = empty.child(parent);
            parent = empty.parent;
            self.unhook_child(parent, child);
        }
    }

    /// Collects the topmost nodes below `branch` that are matched as a whole.
    fn find(&self, branch: Slot, segments: &[Segment], tail: Tail, found: &mut Vec<Slot>) {
        let Some(Branch { children, .. }) = self.nodes[branch].branch() else {
            return;
        };
        let Some((first, more)) = segments.split_first() else {
            let here = self.child_named(branch, b"");
            match tail {
                Tail::Exact | Tail::Continues => found.extend(here),
                Tail::AtOrBelow => found.push(branch),
                Tail::Below => {
                    let holders = self.child_named(branch, HOLDERS.as_bytes());
                    if here.is_none() && holders.is_none() {
                        found.push(branch);
                    } else {
                        let below = |&child: &Slot| Some(child) != here && Some(child) != holders;
                        found.extend(children.iter().filter(below));
                    }
                }
            }
            return;
        };
        match first {
            Segment::Literal(name) if !(more.is_empty() && tail == Tail::Continues) => {
                if let Some(child) = self.child_named(branch, name.as_bytes()) {
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
    fn find_along(&self, child: Slot, mut meant: &[Segment], tail: Tail, found: &mut Vec<Slot>) {
        let node = &self.nodes[child];
        let edge = node.edge.as_bytes();
        if edge.is_empty() {
            return;
        }
        for text in segments(edge) {
            let Some((segment, more)) = meant.split_first() else {
                if matches!(tail, Tail::AtOrBelow | Tail::Below) {
                    found.push(child);
                }
                return;
            };
            match segment {
                Segment::Literal(start) if more.is_empty() && tail == Tail::Continues => {
                    if text.starts_with(start.as_bytes()) {
                        found.push(child);
                    }
                    return;
                }
                Segment::Literal(name) if name.as_bytes() != text => return,
                Segment::Literal(_) | Segment::Any => meant = more,
            }
        }
        match node.kind {
            Kind::Branch(_) => self.find(child, meant, tail, found),
            Kind::Leaf { .. } => {
                if meant.is_empty() && matches!(tail, Tail::Exact | Tail::AtOrBelow) {
                    found.push(child);
                }
            }
        }
    }
}
