//! A service whose method is cached by this toolkit, in a set of caches of its own.

use std::sync::Arc;

use anyhow::Result;
use cached_runtime::{Cache, Caches, Settings, cached};

use crate::{
    poll::now,
    workload::{Call, Conversations, NoSuchUser, Source},
};

pub(crate) struct Service {
    pub(crate) caches: Caches,
    source: Arc<Source>,
}

impl Service {
    /// With room for `room` entries, and nothing in it.
    pub(crate) fn new(source: &Arc<Source>, room: u64) -> Result<Self> {
        let settings = Settings::new().capacity(room);
        Ok(Self {
            caches: Caches::builder()
                .settings("conversations", settings)
                .build()?,
            source: Arc::clone(source),
        })
    }

    /// With everything that `source` has, and room for more.
    pub(crate) fn filled(source: &Arc<Source>) -> Result<Self> {
        let this = Self::new(source, 4 * u64::from(source.keys()))?;
        for call in source.calls() {
            this.call(call);
        }
        this.cache().run_pending_tasks();
        Ok(this)
    }

    pub(crate) fn cache(&self) -> Cache {
        self.caches.cache("conversations")
    }

    pub(crate) fn call(&self, call: Call) {
        let answer = now(self.list(call.user_id(), Some(call.status())));
        assert!(answer.is_ok(), "the source has no {call:?}");
    }

    #[cached(key = "conversations:user:<user_id>:status:<status>", ttl = "30m", caches = self.caches)]
    async fn list(&self, user_id: u64, status: Option<&str>) -> Result<Conversations, NoSuchUser> {
        self.source.load(user_id, status)
    }
}
