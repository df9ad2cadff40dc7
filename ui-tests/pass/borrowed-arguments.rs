//! Arguments may be borrowed; the key holds what they say, not where they are.

use cached_runtime::cached;
use std::{
    borrow::Cow,
    sync::atomic::{AtomicU32, Ordering},
};

static LOADS: AtomicU32 = AtomicU32::new(0);

#[derive(Clone, Copy, Debug)]
enum Status {
    Open,
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

struct Filter<'a> {
    status: Option<Status>,
    words: [&'a str; 2],
    r#type: u8,
}

#[cached(
    key = "found:<name>:<ids>:<filter.status>:<filter.words>:<filter.type>:<path>:<pair.0>:<pair.1.0>:<limit>:<text>",
    ttl = 300,
    skip(unused)
)]
#[expect(clippy::too_many_arguments, reason = "one of each")]
async fn found<'a>(
    name: &str,
    ids: &[u64],
    filter: &Filter<'a>,
    path: impl AsRef<str>,
    pair: &(char, (bool,)),
    limit: Option<&str>,
    text: Cow<'a, str>,
    unused: &'a (dyn Fn() + Sync),
) -> Vec<String> {
    LOADS.fetch_add(1, Ordering::Relaxed);
    unused();
    vec![format!(
        "{name} {ids:?} {:?} {:?} {} {} {pair:?} {limit:?} {text}",
        filter.status,
        filter.words,
        filter.r#type,
        path.as_ref()
    )]
}

async fn call(name: &str, ids: &[u64], limit: Option<&str>) -> Vec<String> {
    let words = ["a".to_owned(), "b:c".to_owned()];
    let filter = Filter {
        status: Some(Status::Open),
        words: [&words[0], &words[1]],
        r#type: 1,
    };
    found(
        name,
        ids,
        &filter,
        "path".to_owned(),
        &('x', (true,)),
        limit,
        Cow::Borrowed("text"),
        &|| {},
    )
    .await
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let first = call("Ada", &[1, 2], None).await;
    assert_eq!(call(&"Ada".to_owned(), &vec![1, 2], None).await, first);
    assert_eq!(LOADS.load(Ordering::Relaxed), 1);
    for limit in ["", "None", "%-"] {
        assert_ne!(call("Ada", &[1, 2], Some(limit)).await, first);
    }
    assert_ne!(call("Ada", &[1], None).await, first);
    assert_eq!(LOADS.load(Ordering::Relaxed), 5);
}
