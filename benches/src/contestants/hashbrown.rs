//! The base of all ratios: a hash map that nobody writes to, without any lock.

use ::hashbrown::HashMap;
use foldhash::fast::RandomState;

use super::{Contestant, contestant};
use crate::workload::{Call, Calls, Conversations, Source, render, rendered};

pub(super) const NAME: &str = "hashbrown, no lock";

type Map = HashMap<String, Conversations, RandomState>;

pub(super) struct Rendered(Map);

impl Rendered {
    pub(super) fn new(source: &Source) -> Self {
        Self(source.filled().collect())
    }
}

contestant!(NAME, Rendered, |this, call, key| {
    render(key, call);
    this.0.get(key.as_str()).cloned().unwrap_or_default()
});

/// The same with keys that somebody else has rendered before.
pub(super) struct AtHand(Map);

impl AtHand {
    pub(super) fn new(source: &Source) -> Self {
        Self(source.filled().collect())
    }
}

impl Contestant for AtHand {
    fn name(&self) -> &'static str {
        "– the same, key at hand"
    }

    #[inline(never)]
    fn run(&self, calls: &Calls, count: usize) -> usize {
        let found = calls
            .keys
            .iter()
            .take(count)
            .filter_map(|key| self.0.get(key.as_str()));
        found
            .map(|value| std::hint::black_box(value.clone()).len())
            .sum()
    }

    fn answer(&self, call: Call) -> Conversations {
        let key = rendered(call.user_id(), call.status());
        self.0.get(&key).cloned().unwrap_or_default()
    }
}
