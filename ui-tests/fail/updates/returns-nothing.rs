use cached_runtime::updates;

#[updates(key = "user:<id>", ttl = 300)]
async fn rename(id: u64) {
    let _ = id;
}

fn main() {
    let _ = rename;
}
