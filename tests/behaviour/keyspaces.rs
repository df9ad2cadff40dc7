//! Keys that are declared in one place, here and in a dependency, are what the same texts are.

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use cached_runtime::{
    Caches, Finding, Key, Kind, Pattern, audit, cached, invalidates, key, keyspace, pattern,
    updates,
};
use cached_tests_services::keys::{OrderId, orders};

keyspace! {
    /// What is cached about shelves.
    pub(crate) mod shelves {
        use std::borrow::Cow;

        use super::Room;

        /// One shelf.
        one(room: Room, name: &str) = "shelves:room:<room>:shelf:<name>";
        /// The books on it.
        books(room: Room, name: &str, page: u32) = "shelves:room:<room>:shelf:<name>:books:<page>";
        /// Between two letters.
        between(from: char, to: char) = "shelves:between:<from>?<to>";
        /// By what is written on them.
        label(label: Cow<'_, str>, maybe: Option<u8>) = "shelves:label:<label>:<maybe>";
        /// How many there are.
        count() = "shelves:count";
        // Two keys that only the type keeps apart.
        numbered(number: u64) = "shelves:by:<number>";
        newest() = "shelves:by:newest";
    }
}

/// A room, in the form of which it goes into keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room(u8);

impl cached_runtime::KeyPart for Room {
    fn write(&self, out: &mut cached_runtime::ValueWriter<'_>) {
        out.plain("r");
        self.0.write(out);
    }
}

#[derive(Debug)]
struct Moved {
    room: Room,
    name: String,
}

/// Every call of a body is one more.
struct Library {
    caches: Caches,
    loads: AtomicU64,
    room: u8,
}

impl AsRef<Caches> for Library {
    fn as_ref(&self) -> &Caches {
        &self.caches
    }
}

impl Library {
    fn new(room: u8) -> Self {
        Self {
            caches: Caches::builder().build().unwrap(),
            loads: AtomicU64::new(0),
            room,
        }
    }

    fn load(&self) -> u64 {
        self.loads.fetch_add(1, Ordering::Relaxed)
    }

    #[cached(key = shelves::one, ttl = 60, caches = self)]
    async fn one(&self, room: Room, name: &str) -> u64 {
        let _ = (room, name);
        self.load()
    }

    #[cached(key = "shelves:room:<room>:shelf:<name>", ttl = 60, caches = self)]
    async fn one_by_text(&self, room: Room, name: &str) -> u64 {
        let _ = (room, name);
        self.load()
    }

    #[cached(key = shelves::one(Room(self.room), title), ttl = 60, skip(trace), caches = self)]
    async fn own(&self, title: &Arc<str>, trace: u64) -> u64 {
        let _ = (title, trace);
        self.load()
    }

    #[cached(key = shelves::books, ttl = 60, caches = self)]
    async fn books(&self, room: Room, name: String, page: u32) -> u64 {
        let _ = (room, name, page);
        self.load()
    }

    #[cached(key = shelves::count, ttl = 60, caches = self)]
    async fn count(&self) -> u64 {
        self.load()
    }

    #[updates(key = shelves::one, ttl = 60, caches = self)]
    #[invalidates(shelves::count, shelves::books(room, name, ..), caches = self)]
    async fn paint(&self, room: Room, name: &str, colour: u64) -> u64 {
        let _ = (room, name);
        colour
    }

    #[invalidates(shelves::one(ret.room, &ret.name), shelves::books(<ret.room>, _, 2), caches = self)]
    async fn move_away(&self, to: Room) -> Result<Moved, String> {
        if to == Room(0) {
            return Err("there is no such room".to_owned());
        }
        Ok(Moved {
            room: to,
            name: "A".to_owned(),
        })
    }

    #[invalidates("shelves:room:<room>:*", "shelves:count", in = shelves, caches = self)]
    async fn clear(&self, room: Room) {
        let _ = room;
    }
}

#[async_trait]
trait Orders {
    async fn of_customer(&self, customer: u64, state: Option<&str>) -> u64;
    async fn ship(&self, order: &OrderId) -> u64;
}

#[async_trait]
impl Orders for Library {
    #[cached(key = orders::of_customer, ttl = 60, caches = self)]
    async fn of_customer(&self, customer: u64, state: Option<&str>) -> u64 {
        let _ = (customer, state);
        self.load()
    }

    #[invalidates(orders::of_customer(self.room.into(), ..), orders::one, caches = self)]
    async fn ship(&self, order: &OrderId) -> u64 {
        order.0
    }
}

const R1: Room = Room(1);

#[tokio::test]
async fn a_key_of_a_keyspace_is_the_same_entry_as_its_text() {
    let library = Library::new(0);
    assert_eq!(library.one(R1, "A").await, 0);
    assert_eq!(library.one(R1, "A").await, 0);
    assert_eq!(library.one_by_text(R1, "A").await, 0);
    assert_eq!(library.one(R1, "B").await, 1);
    assert_eq!(library.one(Room(2), "A").await, 2);

    let shelves = library.caches.cache("shelves");
    assert_eq!(shelves.get::<u64>(&shelves::one(R1, "B")), Some(1));
    let room = R1;
    let name = "B";
    assert_eq!(
        shelves.get::<u64>(&key!("shelves:room:<room>:shelf:<name>")),
        Some(1)
    );
}

#[tokio::test]
async fn values_fill_placeholders_of_other_names() {
    let library = Library::new(1);
    let a: Arc<str> = "A".into();
    assert_eq!(library.own(&a, 7).await, 0);
    assert_eq!(library.own(&a, 8).await, 0);
    assert_eq!(library.one(R1, "A").await, 0);
    assert_eq!(library.books(R1, "A".to_owned(), 1).await, 1);
    assert_eq!(library.books(R1, "A".to_owned(), 1).await, 1);
}

#[tokio::test]
async fn a_mutator_clears_what_its_keys_name_and_nothing_else() {
    let library = Library::new(0);
    library.one(R1, "A").await;
    library.books(R1, "A".to_owned(), 1).await;
    library.books(R1, "A".to_owned(), 2).await;
    library.books(R1, "B".to_owned(), 1).await;
    library.count().await;
    assert_eq!(library.loads.load(Ordering::Relaxed), 5);

    // The rest of the books of one shelf, the count, and the shelf itself, whose new value is kept.
    assert_eq!(library.paint(R1, "A", 77).await, 77);
    assert_eq!(library.one(R1, "A").await, 77);
    assert_eq!(library.books(R1, "B".to_owned(), 1).await, 3);
    assert_eq!(library.books(R1, "A".to_owned(), 1).await, 5);
    assert_eq!(library.books(R1, "A".to_owned(), 2).await, 6);
    assert_eq!(library.count().await, 7);
}

#[tokio::test]
async fn what_a_mutator_returns_fills_placeholders() {
    let library = Library::new(0);
    library.one(R1, "A").await;
    library.one(R1, "B").await;
    library.books(R1, "A".to_owned(), 2).await;
    library.books(R1, "B".to_owned(), 2).await;
    library.books(R1, "B".to_owned(), 3).await;
    library.books(Room(2), "B".to_owned(), 2).await;
    library.count().await;

    // Page 2 of every shelf in the room that was returned.
    assert!(library.move_away(R1).await.is_ok());
    assert_eq!(library.one(R1, "A").await, 7);
    assert_eq!(library.one(R1, "B").await, 1);
    assert_eq!(library.books(R1, "A".to_owned(), 2).await, 8);
    assert_eq!(library.books(R1, "B".to_owned(), 2).await, 9);
    assert_eq!(library.books(R1, "B".to_owned(), 3).await, 4);
    assert_eq!(library.books(Room(2), "B".to_owned(), 2).await, 5);

    // Nothing was returned, so what it would have named may be anything.
    assert!(library.move_away(Room(0)).await.is_err());
    assert_eq!(library.books(Room(2), "B".to_owned(), 2).await, 10);
    assert_eq!(library.one(R1, "B").await, 11);
    assert_eq!(library.count().await, 6);
}

#[tokio::test]
async fn texts_held_against_a_keyspace_clear_as_ever() {
    let library = Library::new(0);
    library.one(R1, "A").await;
    library.count().await;
    library.clear(R1).await;
    assert_eq!(library.one(R1, "A").await, 2);
    assert_eq!(library.count().await, 3);
}

#[tokio::test]
async fn a_keyspace_of_a_dependency_serves_under_async_trait() {
    let library = Library::new(3);
    assert_eq!(library.of_customer(3, Some("open")).await, 0);
    assert_eq!(library.of_customer(4, None).await, 1);
    let orders = library.caches.cache("orders");
    let policy = cached_runtime::policy::QUERY;
    orders.insert(&orders::one(OrderId(5)), 55_u64, &policy);
    orders.insert(&orders::one(OrderId(6)), 66_u64, &policy);

    assert_eq!(library.ship(&OrderId(5)).await, 5);
    assert_eq!(library.of_customer(3, Some("open")).await, 2);
    assert_eq!(library.of_customer(4, None).await, 1);
    assert_eq!(orders.get::<u64>(&orders::one(OrderId(5))), None);
    assert_eq!(orders.get::<u64>(&orders::one(OrderId(6))), Some(66));
}

#[test]
fn keys_by_hand_are_typed_functions() {
    let made: [(Key, &str); 7] = [
        (shelves::one(R1, "a:b"), "shelves:room:r1:shelf:a%3Ab"),
        (
            shelves::books(R1, "", 7),
            "shelves:room:r1:shelf:%_:books:7",
        ),
        (shelves::between('a', '?'), "shelves:between:a?%3F"),
        (
            shelves::label(Cow::Borrowed("x"), None),
            "shelves:label:x:%-",
        ),
        (shelves::count(), "shelves:count"),
        (shelves::numbered(5), "shelves:by:5"),
        (orders::one(OrderId(5)), "orders:one:o5"),
    ];
    for (key, text) in made {
        assert_eq!(key.as_str(), text);
    }
    assert_eq!(shelves::newest().as_str(), "shelves:by:newest");
}

#[test]
fn a_pattern_by_hand_is_what_its_key_leaves_open() {
    let name = "A".to_owned();
    let page = 3;
    let room = R1;
    let made: [(Pattern, &str); 11] = [
        (pattern!(shelves::one), "shelves:room:r1:shelf:A"),
        (pattern!(shelves::one(R1, &name)), "shelves:room:r1:shelf:A"),
        (pattern!(shelves::one(R1, ..)), "shelves:room:r1:shelf:*"),
        (pattern!(shelves::one(..)), "shelves:room:*"),
        (pattern!(shelves::one(_, name)), "shelves:room:*:shelf:A"),
        (
            pattern!(shelves::books(R1, _, 3)),
            "shelves:room:r1:shelf:*:books:3",
        ),
        (
            pattern!(shelves::books(R1, _, _)),
            "shelves:room:r1:shelf:*",
        ),
        (pattern!(shelves::between('a', ..)), "shelves:between:a?*"),
        (pattern!(shelves::between(..)), "shelves:between:*"),
        (pattern!(shelves::count), "shelves:count"),
        (
            pattern!(shelves::books(room, "B", page)),
            "shelves:room:r1:shelf:B:books:3",
        ),
    ];
    for (pattern, text) in made {
        assert_eq!(pattern.to_string(), text);
    }
}

#[test]
fn an_audit_sees_the_templates_and_patterns_of_keyspaces() {
    let audit = audit();
    let of_kind = |kind| audit.findings().iter().filter(move |it| it.kind() == kind);
    let mentioned = of_kind(Kind::DeadPattern).chain(of_kind(Kind::NeverInvalidated));
    let mentioned: Vec<_> = mentioned.map(Finding::subject).collect();
    // Clears orders that no method caches.
    assert!(mentioned.contains(&"orders:one:<order>"));
    // Everything else is cached, and cleared by something.
    let shelves: Vec<_> = mentioned
        .iter()
        .filter(|text| text.starts_with("shelves:") || text.starts_with("orders:customer"))
        .collect();
    assert!(shelves.is_empty(), "{shelves:?}");
}
