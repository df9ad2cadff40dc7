//! This toolkit: an annotated method.

use std::sync::{Arc, LazyLock};

use cached_runtime::{Caches, Settings, cached};

use super::contestant;
use crate::{
    poll::now,
    workload::{Conversations, NoSuchUser, Source},
};

/// More than any source holds; eviction is measured elsewhere.
const ROOM: u64 = 1 << 22;

fn caches() -> cached_runtime::CachesBuilder {
    Caches::builder().settings("conversations", Settings::new().capacity(ROOM))
}

/// A set that a service keeps in a field. One for all sizes, because a call site remembers its first.
static OWN: LazyLock<Caches> = LazyLock::new(|| match caches().build() {
    Ok(caches) => caches,
    Err(refused) => panic!("{refused}"),
});

fn empty(caches: &Caches) {
    now(caches.clear());
    caches.cache("conversations").run_pending_tasks();
}

/// A method as it comes out of the box.
pub(super) struct Global(Arc<Source>);

impl Global {
    pub(super) fn new(source: &Arc<Source>) -> Self {
        // From the second size on it is there already.
        let _ = caches().install();
        let this = Self(Arc::clone(source));
        for call in source.calls() {
            drop(now(this.list(call.user_id(), Some(call.status()))));
        }
        Caches::global().cache("conversations").run_pending_tasks();
        this
    }

    #[cached(key = "conversations:user:<user_id>:status:<status>", ttl = "30m")]
    async fn list(&self, user_id: u64, status: Option<&str>) -> Result<Conversations, NoSuchUser> {
        self.0.load(user_id, status)
    }
}

impl Drop for Global {
    fn drop(&mut self) {
        empty(Caches::global());
    }
}

contestant!("this toolkit, #[cached]", Global, |this, call, _key| {
    let answer = this.list(call.user_id(), Some(call.status()));
    answer.await.unwrap_or_default()
});

/// A method of a service that has caches of its own.
pub(super) struct Own {
    source: Arc<Source>,
    caches: Caches,
}

impl Own {
    pub(super) fn new(source: &Arc<Source>) -> Self {
        let this = Self {
            source: Arc::clone(source),
            caches: OWN.clone(),
        };
        for call in source.calls() {
            drop(now(this.list(call.user_id(), Some(call.status()))));
        }
        this.caches.cache("conversations").run_pending_tasks();
        this
    }

    #[cached(key = "conversations:user:<user_id>:status:<status>", ttl = "30m", caches = self.caches)]
    async fn list(&self, user_id: u64, status: Option<&str>) -> Result<Conversations, NoSuchUser> {
        self.source.load(user_id, status)
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        empty(&self.caches);
    }
}

contestant!(
    "– the same, caches = self.caches",
    Own,
    |this, call, _key| {
        let answer = this.list(call.user_id(), Some(call.status()));
        answer.await.unwrap_or_default()
    }
);
