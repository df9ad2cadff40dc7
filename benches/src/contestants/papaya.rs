//! The lock-free map alone.

use ::papaya::HashMap;
use foldhash::fast::RandomState;

use super::contestant;
use crate::workload::{Conversations, Source, render};

pub(super) struct Papaya(HashMap<String, Conversations, RandomState>);

impl Papaya {
    pub(super) fn new(source: &Source) -> Self {
        Self(source.filled().collect())
    }
}

contestant!("papaya", Papaya, |this, call, key| {
    render(key, call);
    this.0.pin().get(key.as_str()).cloned().unwrap_or_default()
});
