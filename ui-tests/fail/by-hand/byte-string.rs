use cached_runtime::pattern;

fn main() {
    let _ = pattern!(b"user:*");
}
