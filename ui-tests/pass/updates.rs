//! Several attributes of one mutator, in whatever order and spelling, and what each may take.
#![deny(warnings, clippy::all, clippy::pedantic)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use cached_runtime::{Caches, Policy, cached, invalidates, updates};

const KEPT: Policy = Policy::new(Duration::from_mins(5)).jitter(5);

#[derive(Clone, Debug, PartialEq)]
struct User {
    id: u64,
    team: u64,
}

mod order {
    use cached_runtime::{invalidates, updates};

    #[updates(key = "u-names:<id>", ttl = 60)]
    #[invalidates("u-lists:*")]
    pub(crate) async fn first(id: u64) -> String {
        #![allow(unused_variables, reason = "stays in front")]
        let unused = 0;
        id.to_string()
    }
}

struct Users {
    caches: Caches,
    other: Caches,
}

impl Users {
    #[cached(key = "u-users:<id>", policy = KEPT, tags("team:<team>"), skip(team), caches = self.caches)]
    async fn user(&self, id: u64, team: u64) -> Result<User, String> {
        Ok(User { id, team })
    }

    #[invalidates("u-lists:<ret.team>*", tags("team:<team>", "report:<ret.id>:*"), caches = self.caches)]
    #[updates(key = "u-users:<id>", policy = KEPT, tags("team:<team>"), caches = self.caches)]
    #[invalidates("u-lists:all", on = "ok", caches = self.caches)]
    async fn rename(&mut self, id: u64, team: u64, _name: &mut String) -> Result<User, String> {
        Ok(User { id, team })
    }

    #[cached_runtime::updates(
        key = "u-users:<user.id>",
        ttl = "5m",
        tti = "1m",
        jitter = "5%",
        stale_while_revalidate = "1m",
        stale_if_error = "1h",
        refresh_ahead = "auto",
        tags("team:<user.team>")
    )]
    #[::cached_runtime::invalidates(tags("team:*"))]
    async fn insert(user: &User) -> Option<User> {
        Some(user.clone())
    }

    #[updates(key = "u-users:<id>", policy = KEPT, caches = self.caches)]
    #[invalidates("u-users:<id>*", caches = self.other)]
    async fn elsewhere(&self, id: u64) -> User {
        User { id, team: 0 }
    }
}

#[updates(key = "u-counts:<ret>", ttl = 60)]
async fn counted(ret: u64, (_, _): (u8, u8)) -> Arc<u64> {
    Arc::new(ret)
}

#[async_trait]
trait Store {
    async fn save(&self, id: u64, name: &str) -> Result<Arc<str>, String>;
}

#[async_trait]
impl Store for Users {
    #[updates(key = "u-names:<id>", ttl = 60, caches = self.caches)]
    #[invalidates("u-lists:*", caches = self.caches)]
    async fn save(&self, id: u64, name: &str) -> Result<Arc<str>, String> {
        Ok(format!("{id} {name}").into())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut users = Users {
        caches: Caches::builder().build().unwrap(),
        other: Caches::builder().build().unwrap(),
    };
    let ada = User { id: 1, team: 2 };
    assert_eq!(users.user(1, 2).await.as_ref(), Ok(&ada));
    let renamed = users.rename(1, 2, &mut String::new()).await;
    assert_eq!(renamed.as_ref(), Ok(&ada));
    assert_eq!(Users::insert(&ada).await.as_ref(), Some(&ada));
    assert_eq!(order::first(3).await, "3");
    assert_eq!(users.elsewhere(3).await.id, 3);
    assert_eq!(*counted(4, (0, 0)).await, 4);
    assert_eq!(users.save(5, "x").await.as_deref(), Ok("5 x"));
}
