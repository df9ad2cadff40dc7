//! Whatever a body may hold, it holds it still; `?` and `return` end the body and nothing else.

use cached_runtime::{cached, invalidates};
use std::sync::atomic::{AtomicU32, Ordering};

#[cached(key = "early:<id>", ttl = 300)]
async fn early(id: u64) -> Result<Option<u64>, std::num::ParseIntError> {
    if id == 0 {
        return Ok(None);
    }
    let double = |number: u64| {
        return number * 2;
    };
    let found = 'search: loop {
        for candidate in 0.. {
            if candidate * candidate >= id {
                break 'search candidate;
            }
        }
    };
    let parsed: u64 = "7".parse()?;
    let Some(sum) = found.checked_add(parsed) else {
        return Ok(None);
    };
    match sum {
        0 => unreachable!(),
        sum => Ok(Some(double(sum))),
    }
}

#[cached(key = "items:<id>", ttl = 300)]
async fn items(id: u64) -> u64 {
    use std::cmp::max;
    const LEAST: u64 = 5;
    static CALLS: AtomicU32 = AtomicU32::new(0);
    struct Local(u64);
    fn local(id: u64) -> Local {
        Local(id)
    }
    #[cached(key = "inner:<id>", ttl = 300)]
    async fn inner(id: u64) -> u64 {
        id
    }
    CALLS.fetch_add(1, Ordering::Relaxed);
    max(local(inner(id).await).0, LEAST)
}

#[cached(key = "starts:<id>", ttl = 300, skip(counter))]
async fn starts_like_an_operator(id: u64, counter: &AtomicU32) -> [u64; 2] {
    *[&mut { counter }][0] = counter;
    (|| counter.fetch_add(1, Ordering::Relaxed))();
    -1_i64.abs();
    [id, 2]
}

#[cached(key = "moved:<name>:<tail>", ttl = 300)]
async fn moved(mut name: String, #[allow(unused_mut)] mut tail: Vec<String>) -> Vec<String> {
    name.push('!');
    tail.push(name);
    tail
}

#[invalidates("early:<id>", "starts:*")]
async fn change(id: u64, mut names: Vec<String>) -> Result<String, String> {
    let last = names.pop().ok_or("empty")?;
    if id == 0 {
        return Err(last);
    }
    Ok(last)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(early(0).await, Ok(None));
    assert_eq!(early(9).await, Ok(Some(20)));
    assert_eq!(items(1).await, 5);
    assert_eq!(starts_like_an_operator(1, &AtomicU32::new(0)).await, [1, 2]);
    assert_eq!(moved("a".to_owned(), Vec::new()).await, ["a!"]);
    assert_eq!(change(1, vec!["a".to_owned()]).await.as_deref(), Ok("a"));
    assert!(change(1, Vec::new()).await.is_err());
}
