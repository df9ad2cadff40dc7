use cached_runtime::cached;

use std::borrow::Cow;

#[cached(key = "user:<name>", ttl = 300)]
async fn user(name: &str) -> Cow<'_, str> {
    Cow::Borrowed(name)
}

fn main() {
    let _ = user("Ada");
}
