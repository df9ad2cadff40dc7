use cached_runtime::cached;
use std::rc::Rc;

struct Users;

impl Users {
    #[cached(key = "user:<id>", ttl = 300, stale_while_revalidate = "5m", background)]
    async fn user(self: &Rc<Self>, id: u64) -> u64 {
        id
    }
}

fn main() {}
