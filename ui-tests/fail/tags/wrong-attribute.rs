use cached_runtime::invalidates;

#[invalidates("list:<user_id>*", tags("user:<user_id>"), background, timeout = "2s")]
async fn list(user_id: u64, page: u32) -> Vec<u8> {
    vec![user_id as u8, page as u8]
}

fn main() {
    let _ = list(1, 2);
}
