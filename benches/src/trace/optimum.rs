//! The clairvoyant optimum (Bélády): whoever is asked for latest, or never again, goes first.

use std::collections::BinaryHeap;

use foldhash::{HashMap, HashSet};

/// Hits of a cache that knows the future. Like an admission policy it may also let go what it has just been brought.
pub(super) fn hits(trace: &[u32], capacity: usize) -> u64 {
    let next = next_uses(trace);
    let mut inside = HashSet::<u32>::default();
    // By the next use; what was used meanwhile has a later one and is in it again.
    let mut latest = BinaryHeap::new();
    let mut current = HashMap::<u32, usize>::default();
    let mut hits = 0;
    for (id, next) in trace.iter().zip(next) {
        if inside.contains(id) {
            hits += 1;
        } else {
            inside.insert(*id);
        }
        current.insert(*id, next);
        latest.push((next, *id));
        while inside.len() > capacity {
            let Some((next, id)) = latest.pop() else {
                break;
            };
            if current.get(&id) == Some(&next) {
                inside.remove(&id);
            }
        }
    }
    hits
}

/// When each access's key is asked for again.
fn next_uses(trace: &[u32]) -> Vec<usize> {
    let mut seen = HashMap::<u32, usize>::default();
    let mut next: Vec<usize> = trace
        .iter()
        .enumerate()
        .rev()
        .map(|(at, id)| seen.insert(*id, at).unwrap_or(usize::MAX))
        .collect();
    next.reverse();
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_future_is_known() {
        assert_eq!(next_uses(&[1, 2, 1, 1]), [2, usize::MAX, 3, usize::MAX]);
    }

    #[test]
    fn what_is_asked_for_latest_goes_first() {
        // The textbooks', where the optimum that must let everything in has 11 hits with room for three.
        let trace = [7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1];
        assert!(hits(&trace, 3) >= 11, "{}", hits(&trace, 3));
        assert_eq!(hits(&[1, 2, 1, 2, 1, 2], 1), 2);
        assert_eq!(hits(&[1, 2, 3, 1, 2, 3], 3), 3);
    }
}
