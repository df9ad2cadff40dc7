//! What is cached and what is asked for, the same for every contestant.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Every random choice comes from this seed.
pub(crate) const SEED: u64 = 0x5EED;

pub(crate) const STATUSES: [&str; 10] = [
    "open",
    "closed",
    "draft",
    "waiting",
    "archived",
    "active",
    "pending",
    "resolved",
    "escalated",
    "spam",
];
/// How many keys a user has.
pub(crate) const KEYS_OF_A_USER: u32 = 10;
const FIRST_USER: u64 = 1_000_000;

static LOADS: AtomicU64 = AtomicU64::new(0);

/// How many loads any contestant ran so far.
pub(crate) fn loads() -> u64 {
    LOADS.load(Ordering::Relaxed)
}

/// Every load says that it ran.
pub(crate) fn loaded() {
    LOADS.fetch_add(1, Ordering::Relaxed);
}

#[derive(Debug)]
pub(crate) struct Conversation {
    pub(crate) id: u64,
}

pub(crate) type Conversations = Arc<Vec<Conversation>>;

#[derive(Clone, Debug)]
pub(crate) struct NoSuchUser;

impl std::fmt::Display for NoSuchUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no such user")
    }
}

impl std::error::Error for NoSuchUser {}

/// One call: the arguments of the method, in four bytes, so that reading them costs nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call(pub(crate) u32);

impl Call {
    #[inline]
    pub(crate) fn user_id(self) -> u64 {
        FIRST_USER + u64::from(self.0 / KEYS_OF_A_USER)
    }

    #[inline]
    pub(crate) fn status(self) -> &'static str {
        STATUSES
            .get(self.0 as usize % STATUSES.len())
            .copied()
            .unwrap_or_default()
    }
}

/// The key of the method as one would render it by hand, into a buffer that is used again.
#[inline]
pub(crate) fn render(key: &mut String, call: Call) {
    key.clear();
    write(key, call.user_id(), call.status());
}

/// The same for those who take their keys by value.
#[inline]
pub(crate) fn rendered(user_id: u64, status: &str) -> String {
    let mut key = String::with_capacity(64);
    write(&mut key, user_id, status);
    key
}

#[inline]
fn write(key: &mut String, user_id: u64, status: &str) {
    key.push_str("conversations:user:");
    key.push_str(itoa::Buffer::new().format(user_id));
    key.push_str(":status:");
    key.push_str(status);
}
