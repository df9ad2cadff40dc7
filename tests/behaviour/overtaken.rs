//! Loads of every kind, each overtaken by every kind of change: what such a load brings is stored nowhere.

use cached_runtime::{
    Cache, Caches, ManualClock, Policy, invalidates, key, policy, reload, shape::Plain,
};
use tokio::task::JoinHandle;

use crate::stage::{AHEAD, Begun, SIE, SWR, Source, TTL, caches, gated, now, seconds, settle};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// Nothing was there.
    First,
    /// A follower has taken a load over whose leader has left.
    TakenOver,
    /// The entry was past its time.
    Again,
    /// The entry was kept for errors.
    Spare,
    /// An old answer is handed out meanwhile.
    Stale,
    Ahead,
    StaleInBackground,
    AheadInBackground,
    /// Called for by `reload`, with an answer there.
    Reload,
}

const KINDS: [Kind; 9] = [
    Kind::First,
    Kind::TakenOver,
    Kind::Again,
    Kind::Spare,
    Kind::Stale,
    Kind::Ahead,
    Kind::StaleInBackground,
    Kind::AheadInBackground,
    Kind::Reload,
];

/// What can come over the row of user 1, status open, which has the tag `tenant:7`.
const CHANGES: [&str; 14] = [
    "remove",
    "key",
    "at or below",
    "below",
    "middle",
    "text",
    "clear",
    "clear all",
    "tag",
    "tags below",
    "mutator",
    "expire",
    "expire below",
    "insert",
];

#[derive(Clone)]
struct Row {
    caches: Caches,
    cache: Cache,
    clock: ManualClock,
    source: Source,
    policy: Policy,
}

impl Row {
    fn new(kind: Kind) -> (Self, Begun) {
        let (caches, clock) = caches();
        let (source, begun) = Source::new();
        let policy = match kind {
            Kind::First | Kind::TakenOver | Kind::Again | Kind::Reload => TTL,
            Kind::Spare => SIE,
            Kind::Stale | Kind::StaleInBackground => SWR,
            Kind::Ahead | Kind::AheadInBackground => AHEAD,
        };
        let row = Self {
            cache: caches.cache("rows"),
            caches,
            clock,
            source,
            policy,
        };
        (row, begun)
    }

    async fn read(&self) -> usize {
        let lookup =
            self.cache
                .look_up(Plain::new(), &key!("rows:user:1:status:open"), &self.policy);
        lookup
            .tagged(key!("tenant:7"))
            .load(self.source.read())
            .await
    }

    async fn read_in_background(&self) -> usize {
        let source = self.source.clone();
        let lookup =
            self.cache
                .look_up(Plain::new(), &key!("rows:user:1:status:open"), &self.policy);
        let load = async move { source.read().await };
        lookup
            .tagged(key!("tenant:7"))
            .load_in_background(|_| true, load)
            .await
    }

    fn stored(&self) -> Option<usize> {
        self.cache.get(&key!("rows:user:1:status:open"))
    }

    fn spawn(&self) -> JoinHandle<usize> {
        let this = self.clone();
        tokio::spawn(async move { this.read().await })
    }

    /// Begins a load of this kind, and waits until it has read the source.
    async fn begin(&self, kind: Kind, begun: &mut Begun) -> JoinHandle<usize> {
        let age = match kind {
            Kind::First | Kind::TakenOver => None,
            Kind::Reload => Some(0),
            Kind::Ahead | Kind::AheadInBackground => Some(50),
            Kind::Again | Kind::Spare | Kind::Stale | Kind::StaleInBackground => Some(70),
        };
        if let Some(age) = age {
            self.source.let_go(1);
            self.read().await;
            begun.next().await;
            self.clock.advance(seconds(age));
        }
        self.source.set(1);
        let first = (kind == Kind::TakenOver).then(|| self.spawn());
        if first.is_some() {
            begun.next().await;
        }
        let this = self.clone();
        let loading = tokio::spawn(async move {
            match kind {
                Kind::StaleInBackground | Kind::AheadInBackground => {
                    this.read_in_background().await
                }
                Kind::Reload => reload(this.read()).await,
                _ => this.read().await,
            }
        });
        if let Some(first) = first {
            settle().await;
            first.abort();
        }
        begun.next().await;
        loading
    }

