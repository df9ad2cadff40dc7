//! The eviction policy of the models, in the place of moka, into which the checker cannot see.
//!
//! It does what the cache must put up with from moka: it decides late, in whatever call comes next, about whatever key,
//! tells of it inside that call and under a lock of its own, and its choice is as likely the entry that came last as the
//! one that came first. What it does not do: refuse an entry by how often it is read, and expire.

use std::{collections::VecDeque, time::Duration};

use super::{
    critical::{lock, section},
    directory::Digest,
};
use crate::sync::Mutex;

type Listener = Box<dyn Fn(Digest, u64, Cause) + Send + Sync>;

pub(super) struct Eviction {
    capacity: u64,
    tickets: Mutex<Tickets>,
    evict: Listener,
}

#[derive(Default)]
struct Tickets {
    held: VecDeque<(Digest, u64, u32)>,
    decisions: usize,
}

impl Tickets {
    fn weight(&self) -> u64 {
        self.held
            .iter()
            .map(|(_, _, weight)| u64::from(*weight))
            .sum()
    }

    fn forget(&mut self, digest: Digest) {
        self.held.retain(|(held, _, _)| *held != digest);
    }
}

/// Why an entry had to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    Capacity,
    #[expect(dead_code, reason = "moka's alone")]
    Expired,
}

impl Eviction {
    pub(super) fn new(
        capacity: u64,
        _keeps_time: bool,
        evict: impl Fn(Digest, u64, Cause) + Send + Sync + 'static,
    ) -> Self {
        Self {
            capacity,
            tickets: Mutex::default(),
            evict: Box::new(evict),
        }
    }

    fn decide(&self, tickets: &mut Tickets) {
        while tickets.weight() > self.capacity {
            tickets.decisions += 1;
            let victim = if tickets.decisions.is_multiple_of(2) {
                tickets.held.pop_front()
            } else {
                tickets.held.pop_back()
            };
            if let Some((digest, id, _)) = victim {
                (self.evict)(digest, id, Cause::Capacity);
            }
        }
    }

    pub(super) fn admit(&self, digest: Digest, entry: &Ticketed) {
        let _section = section();
        let mut tickets = lock(&self.tickets);
        self.decide(&mut tickets);
        tickets.forget(digest);
        tickets.held.push_back((digest, entry.id, entry.weight));
    }

    pub(super) fn note_read(&self, _digest: Digest) {
        let _section = section();
        self.decide(&mut lock(&self.tickets));
    }

    pub(super) fn forget(&self, digest: Digest) {
        let _section = section();
        let mut tickets = lock(&self.tickets);
        self.decide(&mut tickets);
        tickets.forget(digest);
    }

    pub(super) fn must_hear(_tti: Duration, _unread: Duration) -> bool {
        false
    }

    pub(super) fn run_pending_tasks(&self) {
        let _section = section();
        self.decide(&mut lock(&self.tickets));
    }

    /// Of which entries it knows.
    pub(super) fn known(&self) -> Vec<(Digest, u64)> {
        let tickets = lock(&self.tickets);
        let mut known: Vec<_> = tickets
            .held
            .iter()
            .map(|(digest, id, _)| (*digest, *id))
            .collect();
        known.sort_unstable();
        known
    }
}

/// The part of an entry that makes its ticket.
pub(super) struct Ticketed {
    pub(super) id: u64,
    pub(super) weight: u32,
    #[expect(dead_code, reason = "moka's alone")]
    pub(super) ttl: Duration,
    #[expect(dead_code, reason = "moka's alone")]
    pub(super) tti: Option<Duration>,
}
