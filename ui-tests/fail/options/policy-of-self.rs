use cached_runtime::{Policy, cached, policy};

struct Lists;

impl Lists {
    const POLICY: Policy = policy::QUERY;

    #[cached(key = "list:<user_id>", policy = Self::POLICY)]
    async fn list(&self, user_id: u64) -> u64 {
        user_id
    }
}

fn main() {
    let _ = (Lists::POLICY, Lists.list(1));
}
