use cached_runtime::cached;

#[cached(key = "names:<id>", ttl = "5m", timeout = "2s")]
async fn name(id: u64) -> Option<String> {
    Some(id.to_string())
}

fn main() {
    let _call = name(1);
}
