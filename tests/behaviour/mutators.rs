//! `#[invalidates]` keeps its word however the call ends.

use std::sync::Arc;

use cached_runtime::{Caches, Key, invalidates, policy};
use tokio::sync::Notify;

use crate::stage::{caches, settle};

#[derive(Clone)]
struct Mutators {
    caches: Caches,
    never: Arc<Notify>,
}

#[derive(Clone, Copy)]
enum End {
    Ok,
    Err,
    Panic,
}

struct Message {
    instance: u64,
}

impl Mutators {
    #[invalidates("rows:user:<user>*", "rows:instance:<ret.instance>", caches = self.caches)]
    async fn send(&self, user: u64, end: End) -> Result<Message, String> {
        match end {
            End::Ok => Ok(Message { instance: 7 }),
            End::Err => Err(String::from("unknown outcome"))?,
            #[expect(clippy::panic, reason = "the case under test")]
            End::Panic => panic!("after the commit"),
        }
    }

    #[invalidates("rows:user:<user>*", on = "ok", caches = self.caches)]
    async fn cautious(&self, user: u64, end: End) -> Result<(), String> {
        match end {
            End::Ok => return Ok(()),
            End::Err => Err(String::from("nothing happened")),
            #[expect(clippy::panic, reason = "the case under test")]
            End::Panic => panic!("before anything"),
        }
    }

    #[invalidates("rows:user:<user>*", caches = self.caches)]
    async fn hangs(&self, user: u64) {
        self.never.notified().await;
    }

    #[invalidates("rows:instance:<ret.instance>", caches = self.caches)]
    async fn maybe(&self, found: bool) -> Option<Arc<Message>> {
        found.then(|| Arc::new(Message { instance: 7 }))
    }

    #[invalidates("rows:user:<user>*", caches = self.caches)]
    #[invalidates("rows:instance:<instance>", caches = self.caches)]
    async fn twice(&self, user: u64, instance: u64) -> u64 {
        user + instance
    }

    #[invalidates("rows:user:<name>*", caches = self.caches)]
    async fn takes(&self, name: String) -> String {
        name
    }
}

const ROWS: [&str; 4] = [
    "rows:user:1:open",
    "rows:user:2:open",
    "rows:instance:7",
    "rows:instance:8",
];

fn stage() -> Mutators {
    let (caches, _) = caches();
    for key in ROWS {
        caches
            .cache("rows")
            .insert(&Key::parse(key).unwrap(), 1_u8, &policy::QUERY);
    }
    Mutators {
        caches,
        never: Arc::default(),
    }
}

impl Mutators {
    fn left(&self) -> Vec<&'static str> {
        let rows = self.caches.cache("rows");
        ROWS.into_iter()
            .filter(|key| rows.get::<u8>(&Key::parse(key).unwrap()).is_some())
            .collect()
    }
}

#[tokio::test]
async fn success_clears_exactly_what_it_names() {
    let service = stage();
    assert_eq!(service.send(1, End::Ok).await.unwrap().instance, 7);
    assert_eq!(service.left(), ["rows:user:2:open", "rows:instance:8"]);
}

#[tokio::test]
async fn an_error_clears_too_and_widens_what_the_answer_would_have_named() {
    let service = stage();
    assert!(service.send(1, End::Err).await.is_err());
    assert_eq!(service.left(), ["rows:user:2:open"]);
}

#[tokio::test]
async fn a_panic_clears_too() {
    let service = stage();
    let panicking = service.clone();
    let end = tokio::spawn(async move { panicking.send(1, End::Panic).await.is_ok() }).await;
    assert!(end.unwrap_err().is_panic());
    assert_eq!(service.left(), ["rows:user:2:open"]);
}

#[tokio::test]
async fn a_dropped_call_clears_too_once_it_has_begun() {
    let service = stage();
    drop(service.hangs(1));
    assert_eq!(service.left().len(), 4, "the body has not begun");

    let hanging = service.clone();
    let call = tokio::spawn(async move { hanging.hangs(1).await });
    settle().await;
    assert_eq!(
        service.left().len(),
        4,
        "nothing is invalidated before the end"
    );
    call.abort();
    settle().await;
    assert_eq!(
        service.left(),
        ["rows:user:2:open", "rows:instance:7", "rows:instance:8"]
    );
}

#[tokio::test]
async fn on_ok_clears_after_success_only() {
    let service = stage();
    assert!(service.cautious(1, End::Err).await.is_err());
    assert_eq!(service.left().len(), 4);
    let panicking = service.clone();
    tokio::spawn(async move { panicking.cautious(1, End::Panic).await })
        .await
        .unwrap_err();
    assert_eq!(service.left().len(), 4);
    service.cautious(1, End::Ok).await.unwrap();
    assert_eq!(service.left().len(), 3);
}

#[tokio::test]
async fn absence_widens() {
    let service = stage();
    assert!(service.maybe(true).await.is_some());
    assert_eq!(
        service.left(),
        ["rows:user:1:open", "rows:user:2:open", "rows:instance:8"]
    );
    assert!(service.maybe(false).await.is_none());
    assert_eq!(service.left(), ["rows:user:1:open", "rows:user:2:open"]);
}

#[tokio::test]
async fn several_attributes_add_up() {
    let service = stage();
    assert_eq!(service.twice(1, 8).await, 9);
    assert_eq!(service.left(), ["rows:user:2:open", "rows:instance:7"]);
}

#[tokio::test]
async fn the_body_may_take_its_arguments() {
    let service = stage();
    assert_eq!(service.takes(String::from("2")).await, "2");
    assert_eq!(
        service.left(),
        ["rows:user:1:open", "rows:instance:7", "rows:instance:8"]
    );
}
