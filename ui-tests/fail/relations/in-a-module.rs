
#[derive(Clone)]
struct User;
struct Users;

#[cached_runtime::coherent]
mod service {
    use cached_runtime::{cached as memo, invalidates as clears};

    use super::{User, Users};

    mod reads {
        use super::*;

        impl Users {
            #[cached_runtime::cached(key = "users:name:<name>", ttl = 300)]
            async fn by_name(&self, name: &str) -> User {
                let _ = name;
                User
            }
        }
    }

    #[memo(key = "users:id:<id>", ttl = 300)]
    async fn by_id(id: u64) -> User {
        let _ = id;
        User
    }

    trait Changes {
        #[clears("users:nmae:<name>")]
        async fn rename(&self, name: &str) {}
    }

    #[cfg_attr(all(), cached_runtime::invalidates("users:ids:<id>"))]
    async fn remove(id: u64) {}
}

fn main() {}
