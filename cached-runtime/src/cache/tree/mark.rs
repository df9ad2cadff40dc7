//! Marking: what a pattern means, and what becomes of it.

use std::{iter, ptr};

use cached_key::{Segment, Tail};
use triomphe::Arc;

use super::{
    Tree,
    children::{Child, Hash},
    edge::{after, segments, starts_with_segment},
    reclaim::Detached,
    slots::Slot,
};
use crate::cache::scope::{Place, Scope};

/// The segment that parts a tag from those who have it. No key and no tag has a segment like it.
pub(in crate::cache) const HOLDERS: &str = "*";

impl Tree {
    pub(in crate::cache) fn clear(&mut self) {
        let root = self.root;
        self.mark(&self.branches[root].scope);
        self.detached
            .push(Detached::One(Child::Branch(Hash::default(), root)));
        self.root = self.new_root();
    }

    /// Marks everything dead that lies at `segments` and goes on as `tail` says. Returns whether there was anything.
    pub(in crate::cache) fn invalidate(&mut self, segments: &[Segment], tail: Tail) -> bool {
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
    pub(in crate::cache) fn invalidate_key(&mut self, key: &[u8]) -> bool {
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
    pub(in crate::cache) fn expire(
        &mut self,
        segments: &[Segment],
        tail: Tail,
        floor: impl FnOnce() -> u64,
    ) {
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

    fn child_named(&self, branch: Slot, name: &[u8]) -> Option<&Child> {
        let named = |child: &Child| starts_with_segment(self.edge(child), name);
        let children = &self.branches[branch].children;
        children.find(|| Hash::of(name), named).ok()
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
