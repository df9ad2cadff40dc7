//! `#[invalidates]` keeps its word however the call ends.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use cached_runtime::{Caches, Key, cached, invalidates, policy};
use tokio::sync::Notify;

use crate::stage::{caches, poll_once, settle};

#[derive(Clone)]
struct Mutators {
    caches: Caches,
    other: Caches,
    loads: Arc<AtomicU64>,
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

/// A guard that is still at work in the source while it is dropped.
struct RollsBack(Mutators);

impl Drop for RollsBack {
    fn drop(&mut self) {
        assert_eq!(self.0.left().len(), 4, "invalidated before its end");
        self.0.loads.fetch_add(1, Relaxed);
    }
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

    #[invalidates("rows:user:<user>*", caches = self.caches)]
    async fn rolls_back(&self, user: u64) {
        let _transaction = RollsBack(self.clone());
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

    #[invalidates("rows:user:<user>*", caches = self.caches)]
    #[invalidates("rows:instance:<ret.instance>", on = "ok", caches = self.caches)]
    async fn cautious_last(&self, user: u64, end: End) -> Result<Message, String> {
        match end {
            End::Ok => Ok(Message { instance: 7 }),
            End::Err | End::Panic => Err(String::from("unknown outcome")),
        }
    }

    #[invalidates("rows:instance:<ret.instance>", on = "ok", caches = self.caches)]
    #[cached_runtime::invalidates("rows:user:<user>*", caches = self.caches)]
    async fn cautious_first(&self, user: u64, end: End) -> Result<Message, String> {
        match end {
            End::Ok => Ok(Message { instance: 7 }),
            End::Err | End::Panic => Err(String::from("unknown outcome")),
        }
    }

    #[invalidates("rows:user:<user>*", caches = self.caches)]
    #[invalidates("rows:instance:7", caches = self.other)]
    async fn elsewhere(&self, user: u64) {
        let _ = user;
    }

    #[cached(key = "tagged:<id>", ttl = 60, tags("team:<team>", "kind:odd"), skip(team), caches = self.caches)]
    async fn tagged(&self, id: u64, team: u64) -> u64 {
        self.loads.fetch_add(1, Relaxed);
        id + team
    }

    #[invalidates(tags("team:<team>"), caches = self.caches)]
    async fn leaves(&self, team: u64) -> u64 {
        team
    }

    #[invalidates(tags("kind:*", "team:<ret>"), on = "ok", caches = self.caches)]
    async fn ends(&self, team: Result<u64, String>) -> Result<u64, String> {
        team
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
        other: self::caches().0,
        loads: Arc::default(),
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
async fn a_dropped_call_clears_after_its_body_is_dropped() {
    let service = stage();
    {
        let mut call = Box::pin(service.rolls_back(1));
        assert!(poll_once(call.as_mut()).await.is_none());
    }
    assert_eq!(service.loads.load(Relaxed), 1);
    assert_eq!(service.left().len(), 3);
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

#[tokio::test]
async fn each_of_several_attributes_keeps_its_own_condition_in_any_order() {
    for first in [true, false] {
        let call = async |service: &Mutators, end| {
            if first {
                service.cautious_first(1, end).await.is_ok()
            } else {
                service.cautious_last(1, end).await.is_ok()
            }
        };
        let service = stage();
        assert!(call(&service, End::Ok).await);
        assert_eq!(service.left(), ["rows:user:2:open", "rows:instance:8"]);

        let service = stage();
        assert!(!call(&service, End::Err).await);
        assert_eq!(
            service.left(),
            ["rows:user:2:open", "rows:instance:7", "rows:instance:8"]
        );
    }
}

#[tokio::test]
async fn an_attribute_for_other_caches_clears_these() {
    let service = stage();
    let key = Key::parse("rows:instance:7").unwrap();
    service
        .other
        .cache("rows")
        .insert(&key, 1_u8, &policy::QUERY);
    service.elsewhere(1).await;
    assert_eq!(
        service.left(),
        ["rows:user:2:open", "rows:instance:7", "rows:instance:8"]
    );
    assert_eq!(service.other.cache("rows").get::<u8>(&key), None);
}

#[tokio::test]
async fn tags_of_a_mutator_clear_what_has_them() {
    let service = stage();
    let loads = async |count| {
        for (id, team) in [(1, 7), (2, 7), (3, 8)] {
            assert_eq!(service.tagged(id, team).await, id + team);
        }
        assert_eq!(service.loads.swap(0, Relaxed), count);
    };
    loads(3).await;
    loads(0).await;
    assert_eq!(service.leaves(7).await, 7);
    loads(2).await;
    assert_eq!(service.leaves(9).await, 9);
    loads(0).await;
    assert!(
        service
            .ends(Err("nothing happened".to_owned()))
            .await
            .is_err()
    );
    loads(0).await;
    assert!(service.ends(Ok(9)).await.is_ok());
    loads(3).await;
    assert_eq!(service.left(), ROWS);
}
