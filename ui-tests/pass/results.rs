//! What is stored is decided by the type, not by its spelling.

use cached_runtime::{cached, invalidates};
use std::sync::atomic::{AtomicU32, Ordering};

static LOADS: AtomicU32 = AtomicU32::new(0);

type Reply<T = u64> = Result<T, NotClone>;
type Maybe = Option<u64>;

#[derive(Debug)]
struct NotClone;

impl From<std::num::ParseIntError> for NotClone {
    fn from(_: std::num::ParseIntError) -> Self {
        Self
    }
}

fn loaded() {
    LOADS.fetch_add(1, Ordering::Relaxed);
}

#[cached(key = "replies:<text>", ttl = 300)]
async fn reply(text: &str) -> Reply {
    loaded();
    let number: u64 = text.parse()?;
    if number == 0 {
        return Err(NotClone);
    }
    Ok(number)
}

#[cached(key = "optional-replies:<text>", ttl = 300)]
async fn optional_reply(text: &str) -> Reply<Maybe> {
    loaded();
    Ok(text.parse::<u64>()?.checked_sub(1))
}

#[cached(key = "anyhow:<text>", ttl = 300)]
async fn any_error(text: &str) -> anyhow::Result<u64> {
    loaded();
    anyhow::ensure!(!text.is_empty(), "nothing");
    Ok(text.parse()?)
}

#[cached(key = "options:<text>", ttl = 300)]
async fn option(text: &str) -> Maybe {
    loaded();
    Some(text.parse().ok()?)
}

#[cached(key = "remembered:<text>", ttl = 300, none_ttl = "1m")]
async fn remembered(text: &str) -> Maybe {
    loaded();
    text.parse().ok()
}

#[cached(key = "picked:<text>", ttl = 300, store_if = |number: &u64| *number > 5)]
async fn picked(text: &str) -> Reply {
    loaded();
    Ok(text.parse()?)
}

fn big(number: &u64) -> bool {
    *number > 5
}

#[cached(key = "picked-by-path:<text>", ttl = 300, store_if = big)]
async fn picked_by_path(text: &str) -> anyhow::Result<Option<u64>> {
    loaded();
    Ok(text.parse().ok())
}

fn some(bytes: &[u8]) -> bool {
    !bytes.is_empty()
}

#[cached(key = "picked-by-slice:<text>", ttl = 300, store_if = some)]
async fn picked_by_slice(text: &str) -> Vec<u8> {
    loaded();
    text.bytes().collect()
}

#[invalidates("replies:<ret>")]
async fn change(text: &str) -> anyhow::Result<u64> {
    Ok(text.parse()?)
}

macro_rules! loads {
    ($count:literal, $call:expr) => {{
        let before = LOADS.load(Ordering::Relaxed);
        let _ = ($call.await, $call.await);
        assert_eq!(
            LOADS.load(Ordering::Relaxed) - before,
            $count,
            "{}",
            stringify!($call)
        );
    }};
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    loads!(1, reply("1"));
    loads!(2, reply("0"));
    loads!(2, reply("x"));
    loads!(1, optional_reply("1"));
    loads!(2, optional_reply("0"));
    loads!(1, any_error("1"));
    loads!(2, any_error(""));
    loads!(2, option("x"));
    loads!(1, remembered("1"));
    loads!(1, remembered("x"));
    loads!(2, picked("1"));
    loads!(1, picked("10"));
    loads!(2, picked_by_path("1"));
    loads!(1, picked_by_path("10"));

    loads!(2, picked_by_slice(""));
    loads!(1, picked_by_slice("1"));

    loads!(0, reply("1"));
    assert!(change("1").await.is_ok());
    loads!(1, reply("1"));
    assert!(change("x").await.is_err());
    // It failed, so nobody knows what it changed.
    loads!(1, reply("1"));
}