    #[invalidates("rows:user:<user>*", caches = self.caches)]
    async fn write(&self, user: u64) {}

    async fn change(&self, how: &str) {
        let caches = &self.caches;
        match how {
            "remove" => self.cache.remove(&key!("rows:user:1:status:open")).await,
            "key" => caches.invalidate("rows:user:1:status:open").await.unwrap(),
            "at or below" => caches.invalidate("rows:user:1{,:*}").await.unwrap(),
            "below" => caches.invalidate("rows:user:*").await.unwrap(),
            "middle" => caches.invalidate("rows:user:*:status:open").await.unwrap(),
            "text" => caches.invalidate("rows:us*").await.unwrap(),
            "clear" => self.cache.clear().await,
            "clear all" => caches.clear().await,
            "tag" => caches.invalidate_tag("tenant:7").await.unwrap(),
            "tags below" => caches.invalidate_tag("tenant:*").await.unwrap(),
            "mutator" => self.write(1).await,
            "expire" => self.cache.expire(&key!("rows:user:1:status:open")).await,
            "expire below" => caches.expire("rows:user:*").await.unwrap(),
            "insert" => {
                self.cache
                    .insert(&key!("rows:user:1:status:open"), 2_usize, &policy::QUERY);
            }
            other => unreachable!("{other}"),
        }
    }
}

#[tokio::test]
async fn what_an_overtaken_load_brings_is_stored_nowhere() {
    for kind in KINDS {
        for change in CHANGES {
            let case = format!("{kind:?}, {change}");
            let (row, mut begun) = Row::new(kind);
            let loading = row.begin(kind, &mut begun).await;
            row.source.set(2);
            row.change(change).await;
            let inserted = (change == "insert").then_some(2);
            assert_eq!(row.stored(), inserted, "at once: {case}");

            // Whoever comes now neither waits for that load nor takes the old answer.
            let reader = row.spawn();
            if inserted.is_none() {
                begun.next().await;
            }
            row.source.let_go(1);
            assert!(loading.await.unwrap() < 2, "it was waiting before: {case}");
            settle().await;
            assert_eq!(row.stored(), inserted, "when that load is back: {case}");

            row.source.let_go(1);
            assert_eq!(reader.await.unwrap(), 2, "{case}");
            assert_eq!(row.stored(), Some(2), "{case}");
        }
    }
}

/// The same with the later load back first.
#[tokio::test]
async fn an_overtaken_load_that_comes_back_last_replaces_nothing() {
    for change in CHANGES {
        let (row, _begun) = Row::new(Kind::First);
        let key = key!("rows:user:1:status:open");
        let load = |value: usize| {
            let (load, gate) = gated(value);
            let lookup = row.cache.look_up(Plain::new(), &key, &row.policy);
            (
                tokio::spawn(lookup.tagged(key!("tenant:7")).load(load)),
                gate,
            )
        };
        let (old, mut old_gate) = load(1);
        old_gate.begun().await;
        row.change(change).await;
        if change != "insert" {
            let (new, mut new_gate) = load(2);
            new_gate.begun().await;
            new_gate.let_go();
            assert_eq!(new.await.unwrap(), 2, "{change}");
        }
        old_gate.let_go();
        assert_eq!(old.await.unwrap(), 1, "it was waiting before: {change}");
        assert_eq!(row.stored(), Some(2), "{change}");
    }
}

/// Between the end of the body and the moment at which its answer is stored there is code of the user's, which takes time.
#[tokio::test]
async fn a_change_between_body_and_storing_counts() {
    for change in CHANGES {
        let (row, _begun) = Row::new(Kind::First);
        let key = key!("rows:user:1:status:open");
        let lookup = row.cache.look_up(Plain::new(), &key, &row.policy);
        let overtaken = |_: &usize| {
            now(row.change(change));
            true
        };
        let load = lookup
            .tagged(key!("tenant:7"))
            .load_if(overtaken, async { 1 });
        assert_eq!(load.await, 1, "{change}");
        assert_eq!(row.stored(), (change == "insert").then_some(2), "{change}");
    }
}

