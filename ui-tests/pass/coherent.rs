//! What may stand in a coherent block, and that its methods do what they do without it.

use std::sync::Arc;

use async_trait::async_trait;
use cached_runtime::{cached, coherent, invalidates, updates};

#[derive(Clone, Debug, PartialEq)]
struct User(u64);

struct Users;

#[coherent(elsewhere("posts"))]
impl Users {
    const PAGE: usize = { 20 };

    #[cached(key = "users:id:<id>", ttl = "5m")]
    async fn by_id(&self, id: u64) -> Result<Option<User>, String> {
        Ok(Some(User(id)))
    }

    // The same answer, spelt in another way.
    #[cached(key = "users:id:<user_id>", ttl = 300)]
    async fn find(&self, user_id: u64) -> Option<crate::User> {
        Some(User(user_id))
    }

    #[cfg(all())]
    #[cached(key = "users:all", ttl = 300)]
    async fn all(&self) -> Arc<Vec<User>> {
        Arc::new(vec![User(1); Self::PAGE])
    }

    #[cfg(any())]
    #[cached(key = "users:all", ttl = 60)]
    async fn all(&self) -> Vec<User> {
        Vec::new()
    }

    #[cached(key = "posts:<id>", ttl = 300)]
    async fn posts(&self, id: u64) -> u64 {
        id
    }

    // A value may happen to fit, other caches are no business of this block.
    #[invalidates("users:id:7", "posts:by:<id>*", "sessions:<id>*")]
    async fn forget(&self, id: u64) {
        let _ = id;
    }

    #[invalidates("users:*")]
    async fn clear(&self) {}

    #[updates(key = "users:id:<id>", ttl = "300s")]
    async fn rename(&self, id: u64) -> User {
        User(id + 100)
    }
}

#[async_trait]
trait Repository {
    async fn row(&self, id: u64) -> u64;
    async fn change(&self, id: u64) -> u64;
}

#[coherent]
#[async_trait]
impl Repository for Users {
    #[cached(key = "rows:<id>", ttl = 300)]
    async fn row(&self, id: u64) -> u64 {
        id
    }

    #[invalidates("rows:<id>")]
    async fn change(&self, id: u64) -> u64 {
        id
    }
}

struct Others;

#[async_trait]
#[coherent]
impl Repository for Others {
    #[cached(key = "others:<id>", ttl = 300)]
    async fn row(&self, id: u64) -> u64 {
        id
    }

    #[invalidates("others:<id>")]
    async fn change(&self, id: u64) -> u64 {
        id
    }
}

#[coherent]
mod free {
    //! Documented inside.

    #[cached_runtime::cached(key = "numbers:<n>", ttl = 300)]
    pub async fn number(n: u64) -> u64 {
        n
    }

    pub trait Forget {
        #[cached_runtime::invalidates("numbers:<n>")]
        async fn forget(&self, n: u64) {}
    }

    impl Forget for () {}
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        use free::Forget as _;
        assert_eq!(Users.by_id(1).await, Ok(Some(User(1))));
        assert_eq!(Users.rename(1).await, User(101));
        assert_eq!(Users.find(1).await, Some(User(101)));
        Users.forget(1).await;
        Users.clear().await;
        assert_eq!(Users.by_id(1).await, Ok(Some(User(1))));
        assert_eq!(Users.all().await.len(), Users::PAGE);
        assert_eq!(Users.posts(3).await, 3);
        assert_eq!(Users.row(4).await + Users.change(4).await, 8);
        assert_eq!(Others.row(5).await + Others.change(5).await, 10);
        assert_eq!(free::number(6).await, 6);
        ().forget(6).await;
    });
}
