//! Giving back what was taken out of the tree, a few nodes at a time.

use triomphe::Arc;

use super::{
    Tree,
    children::{Child, IntoIter},
    slots::Slots,
};
use crate::cache::scope::Scope;

/// More nodes than these are more than a few.
const MUCH: usize = 64;

/// Room for as many branches is kept while there are none.
const ROOM_KEPT: usize = 1_024;

/// What was taken out of the tree.
pub(super) enum Detached {
    One(Child),
    Many(IntoIter),
}

impl Tree {
    /// Whether more than a few nodes are detached.
    pub(in crate::cache) fn has_much_to_reclaim(&self) -> bool {
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
    pub(in crate::cache) fn reclaim(
        &mut self,
        limit: usize,
        remains: &mut Vec<Arc<Scope>>,
    ) -> bool {
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
                    remains.push(scope);
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

    /// Gives back what is kept for more once there is nothing.
    fn give_back(&mut self) {
        if self.branches.len() > 1 || self.leaves > 0 {
            return;
        }
        self.stock.give_back();
        if self.branches.room() > ROOM_KEPT {
            self.branches = Slots::new();
            self.root = self.new_root();
        }
    }
}
