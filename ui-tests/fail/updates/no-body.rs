use cached_runtime::updates;

trait Users {
    #[updates(key = "user:<id>", ttl = 300)]
    async fn rename(&self, id: u64) -> u64;
}

fn main() {}
