use cached_runtime::invalidates;

#[invalidates("user:*")]
struct Rename;

fn main() {
    let _ = Rename;
}
