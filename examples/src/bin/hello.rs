//! The toolkit on a page: no database, no set-up.

#![expect(
    clippy::print_stdout,
    reason = "an example that shows when its fn runs"
)]

use cached_runtime::{cached, invalidates};

#[cached(key = "greetings:<name>", ttl = "5m")]
async fn greet(name: &str) -> String {
    println!("  (thinking of something for {name} …)");
    format!("Hello, {name}!")
}

#[invalidates("greetings:<name>")]
async fn offend(name: &str) {
    println!("  ({name} is offended)");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("{}", greet("Ada").await);
    println!("{}", greet("Ada").await); // answered from the cache
    offend("Ada").await;
    println!("{}", greet("Ada").await);
}
