//! The accounts of a cache: what is counted, what holds scopes and what the policy knows is what lies in the directory.

use std::sync::Arc;

use super::super::core::Core;
use crate::Caches;

/// To be called when no call is under way. Leaves the caches empty.
pub(super) fn take(caches: &Caches) {
    let cores: Vec<_> = caches
        .names()
        .iter()
        .map(|name| caches.core(name))
        .collect();
    for core in &cores {
        core.run_pending_tasks();
        balance(core);
        core.clear();
        core.run_pending_tasks();
        let empty = balance(core);
        assert_eq!(empty, 0, "entries are left after everything was cleared");
    }
}

/// Compares the accounts, and returns the number of entries.
fn balance(core: &Arc<Core>) -> usize {
    let shelf = &core.shelf;
    let guard = shelf.directory.guard();
    let mut lying = Vec::new();
    let (mut weight, mut scopes, mut tags) = (0, 0, 0);
    for (digest, entry) in shelf.directory.iter(&guard) {
        lying.push((digest, entry.id));
        weight += u64::from(entry.weight);
        scopes += 1;
        tags += entry.tags().len();
        let alive = entry.scope.is_alive() && entry.tags().iter().all(|tag| tag.is_alive());
        assert!(alive, "an invalidated entry was not reclaimed");
    }
    lying.sort_unstable();
    assert_eq!(shelf.counters.entries(), lying.len() as u64, "entries");
    assert_eq!(shelf.counters.weight(), weight, "weight");
    assert_eq!(
        shelf.eviction.known(),
        lying,
        "what the policy knows, and what lies there"
    );
    assert_eq!(shelf.scopes.holds(), scopes, "holds of scopes");
    assert_eq!(shelf.tags.holds(), tags, "holds of tags");
    if lying.is_empty() {
        assert_eq!(
            (shelf.scopes.len(), shelf.tags.len()),
            (1, 1),
            "only the roots are left"
        );
    }
    assert_eq!(core.flights(), 0, "flights that nobody is on");
    lying.len()
}
