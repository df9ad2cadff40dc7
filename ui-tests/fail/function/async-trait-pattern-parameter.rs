use cached_runtime::cached;

struct Users;

#[async_trait::async_trait]
trait Names {
    async fn name(&self, pair: (u64, u64), page: u32) -> String;
}

#[async_trait::async_trait]
impl Names for Users {
    #[cached(key = "name:<first>:<second>", ttl = 300)]
    async fn name(&self, (first, second): (u64, u64), _: u32) -> String {
        format!("{first} {second}")
    }
}

fn main() {
    let _ = Users.name((1, 2), 3);
}
