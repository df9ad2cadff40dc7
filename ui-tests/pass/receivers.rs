//! `self` may be shared in any way.

use cached_runtime::{cached, invalidates};
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

#[derive(Default)]
struct Users {
    tenant: u8,
    loads: AtomicU32,
}

impl Users {
    #[cached(key = "owned:<self.tenant>:<id>", ttl = 300)]
    async fn owned(self: Arc<Self>, id: u64) -> u64 {
        self.loads.fetch_add(1, Ordering::Relaxed);
        id
    }

    #[cached(key = "shared:<self.tenant>:<id>", ttl = 300)]
    async fn shared(self: &Arc<Self>, id: u64) -> u64 {
        self.loads.fetch_add(1, Ordering::Relaxed);
        id
    }

    #[cached(key = "pinned:<self.tenant>:<id>", ttl = 300)]
    async fn pinned(self: Pin<&Self>, id: u64) -> u64 {
        self.loads.fetch_add(1, Ordering::Relaxed);
        id
    }

    #[invalidates("owned:<self.tenant>:*")]
    async fn change(&mut self, id: &mut u64) {
        *id += 1;
        self.tenant += 1;
    }

    #[invalidates("owned:*")]
    async fn consume(self) -> u8 {
        self.tenant
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let users = Arc::new(Users::default());
    for _ in 0..2 {
        assert_eq!(Arc::clone(&users).owned(1).await, 1);
        assert_eq!(users.shared(1).await, 1);
        assert_eq!(Pin::new(&*users).pinned(1).await, 1);
    }
    assert_eq!(users.loads.load(Ordering::Relaxed), 3);

    let mut other = Users::default();
    let mut id = 1;
    other.change(&mut id).await;
    assert_eq!((id, other.tenant), (2, 1));
    Arc::clone(&users).owned(1).await;
    assert_eq!(users.loads.load(Ordering::Relaxed), 4);
    assert_eq!(other.consume().await, 1);
}
