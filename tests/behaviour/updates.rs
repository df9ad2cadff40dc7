//! `#[updates]` stores what a mutator returned, unless anybody else touched its key meanwhile.

use std::{cell::Cell, fmt, sync::Arc, time::Duration};

use cached_runtime::{
    Caches, Key, Settings, WriteBehind, cached, invalidates, key, pattern, policy, reload, updates,
};
use tokio::{sync::Semaphore, task::JoinHandle};

use crate::stage::{Rows, caches, now, poll_once, seconds, settle, with_settings};

#[derive(Clone, Debug, PartialEq)]
struct User {
    name: String,
}

/// Users whose mutators wait inside until they are let go.
#[derive(Clone)]
struct Users {
    caches: Caches,
    go: Arc<Semaphore>,
}

impl Users {
    fn new(caches: Caches) -> Self {
        let go = Arc::new(Semaphore::new(100));
        Self { caches, go }
    }

    fn waiting(caches: Caches) -> Self {
        let go = Arc::new(Semaphore::new(0));
        Self { caches, go }
    }

    #[updates(key = "users:<id>", ttl = "10s", caches = self.caches)]
    async fn rename(&self, id: u64, name: &str) -> User {
        self.go.acquire().await.unwrap().forget();
        User { name: name.into() }
    }

    /// Where it fails it has done its work all the same.
    #[updates(key = "users:<id>", ttl = "10s", caches = self.caches)]
    async fn may_fail(&self, id: u64, found: Result<bool, String>) -> Result<Option<User>, String> {
        let name = String::from("new");
        Ok(found?.then_some(User { name }))
    }

    #[updates(key = "users:<id>", ttl = "10s", caches = self.caches)]
    async fn panics(&self, id: u64, name: Panicking) -> Panicking {
        name
    }

    #[invalidates("users:<id>*", "lists:*", caches = self.caches)]
    #[updates(key = "users:<id>", ttl = "10s", caches = self.caches)]
    async fn invalidates_first(&self, id: u64) -> User {
        User { name: "new".into() }
    }

    #[updates(key = "users:<id>", ttl = "10s", caches = self.caches)]
    #[invalidates("users:<id>*", "lists:*", caches = self.caches)]
    async fn updates_first(&self, id: u64) -> User {
        User { name: "new".into() }
    }

    #[updates(key = "users:<id>", ttl = "10s", caches = self.caches)]
    #[updates(key = "profiles:<id>", ttl = "20s", caches = self.caches)]
    async fn in_two_places(&self, id: u64) -> User {
        User { name: "new".into() }
    }

    #[updates(key = "users:<id>", ttl = "10s", caches = self.caches)]
    #[invalidates("lists:*", on = "ok", caches = self.caches)]
    async fn lists_on_ok(&self, id: u64, ok: bool) -> Result<User, String> {
        ok.then(|| User { name: "new".into() })
            .ok_or_else(|| String::from("no"))
    }

    #[updates(key = "users:<id>", ttl = "10s", caches = self.caches)]
    async fn calls_another(&self, id: u64) -> User {
        self.touch(id).await;
        User { name: "new".into() }
    }

    #[invalidates("users:<id>", caches = self.caches)]
    async fn touch(&self, id: u64) {}

    #[updates(key = "users:<id>:of:<team>", ttl = "10s", caches = self.caches)]
    async fn unprintable(&self, id: Broken, team: u64) -> User {
        User { name: "new".into() }
    }

    fn spawn(&self, name: &'static str) -> JoinHandle<User> {
        let this = self.clone();
        tokio::spawn(async move { this.rename(1, name).await })
    }

    fn insert(&self, key: &str, name: &str) {
        let (key, name) = (Key::parse(key).unwrap(), name.to_owned());
        self.caches
            .cache("users")
            .insert(&key, User { name }, &policy::QUERY);
    }

    fn cached(&self, key: &str) -> Option<String> {
        let key = Key::parse(key).unwrap();
        let user = self.caches.cache("users").get::<User>(&key);
        user.map(|user| user.name)
    }
}

struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}

#[derive(Debug)]
struct Panicking;

impl Clone for Panicking {
    #[expect(clippy::panic, reason = "the case under test")]
    fn clone(&self) -> Self {
        panic!("while the value is copied")
    }
}

