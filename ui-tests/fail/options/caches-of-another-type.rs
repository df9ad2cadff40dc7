use cached_runtime::invalidates;

struct Users {
    caches: u8,
}

impl Users {
    #[invalidates("user:<id>*", caches = self.caches)]
    async fn rename(&self, id: u64) -> u64 {
        id
    }
}

fn main() {
    let _ = Users { caches: 0 }.rename(1);
}
