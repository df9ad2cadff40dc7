use cached_runtime::updates;

struct Users;

#[updates(key = "user:<id>", ttl = 300)]
impl Users {}

fn main() {}