#[tokio::test]
async fn the_returned_value_is_stored_for_its_own_ttl() {
    let (caches, clock) = caches();
    let users = Users::new(caches);
    users.insert("users:1", "old");
    users.rename(1, "new").await;
    assert_eq!(users.cached("users:1").unwrap(), "new");
    clock.advance(seconds(9));
    assert!(users.cached("users:1").is_some());
    clock.advance(seconds(1));
    assert_eq!(users.cached("users:1"), None);
}

#[tokio::test]
async fn the_operators_ttl_overrides_the_attributes() {
    let settings = Settings::new().ttl(Duration::from_secs(2));
    let (caches, clock) = with_settings("users", settings);
    let users = Users::new(caches);
    users.rename(1, "new").await;
    clock.advance(seconds(2));
    assert_eq!(users.cached("users:1"), None);
}

#[tokio::test]
async fn where_there_is_no_value_the_key_is_invalidated_only() {
    let (caches, _) = caches();
    let users = Users::new(caches);
    for found in [Ok(true), Ok(false), Err(String::from("unknown outcome"))] {
        users.insert("users:1", "old");
        users.insert("users:12", "another");
        let answer = users.may_fail(1, found).await;
        let stored = answer.ok().flatten().map(|user| user.name);
        assert_eq!(users.cached("users:1"), stored);
        assert_eq!(users.cached("users:12").unwrap(), "another");
    }
}

