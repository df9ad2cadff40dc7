//! amalgam's `get_or_set`, in memory only, without a bound on the size.

use ::amalgam::{Cache, EntryOptions, source::factory};
use ::tokio::runtime::Runtime;

use super::{TTL, contestant};
use crate::workload::{Conversations, Source, render};

pub(super) struct Amalgam(Cache<Conversations>);

impl Amalgam {
    pub(super) fn new(source: &Source, runtime: &Runtime) -> Self {
        let _inside = runtime.enter();
        let cache = Cache::builder()
            .default_options(EntryOptions::new(TTL))
            .try_build()
            .unwrap_or_else(|refused| panic!("amalgam: {refused}"));
        runtime.block_on(async {
            for (key, value) in source.filled() {
                if let Err(refused) = cache.set(&key, value).await {
                    panic!("amalgam: {refused}");
                }
            }
        });
        Self(cache)
    }
}

contestant!("amalgam, get_or_set", Amalgam, |this, call, key| {
    render(key, call);
    let never = factory(|context| async move { Err(context.fail("a hit must not load")) });
    this.0
        .get_or_set(key.as_str(), never)
        .await
        .unwrap_or_default()
});
