use cached_runtime::cached;

#[cached(
    key = "list:<user_id>:<page>",
    ttl = 300,
    stale_while_revalidate = "1h",
    stale_if_error = "5m",
    refresh_ahead = "200%",
    timeout = "2 secs",
    tags("user:<user>", "page:<page>*"),
    background = 1
)]
async fn list(user_id: u64, page: u32) -> Vec<u8> {
    vec![user_id as u8, page as u8]
}

fn main() {
    let _ = list(1, 2);
}