#[tokio::test]
async fn a_copy_that_panics_leaves_nothing() {
    let (caches, _) = caches();
    let users = Users::new(caches);
    users.insert("users:1", "old");
    let panicking = users.clone();
    let end = tokio::spawn(async move { panicking.panics(1, Panicking).await }).await;
    assert!(end.unwrap_err().is_panic());
    assert_eq!(users.cached("users:1"), None);
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_nothing() {
    let (caches, _) = caches();
    let users = Users::waiting(caches);
    users.insert("users:1", "old");
    drop(users.rename(1, "new"));
    assert!(users.cached("users:1").is_some(), "the body has not begun");
    let call = users.spawn("new");
    settle().await;
    assert!(users.cached("users:1").is_some(), "it is under way");
    call.abort();
    settle().await;
    assert_eq!(users.cached("users:1"), None);
}

#[tokio::test]
async fn the_order_of_the_attributes_does_not_matter() {
    let (caches, _) = caches();
    let users = Users::new(caches.clone());
    let lists = caches.cache("lists");
    for updates_first in [false, true] {
        users.insert("users:1", "old");
        users.insert("users:1:profile", "old");
        lists.insert(&key!("lists:1"), 1, &policy::QUERY);
        if updates_first {
            users.updates_first(1).await;
        } else {
            users.invalidates_first(1).await;
        }
        assert_eq!(users.cached("users:1").unwrap(), "new");
        assert_eq!(users.cached("users:1:profile"), None);
        assert_eq!(lists.get::<i32>(&key!("lists:1")), None);
    }
}

#[tokio::test]
async fn one_call_can_update_several_keys() {
    let (caches, clock) = caches();
    let users = Users::new(caches);
    users.in_two_places(1).await;
    assert!(users.cached("users:1").is_some() && users.cached("profiles:1").is_some());
    clock.advance(seconds(10));
    assert!(users.cached("users:1").is_none() && users.cached("profiles:1").is_some());
}

#[tokio::test]
async fn on_ok_is_for_the_invalidations_it_was_written_for() {
    let (caches, _) = caches();
    let users = Users::new(caches.clone());
    users.insert("users:1", "old");
    let lists = caches.cache("lists");
    lists.insert(&key!("lists:1"), 1, &policy::QUERY);
    users.lists_on_ok(1, false).await.unwrap_err();
    assert_eq!(users.cached("users:1"), None, "the key goes in any case");
    assert!(lists.get::<i32>(&key!("lists:1")).is_some());
    users.lists_on_ok(1, true).await.unwrap();
    assert!(users.cached("users:1").is_some());
    assert!(lists.get::<i32>(&key!("lists:1")).is_none());
}

#[tokio::test]
async fn whoever_touches_the_key_meanwhile_prevents_the_storing() {
    type Touch = fn(&Users);
    let touches: [(&str, Touch); 6] = [
        ("nobody", |_| ()),
        ("the key", |users| {
            now(users.caches.cache("users").remove(&key!("users:1")));
        }),
        ("a pattern", |users| {
            now(users.caches.invalidate(pattern!("users:*"))).unwrap();
        }),
        ("everything", |users| now(users.caches.clear())),
        ("an insertion", |users| users.insert("users:1", "inserted")),
        ("past its time", |users| {
            now(users.caches.expire("users:*")).unwrap();
        }),
    ];
    for (who, touch) in touches {
        let (caches, _) = caches();
        let users = Users::waiting(caches);
        let call = users.spawn("new");
        settle().await;
        touch(&users);
        users.go.add_permits(1);
        assert_eq!(call.await.unwrap().name, "new");
        let stored = (who == "nobody").then(|| String::from("new"));
        assert_eq!(users.cached("users:1"), stored, "{who}");
    }
}

#[tokio::test]
async fn what_is_invalidated_beside_the_key_does_not_prevent_it() {
    let (caches, _) = caches();
    let users = Users::waiting(caches.clone());
    let call = users.spawn("new");
    settle().await;
    caches.invalidate("users:2*").await.unwrap();
    caches.cache("lists").clear().await;
    users.go.add_permits(1);
    call.await.unwrap();
    assert!(users.cached("users:1").is_some());
}

#[tokio::test]
async fn two_that_overlap_leave_no_value() {
    for first_ends_first in [true, false] {
        let (caches, _) = caches();
        let (one, two) = (Users::waiting(caches.clone()), Users::waiting(caches));
        let mut calls = vec![(one.spawn("one"), &one)];
        settle().await;
        calls.push((two.spawn("two"), &two));
        settle().await;
        if !first_ends_first {
            calls.reverse();
        }
        for (call, users) in calls {
            users.go.add_permits(1);
            call.await.unwrap();
        }
        assert_eq!(one.cached("users:1"), None);
        one.go.add_permits(1);
        one.rename(1, "three").await;
        assert_eq!(one.cached("users:1").unwrap(), "three");
    }
}

#[tokio::test]
async fn a_body_that_touches_the_key_itself_prevents_it() {
    let (caches, _) = caches();
    let users = Users::new(caches);
    users.calls_another(1).await;
    assert_eq!(users.cached("users:1"), None);
}

impl Rows {
    #[updates(key = "rows:user:<user>:status:<status>", ttl = "1m", caches = self.caches)]
    async fn set(&self, user: u64, status: &str, value: usize) -> usize {
        self.source.set(value);
        value
    }
}

#[tokio::test]
async fn a_load_that_began_before_does_not_replace_the_value() {
    for reloads in [false, true] {
        let (caches, _) = caches();
        let (rows, mut begun) = Rows::new(&caches);
        let reader = rows.clone();
        let load = tokio::spawn(async move {
            if reloads {
                reload(reader.row(1, "open")).await
            } else {
                reader.row(1, "open").await
            }
        });
        begun.next().await;
        rows.set(1, "open", 7).await;
        rows.source.let_go(1);
        assert_eq!(load.await.unwrap(), 0, "it was waiting already");
        assert_eq!(rows.row(1, "open").await, 7);
        assert_eq!(rows.source.loads(), 1, "and that was a hit");
    }
}

#[tokio::test]
async fn a_load_that_began_afterwards_replaces_the_value() {
    let (caches, _) = caches();
    let (rows, _begun) = Rows::new(&caches);
    rows.source.let_go(1);
    rows.set(1, "open", 7).await;
    rows.source.set(8);
    assert_eq!(reload(rows.row(1, "open")).await, 8);
    assert_eq!(rows.row(1, "open").await, 8);
}

#[tokio::test]
async fn a_cache_that_is_off_stores_nothing() {
    let (caches, _) = caches();
    let users = Users::waiting(caches.clone());
    users.insert("users:1", "old");
    let call = users.spawn("new");
    settle().await;
    caches.cache("users").set_enabled(false);
    users.go.add_permits(1);
    call.await.unwrap();
    caches.cache("users").set_enabled(true);
    assert_eq!(users.cached("users:1"), None);
}

/// The source will have that value in the end, whatever the mutator has written.
#[tokio::test]
async fn a_value_that_waits_to_be_written_behind_is_not_covered() {
    for accepted_before in [true, false] {
        let (caches, _) = caches();
        let users = Users::waiting(caches.clone());
        let sink = |_: Vec<(Key, User)>| async { Ok::<_, std::convert::Infallible>(()) };
        let behind = WriteBehind::builder(&caches, policy::QUERY, sink)
            .build()
            .unwrap();
        let pending = User {
            name: "pending".into(),
        };
        if accepted_before {
            behind
                .write(&key!("users:1"), pending.clone())
                .await
                .unwrap();
        }
        let mut call = Box::pin(users.rename(1, "new"));
        assert!(poll_once(call.as_mut()).await.is_none());
        if !accepted_before {
            behind.write(&key!("users:1"), pending).await.unwrap();
        }
        behind.flush().await;
        users.go.add_permits(1);
        call.await;
        assert_ne!(users.cached("users:1").as_deref(), Some("new"));
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_written_widens_what_is_invalidated() {
    let (caches, _) = caches();
    let users = Users::new(caches);
    for key in ["users:1:of:7", "users:2:of:8", "users:1", "users:1:of:7:x"] {
        users.insert(key, "old");
    }
    users.unprintable(Broken, 7).await;
    assert_eq!(users.cached("users:1:of:7"), None);
    assert!(users.cached("users:1").is_some());
}

/// Tagged rows.
struct Tagged {
    caches: Caches,
    name: Cell<&'static str>,
}

impl Tagged {
    #[cached(key = "documents:<id>", ttl = "1m", skip(tenant), tags("tenant:<tenant>"), caches = self.caches)]
    async fn read(&self, id: u64, tenant: u64) -> String {
        self.name.get().to_owned()
    }

    #[updates(key = "documents:<row>", ttl = "1m", tags("tenant:<of>"), caches = self.caches)]
    async fn update(&self, row: u64, of: u64) -> String {
        self.name.get().to_owned()
    }

    #[updates(key = "documents:<row>", ttl = "1m", caches = self.caches)]
    async fn forgets_the_tag(&self, row: u64) -> String {
        self.name.get().to_owned()
    }

    #[updates(key = "documents:<row>", ttl = "1m", tags("tenant:<of>"), caches = self.caches)]
    async fn unprintable_tag(&self, row: u64, of: Broken) -> String {
        self.name.get().to_owned()
    }

    #[updates(key = "documents:<row>", ttl = "1m", tags("tenant:<of>"), caches = self.caches)]
    async fn meets_another(&self, row: u64, of: u64) -> String {
        self.caches.invalidate_tag("tenant:*").await.unwrap();
        self.name.get().to_owned()
    }
}

#[tokio::test]
async fn a_value_has_the_tags_of_its_attribute() {
    let (caches, _) = caches();
    let tagged = Tagged {
        caches: caches.clone(),
        name: Cell::new("one"),
    };
    let stored = || {
        caches
            .cache("documents")
            .get::<String>(&key!("documents:1"))
    };
    tagged.update(1, 7).await;
    assert_eq!(stored().unwrap(), "one");
    caches.invalidate_tag("tenant:8").await.unwrap();
    assert!(stored().is_some());
    caches.invalidate_tag("tenant:7").await.unwrap();
    assert_eq!(stored(), None);

    tagged.meets_another(1, 7).await;
    assert_eq!(stored(), None, "an invalidation of the tag counts too");
    tagged.unprintable_tag(1, Broken).await;
    assert_eq!(stored(), None, "nobody could find it by its tag");
}

#[tokio::test]
async fn without_the_tags_of_the_cached_method_nothing_is_stored() {
    let (caches, _) = caches();
    let tagged = Tagged {
        caches: caches.clone(),
        name: Cell::new("one"),
    };
    assert_eq!(tagged.read(1, 7).await, "one");
    tagged.name.set("two");
    tagged.forgets_the_tag(1).await;
    let stored = caches
        .cache("documents")
        .get::<String>(&key!("documents:1"));
    assert_eq!(stored, None);
}
