use cached_runtime::cached;

#[cached(key = "user:<id>", ttl = 300)]
pub trait Users {
    fn user(&self, id: u64) -> u64;
}

fn main() {}
