use cached_runtime::cached;

#[cached(key = "user:<id>", ttl = 300)]
async unsafe fn user(id: u64) -> u64 {
    id
}

fn main() {
    let _ = unsafe { user(1) };
}
