use cached_runtime::key;

fn main() {
    let text = "user:1";
    let _ = key!(text);
}
