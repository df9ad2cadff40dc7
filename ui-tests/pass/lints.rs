//! Nothing that the attributes write is something a strict crate has forbidden.
#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    unreachable_pub,
    rust_2018_idioms,
    clippy::all,
    clippy::pedantic
)]

use std::{sync::Arc, time::Duration};

use cached_runtime::{Caches, Key, Pattern, Policy, cached, invalidates, key, pattern};

const RARELY: Policy = Policy::new(Duration::from_hours(1)).jitter(5);
const IDLE: Duration = Duration::from_mins(1);

struct Users {
    caches: Caches,
    tenant: String,
}

struct Filter {
    status: u8,
    _shard: u8,
}

impl Users {
    #[cached(key = "users:<self.tenant>:<id>", ttl = "5m", caches = self.caches)]
    async fn user(&self, id: u64) -> Result<Arc<str>, String> {
        if id == 0 {
            return Err("nobody".to_owned());
        }
        let name: u64 = "7".parse().map_err(|_| "no number")?;
        Ok(format!("{id} {name}").into())
    }

    #[cached(
        key = "lists:<filter.status>:<filter._shard>:<_page>",
        policy = RARELY,
        tti = IDLE,
        none_ttl = "10s",
        jitter = "20%",
        store_if = |names: &Vec<String>| !names.is_empty(),
        skip(trace),
        caches = self.caches
    )]
    async fn list(&self, filter: &Filter, _page: Option<u32>, trace: &str) -> Option<Vec<String>> {
        std::future::ready(()).await;
        Some(vec![format!("{} {trace}", filter.status)])
    }

    #[invalidates("users:<self.tenant>:<id>*", "lists:<ret.0>:*", caches = self.caches)]
    async fn rename(&self, id: u64, name: String) -> Result<(u8, String), String> {
        Ok((u8::try_from(id).map_err(|error| error.to_string())?, name))
    }

    #[invalidates("users:<_id>", caches = self.caches, on = "ok")]
    async fn forget(&self, _id: u64) {}
}

#[cached(key = "unit", ttl = 300)]
async fn unit() -> Result<(), String> {
    Ok(())
}

fn by_hand(id: u64, filter: &Filter) -> (Key, Pattern) {
    (key!("users:acme:<id>"), pattern!("lists:<filter.status>*"))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let users = Users {
        caches: Caches::global().clone(),
        tenant: "acme".to_owned(),
    };
    assert_eq!(users.user(1).await.as_deref(), Ok("1 7"));
    assert!(users.user(0).await.is_err());
    let filter = Filter {
        status: 1,
        _shard: 2,
    };
    assert_eq!(
        users.list(&filter, None, "a").await,
        users.list(&filter, None, "b").await
    );
    assert!(users.rename(1, "Ada".to_owned()).await.is_ok());
    assert_ne!(
        users.list(&filter, None, "a").await,
        users.list(&filter, Some(1), "b").await
    );
    users.forget(1).await;
    assert!(unit().await.is_ok());
    let (key, pattern) = by_hand(1, &filter);
    assert_eq!(key.to_string(), "users:acme:1");
    assert!(pattern.matches("lists:1:x"));
}
