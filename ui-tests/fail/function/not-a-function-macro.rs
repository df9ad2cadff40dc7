use cached_runtime::cached;

#[cached(key = "user:<id>", ttl = 300)]
macro_rules! user {
    ($id:expr) => {
        $id
    };
}

fn main() {
    let _ = user!(1);
}
