//! No name of the user's gets in the way, and none that the attributes make up is seen.

use cached_runtime::{cached, invalidates, key, pattern};

const SITE: &str = "site";

#[cached(
    key = "all:<key>:<value>:<cache>:<result>:<lookup>:<shape>:<probe>:<edge>:<patterns>:<holes>:<invalidation>:<type>:<async>:<own_key>",
    ttl = 300
)]
async fn all(
    key: u8,
    value: u8,
    cache: u8,
    result: u8,
    lookup: u8,
    shape: u8,
    probe: u8,
    edge: u8,
    patterns: u8,
    holes: u8,
    invalidation: u8,
    r#type: u8,
    r#async: u8,
    own_key: u8,
) -> [u8; 14] {
    [
        key,
        value,
        cache,
        result,
        lookup,
        shape,
        probe,
        edge,
        patterns,
        holes,
        invalidation,
        r#type,
        r#async,
        own_key,
    ]
}

#[invalidates("all:<key>:<value>:<lookup>:<shape>:<patterns>:<holes>:<type>:<ret>*")]
async fn change(
    key: u8,
    value: u8,
    lookup: u8,
    shape: u8,
    patterns: u8,
    holes: u8,
    r#type: u8,
) -> u8 {
    let _ = (value, lookup, shape, patterns, holes, r#type);
    key
}

#[cached(key = "keywords:<request.type>:<request.match>", ttl = 300)]
async fn keyword_fields(request: &Request) -> u8 {
    request.r#type
}

struct Request {
    r#type: u8,
    r#match: u8,
}

// A name from outside and one from inside of a macro.
macro_rules! service {
    ($name:ident, $id:ident, $ty:ty, $body:expr) => {
        #[cached(key = "made:<id>:<inner>", ttl = 300)]
        async fn $name($id: $ty, inner: $ty) -> Option<$ty> {
            let _ = inner;
            Some($body)
        }
    };
}

service!(made, id, u64, id + 1);

fn by_hand(key: &str, patterns: u8) -> (String, String) {
    (
        key!("made:<key>:<patterns>").to_string(),
        pattern!("made:<key>:<patterns>").to_string(),
    )
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let numbers = all(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14).await;
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    assert_eq!(change(1, 2, 3, 4, 5, 6, 7).await, 1);
    assert_eq!(
        keyword_fields(&Request {
            r#type: 1,
            r#match: 2
        })
        .await,
        1
    );
    assert_eq!(made(1, 2).await, Some(2));
    assert_eq!(by_hand("a:b", 1).0, "made:a%3Ab:1");
    assert_eq!(by_hand("a:b", 1).1, "made:a%3Ab:1");
    assert_eq!(SITE, "site");
}