#[tokio::test]
async fn what_a_reload_has_brought_outlasts_loads_that_began_before_it() {
    for kind in [
        Kind::First,
        Kind::Stale,
        Kind::StaleInBackground,
        Kind::Ahead,
        Kind::AheadInBackground,
    ] {
        let (row, mut begun) = Row::new(kind);
        let older = row.begin(kind, &mut begun).await;
        let key = key!("rows:user:1:status:open");
        let reloaded = reload(async {
            let lookup = row.cache.look_up(Plain::new(), &key, &row.policy);
            lookup.load(async { 2_usize }).await
        });
        assert_eq!(reloaded.await, 2);
        assert_eq!(row.stored(), Some(2), "{kind:?}");
        row.source.let_go(1);
        assert!(older.await.unwrap() < 2);
        settle().await;
        assert_eq!(row.stored(), Some(2), "{kind:?}");
    }
}

#[tokio::test]
async fn of_fifty_loads_each_overtaken_by_an_invalidation_none_is_stored() {
    let (row, mut begun) = Row::new(Kind::First);
    let mut loads = Vec::new();
    for round in 0..50 {
        row.source.set(round);
        loads.push(row.spawn());
        begun.next().await;
        row.change(CHANGES[round % 11]).await;
    }
    row.source.set(50);
    let last = row.spawn();
    begun.next().await;
    row.source.let_go(51);
    for (round, load) in loads.into_iter().enumerate() {
        assert_eq!(load.await.unwrap(), round, "each has led a load of its own");
    }
    assert_eq!(last.await.unwrap(), 50);
    assert_eq!(row.stored(), Some(50));
    let stats = row.cache.stats();
    assert_eq!((stats.loads, stats.discarded_loads), (51, 50));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_invalidations_at_once_leave_nothing_from_before_and_all_from_after() {
    let (row, mut begun) = Row::new(Kind::First);
    for round in 0..20 {
        row.source.set(2 * round);
        let before = row.spawn();
        begun.next().await;
        let together = std::sync::Arc::new(tokio::sync::Barrier::new(50));
        let changes: Vec<_> = (0..50)
            .map(|n| {
                let (row, together) = (row.clone(), together.clone());
                tokio::spawn(async move {
                    together.wait().await;
                    row.change(CHANGES[n % 11]).await;
                })
            })
            .collect();
        for change in changes {
            change.await.unwrap();
        }
        row.source.let_go(1);
        assert_eq!(before.await.unwrap(), 2 * round);
        assert_eq!(row.stored(), None, "round {round}");
        row.source.set(2 * round + 1);
        row.source.let_go(1);
        assert_eq!(row.read().await, 2 * round + 1);
        begun.next().await;
        assert_eq!(row.stored(), Some(2 * round + 1), "round {round}");
        row.change("clear").await;
    }
}

#[tokio::test]
async fn what_is_stored_after_a_change_is_not_reclaimed_with_what_was_there_before() {
    for change in ["below", "text", "clear", "tag"] {
        let (caches, _) =
            crate::stage::with_settings("rows", cached_runtime::Settings::new().capacity(100_000));
        let (source, _begun) = Source::new();
        let row = Row {
            cache: caches.cache("rows"),
            caches,
            clock: ManualClock::default(),
            source,
            policy: TTL,
        };
        let read = async |n: u64, value: u64| {
            let lookup = row
                .cache
                .look_up(Plain::new(), &key!("rows:user:<n>"), &policy::STATIC);
            lookup.tagged(key!("tenant:7")).load(async { value }).await
        };
        for n in 0..3_000 {
            read(n, 1).await;
        }
        row.change(change).await;
        for n in 0..3_000 {
            assert_eq!(read(n, 2).await, 2, "{change}");
            if n % 300 == 0 {
                settle().await;
            }
        }
        row.cache.run_pending_tasks();
        settle().await;
        assert_eq!(row.cache.stats().entries, 3_000, "{change}");
        for n in 0..3_000 {
            assert_eq!(read(n, 3).await, 2, "{change}");
        }
    }
}
