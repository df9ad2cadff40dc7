use cached_runtime::cached;

struct Users(String);

#[async_trait::async_trait]
trait Names {
    async fn name(&self, id: u64) -> &str;
}

#[async_trait::async_trait]
impl Names for Users {
    #[cached(key = "name:<id>", ttl = 300)]
    async fn name(&self, id: u64) -> &str {
        drop(id);
        &self.0
    }
}

fn main() {
    let _ = Users(String::new()).name(1);
}
