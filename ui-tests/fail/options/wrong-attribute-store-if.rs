use cached_runtime::updates;

#[updates(key = "user:<id>", ttl = 300, store_if = keep, on = "ok")]
async fn rename(id: u64) -> u64 {
    id
}

fn main() {
    let _ = rename(1);
}
