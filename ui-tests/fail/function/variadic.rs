use cached_runtime::cached;

#[cached(key = "user:<id>", ttl = 300)]
unsafe extern "C" fn user(id: u64, mut rest: ...) -> u64 {
    let _ = &mut rest;
    id
}

fn main() {
    let _ = unsafe { user(1, 2_u64) };
}
