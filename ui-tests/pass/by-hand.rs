//! `key!` and `pattern!` take variables in scope, escape them, and mean the same as the attributes.

use cached_runtime::{Caches, Key, Pattern, cached, key, pattern};
use std::sync::atomic::{AtomicU32, Ordering};

static LOADS: AtomicU32 = AtomicU32::new(0);

struct Users {
    tenant: String,
}

impl Users {
    #[cached(key = "users:<self.tenant>:<id>", ttl = 300)]
    async fn user(&self, id: Option<u64>) -> Option<u64> {
        LOADS.fetch_add(1, Ordering::Relaxed);
        id
    }

    fn key(&self, id: Option<u64>) -> Key {
        key!("users:<self.tenant>:<id>")
    }

    fn pattern(&self) -> Pattern {
        pattern!("users:<self.tenant>*",)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let users = Users {
        tenant: "a:c*".to_owned(),
    };
    assert_eq!(users.user(Some(1)).await, Some(1));
    assert_eq!(users.user(Some(1)).await, Some(1));
    assert_eq!(LOADS.load(Ordering::Relaxed), 1);

    let cache = Caches::global().cache("users");
    assert_eq!(cache.get::<u64>(&users.key(Some(1))), Some(1));
    assert!(users.pattern().matches(users.key(None).as_str()));

    Caches::global()
        .invalidate(users.pattern())
        .await
        .expect("a pattern is a pattern");
    assert_eq!(users.user(Some(1)).await, Some(1));
    assert_eq!(LOADS.load(Ordering::Relaxed), 2);

    let (a, pair) = ("x", (1, Some("y")));
    assert_eq!(key!("plain").as_str(), "plain");
    assert_eq!(key!(r"raw:<a>:<pair.0>:<pair.1>").as_str(), "raw:x:1:y");
    assert!(pattern!("raw:*:<pair.0>:*").matches("raw:anything:1:y"));
}
