//! The runtime may go by another name, or be reached through a module.

extern crate cached_runtime as rt;

mod inner {
    pub use cached_runtime as rt;
}

use rt::{Key, Pattern, cached, invalidates, key, pattern};

#[cached(key = "users:<id>", ttl = 300, crate = ::rt)]
async fn user(id: u64) -> u64 {
    id
}

#[invalidates("users:<id>*", crate = crate::inner::rt)]
async fn rename(id: u64) -> u64 {
    id
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(user(1).await, rename(1).await);
    let id = 1;
    let key: Key = key!(crate = ::rt; "users:<id>");
    let pattern: Pattern = pattern!(crate = crate::inner::rt; "users:<id>*");
    assert!(pattern.matches(key.as_str()));
}
