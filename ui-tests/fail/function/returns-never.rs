use cached_runtime::cached;

#[cached(key = "user:<id>", ttl = 300)]
async fn user(id: u64) -> ! {
    std::process::exit(id as i32)
}

fn main() {
    let _ = user(1);
}
