//! moka's async cache, read with `get`.

use ::moka::future::Cache;
use foldhash::fast::RandomState;

use super::{TTL, contestant};
use crate::{
    poll::now,
    workload::{Conversations, Source, render},
};

pub(super) struct Moka(Cache<String, Conversations, RandomState>);

impl Moka {
    pub(super) fn new(source: &Source) -> Self {
        let cache = Cache::builder()
            .max_capacity(2 * u64::from(source.keys()))
            .time_to_live(TTL)
            .build_with_hasher(RandomState::default());
        for (key, value) in source.filled() {
            now(cache.insert(key, value));
        }
        now(cache.run_pending_tasks());
        Self(cache)
    }
}

contestant!("moka, future::Cache::get", Moka, |this, call, key| {
    render(key, call);
    this.0.get(key.as_str()).await.unwrap_or_default()
});
