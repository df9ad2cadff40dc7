//! `async fn` in traits: in the impl, and as a default method.

use cached_runtime::cached;
use std::sync::atomic::{AtomicU32, Ordering};

static LOADS: AtomicU32 = AtomicU32::new(0);

trait Users {
    async fn user(&self, id: u64) -> Option<String>;

    #[cached(key = "greetings:<name>", ttl = "5m")]
    async fn greeting(&self, name: &str) -> String {
        LOADS.fetch_add(1, Ordering::Relaxed);
        match self.user(1).await {
            Some(user) => format!("{user} greets {name}"),
            None => String::new(),
        }
    }
}

struct Database;

impl Users for Database {
    #[cached(key = "users:<id>", ttl = 300)]
    async fn user(&self, id: u64) -> Option<String> {
        LOADS.fetch_add(1, Ordering::Relaxed);
        Some(format!("user {id}"))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for _ in 0..2 {
        assert_eq!(Database.greeting("Ada").await, "user 1 greets Ada");
        assert_eq!(Database.user(1).await.as_deref(), Some("user 1"));
    }
    assert_eq!(LOADS.load(Ordering::Relaxed), 2);
}
