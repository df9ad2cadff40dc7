//! Attributes, docs, visibility and conditions of the function stay what they were.

#![deny(missing_docs, unused_must_use, deprecated)]

use cached_runtime::{cached, invalidates};

/// Users.
pub mod users {
    use super::{cached, invalidates};

    /// Documented.
    #[cached(key = "users:<id>", ttl = 300)]
    #[must_use]
    #[inline]
    pub async fn user(id: u64) -> u64 {
        #![allow(unused_variables)]
        let unused = 0;
        id
    }

    #[cfg(any())]
    #[cached(key = "users:<id>", ttl = 300)]
    pub async fn user(id: Missing) -> Missing {
        id
    }

    /// Documented.
    #[cfg_attr(all(), cached(key = "limits:<id>", ttl = 300))]
    #[cfg_attr(any(), missing)]
    #[deprecated]
    pub(crate) async fn limit(#[allow(unused_variables)] id: u64) -> u64 {
        if cfg!(any()) { 1 } else { 2 }
    }

    /// Documented.
    #[invalidates("users:<id>*", "limits:*")]
    #[cold]
    pub(in crate::users) async fn change(id: u64) -> u64 {
        id
    }

    /// Documented.
    pub async fn changed(id: u64) -> u64 {
        change(id).await
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(users::user(1).await, 1);
    #[allow(deprecated)]
    let limit = users::limit(1);
    assert_eq!(limit.await, 2);
    assert_eq!(users::changed(1).await, 1);
}
