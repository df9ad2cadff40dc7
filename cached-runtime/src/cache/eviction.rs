//! moka as the policy: who stays when room is short, and whose time is up.
//!
//! It holds digests and tickets, never keys or values. What it decides reaches the directory through its eviction
//! listener, which may run inside any call made here, and so takes no lock but that of the scopes. Every call is a
//! critical section, as moka holds locks of its own while it calls the listener.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use moka::{Expiry, notification::RemovalCause, policy::EvictionPolicy, sync::Cache};

use super::{
    critical::section,
    directory::{Digest, PassThrough},
};

/// What the policy knows of an entry.
#[derive(Clone, Copy, Debug)]
struct Ticket {
    id: u64,
    weight: u32,
    /// Absent where the cache's clock is not the one that moka reads.
    ttl: Option<Duration>,
    tti: Option<Duration>,
}

/// A part of the `tti` within which reads need not be told.
const SLACK: u32 = 16;

pub(super) struct Eviction {
    tickets: Cache<Digest, Ticket, PassThrough>,
    /// Whether moka's clock, the system's, may expire entries.
    keeps_time: bool,
}

/// Why an entry had to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    Capacity,
    Expired,
}

impl Eviction {
    pub(super) fn new(
        capacity: u64,
        keeps_time: bool,
        evict: impl Fn(Digest, u64, Cause) + Send + Sync + 'static,
    ) -> Self {
        let tickets = Cache::builder()
            .max_capacity(capacity)
            .eviction_policy(EvictionPolicy::tiny_lfu())
            .weigher(|_: &Digest, ticket: &Ticket| ticket.weight)
            .expire_after(Deadline)
            .eviction_listener(move |digest: Arc<Digest>, ticket: Ticket, cause| {
                let cause = match cause {
                    RemovalCause::Size => Cause::Capacity,
                    RemovalCause::Expired => Cause::Expired,
                    // Of these the directory knows; it was the one who said so.
                    RemovalCause::Explicit | RemovalCause::Replaced => return,
                };
                evict(*digest, ticket.id, cause);
            })
            .build_with_hasher(PassThrough);
        Self {
            tickets,
            keeps_time,
        }
    }

    /// Tells of an entry. Call it in the order of the directory's changes to this digest.
    pub(super) fn admit(&self, digest: Digest, entry: &Ticketed) {
        let ticket = Ticket {
            id: entry.id,
            weight: entry.weight,
            ttl: self.keeps_time.then_some(entry.ttl),
            tti: entry.tti.filter(|_| self.keeps_time),
        };
        let _section = section();
        self.tickets.insert(digest, ticket);
    }

    /// Tells of a read, whether or not it found something: an entry that is asked for in vain again and again has to be
    /// let in some time.
    pub(super) fn note_read(&self, digest: Digest) {
        let _section = section();
        self.tickets.get(&digest);
    }

    pub(super) fn forget(&self, digest: Digest) {
        let _section = section();
        self.tickets.invalidate(&digest);
    }

    /// Whether a read must be told for the entry not to be taken for idle.
    pub(super) fn must_hear(tti: Duration, unread: Duration) -> bool {
        unread >= tti / SLACK
    }

    pub(super) fn run_pending_tasks(&self) {
        let _section = section();
        self.tickets.run_pending_tasks();
    }
}

/// The part of an entry that makes its ticket.
pub(super) struct Ticketed {
    pub(super) id: u64,
    pub(super) weight: u32,
    /// As long as the entry is good for anything.
    pub(super) ttl: Duration,
    pub(super) tti: Option<Duration>,
}

struct Deadline;

impl Deadline {
    /// Readers judge exactly; memory may be given back a little later, since not every read is told.
    fn idle(ticket: &Ticket) -> Option<Duration> {
        ticket.tti.map(|tti| tti.saturating_add(tti / SLACK * 2))
    }

    fn earlier(a: Option<Duration>, b: Option<Duration>) -> Option<Duration> {
        a.into_iter().chain(b).min()
    }
}

impl Expiry<Digest, Ticket> for Deadline {
    fn expire_after_create(&self, _: &Digest, ticket: &Ticket, _: Instant) -> Option<Duration> {
        Self::earlier(ticket.ttl, Self::idle(ticket))
    }

    fn expire_after_read(
        &self,
        _: &Digest,
        ticket: &Ticket,
        read_at: Instant,
        until_expiry: Option<Duration>,
        stored_at: Instant,
    ) -> Option<Duration> {
        if ticket.tti.is_none() {
            return until_expiry;
        }
        let left = ticket
            .ttl
            .map(|ttl| ttl.saturating_sub(read_at.saturating_duration_since(stored_at)));
        Self::earlier(left, Self::idle(ticket))
    }

    fn expire_after_update(
        &self,
        digest: &Digest,
        ticket: &Ticket,
        updated_at: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        self.expire_after_create(digest, ticket, updated_at)
    }
}
