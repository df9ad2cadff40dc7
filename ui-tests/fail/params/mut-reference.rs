use cached_runtime::cached;

#[cached(key = "list:<user_id>", ttl = 300, skip(out))]
async fn list(user_id: u64, out: &mut Vec<u8>) -> u64 {
    out.push(0);
    user_id
}

fn main() {
    let _ = list(1, &mut Vec::new());
}
