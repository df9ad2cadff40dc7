//! `quick_cache`'s concurrent cache.

use ::quick_cache::sync::Cache;

use super::contestant;
use crate::workload::{Conversations, Source, render};

pub(super) struct QuickCache(Cache<String, Conversations>);

impl QuickCache {
    pub(super) fn new(source: &Source) -> Self {
        // Its shards fill unevenly, and it evicts from each on its own.
        let cache = Cache::new(2 * source.keys() as usize);
        for (key, value) in source.filled() {
            cache.insert(key, value);
        }
        Self(cache)
    }
}

contestant!("quick_cache, get", QuickCache, |this, call, key| {
    render(key, call);
    this.0.get(key.as_str()).unwrap_or_default()
});
