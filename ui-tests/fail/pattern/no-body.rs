use cached_runtime::invalidates;

trait Users {
    #[invalidates("user:<id>*")]
    async fn rename(&self, id: u64) -> u64;
}

struct Nobody;

impl Users for Nobody {
    async fn rename(&self, id: u64) -> u64 {
        id
    }
}

fn main() {
    let _ = Nobody.rename(1);
}
