use cached_runtime::{cached, invalidates};

struct Users;

// Once `user_id`, in the keys too.
impl Users {
    #[cached(key = "users:<user_id>:posts:<page>", ttl = 300)]
    async fn posts(&self, customer: u64, page: u32) -> u64 {
        customer + u64::from(page)
    }

    #[invalidates("users:<user_id>*")]
    async fn forget(&self, customer: u64) -> u64 {
        customer
    }
}

fn main() {}
