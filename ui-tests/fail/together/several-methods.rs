use cached_runtime::{cached, invalidates, updates};

struct Users;

impl Users {
    #[cached(key = "user:<idd>", ttl = "5 minutes")]
    async fn user(&self, id: u64) -> Option<&str> {
        drop(id);
        None
    }

    #[updates(key = "user:<id>*", tll = 300)]
    async fn rename(&self, id: u64) -> Result<(), String> {
        drop(id);
        Ok(())
    }

    #[invalidates("user:<id>**", on = "error")]
    async fn remove(&self, id: u64) -> u64 {
        id
    }
}

async fn caller(users: &Users) -> u64 {
    let _ = users.user(1).await;
    let _ = users.rename(1).await;
    users.remove(1).await
}

fn main() {
    let _ = caller(&Users);
}
