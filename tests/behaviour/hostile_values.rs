//! Values that look like separators, wildcards or other values: each has an entry of its own, and an invalidation that
//! names it reaches nothing else.

use std::sync::atomic::{AtomicUsize, Ordering};

use cached_runtime::{Caches, Policy, cached, invalidates, key, pattern, shape::Plain};

use crate::stage::{caches, seconds};

const VALUES: [&str; 44] = [
    "",
    " ",
    "*",
    "**",
    "?",
    "[a]",
    "[a-z]",
    "[^a]",
    "\\",
    "\\*",
    "{}",
    "{a,b}",
    "{,:*}",
    "*{,:*}",
    ":",
    "::",
    ":*",
    "a",
    "a:b",
    "a:b:c",
    "b",
    "b:c",
    "c",
    "a*",
    "%",
    "%%",
    "%3A",
    "%2A",
    "%-",
    "%_",
    "%25",
    "None",
    "null",
    "1",
    "12",
    "<a>",
    "<ret.id>",
    "../..",
    "'; --",
    "\n",
    "\0",
    "é",
    "e\u{301}",
    "🦀\u{200d}\u{202e}",
];

struct Pairs {
    caches: Caches,
    loads: AtomicUsize,
}

impl Pairs {
    #[cached(key = "pairs:<a>:<b>", ttl = "1m", caches = self.caches)]
    async fn load(&self, a: &str, b: &str) -> usize {
        self.loads.fetch_add(1, Ordering::SeqCst)
    }

    #[invalidates("pairs:<a>*", caches = self.caches)]
    async fn change_all(&self, a: &str) {}

    #[invalidates("pairs:*:<b>", caches = self.caches)]
    async fn change_seconds(&self, b: &str) {}

    #[invalidates("pairs:<a>:<b>", caches = self.caches)]
    async fn change(&self, a: &str, b: &str) {}

    /// The pairs of [`VALUES`] that are not cached.
    fn gone(&self) -> Vec<(&'static str, &'static str)> {
        let pairs = self.caches.cache("pairs");
        let all = VALUES
            .iter()
            .flat_map(|a| VALUES.iter().map(move |b| (*a, *b)));
        all.filter(|(a, b)| pairs.get::<usize>(&key!("pairs:<a>:<b>")).is_none())
            .collect()
    }

    async fn fill(&self) {
        for (a, b) in self.gone() {
            self.load(a, b).await;
        }
    }
}

fn pairs() -> Pairs {
    let (caches, _) = caches();
    Pairs {
        caches,
        loads: AtomicUsize::new(0),
    }
}

#[tokio::test]
async fn every_pair_of_values_has_an_entry_of_its_own() {
    let pairs = pairs();
    pairs.fill().await;
    let mut expected = 0..;
    for a in VALUES {
        for b in VALUES {
            assert_eq!(
                Some(pairs.load(a, b).await),
                expected.next(),
                "{a:?}, {b:?}"
            );
        }
    }
    let entries = pairs.caches.cache("pairs").stats().entries;
    assert_eq!(entries, (VALUES.len() * VALUES.len()) as u64);
}

#[tokio::test]
async fn an_invalidation_reaches_the_value_it_names_and_no_other() {
    let pairs = pairs();
    pairs.fill().await;
    for value in VALUES {
        pairs.change_all(value).await;
        assert_eq!(
            pairs.gone(),
            VALUES.map(|other| (value, other)),
            "{value:?}"
        );
        pairs.fill().await;
        pairs.change_seconds(value).await;
        assert_eq!(
            pairs.gone(),
            VALUES.map(|other| (other, value)),
            "{value:?}"
        );
        pairs.fill().await;
        pairs.change(value, "a:b").await;
        assert_eq!(pairs.gone(), [(value, "a:b")], "{value:?}");
        pairs.fill().await;
    }
}

#[tokio::test]
async fn a_tag_is_reached_by_the_value_it_was_made_of_and_no_other() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    let fill = async || {
        for tag in VALUES {
            let lookup = rows.look_up(Plain::new(), &key!("rows:<tag>"), &Policy::new(seconds(60)));
            lookup
                .tagged(key!("tagged:<tag>"))
                .load(async { 1_u8 })
                .await;
        }
    };
    for value in VALUES {
        fill().await;
        caches
            .invalidate_tag(pattern!("tagged:<value>"))
            .await
            .unwrap();
        for tag in VALUES {
            let there = rows.get::<u8>(&key!("rows:<tag>")).is_some();
            assert_eq!(there, tag != value, "{tag:?} after {value:?}");
        }
        fill().await;
        caches
            .invalidate_tag(pattern!("tagged:<value>*"))
            .await
            .unwrap();
        for tag in VALUES {
            let there = rows.get::<u8>(&key!("rows:<tag>")).is_some();
            assert_eq!(there, tag != value, "{tag:?} after {value:?} and below");
        }
    }
}

#[tokio::test]
async fn very_long_values_have_entries_of_their_own() {
    let pairs = pairs();
    let long = "x".repeat(10_000);
    let longer = format!("{long}y");
    assert_eq!(pairs.load(&long, "").await, 0);
    assert_eq!(pairs.load(&longer, "").await, 1);
    assert_eq!(pairs.load("", &long).await, 2);
    pairs.change_all(&long).await;
    assert_eq!(pairs.load(&longer, "").await, 1);
    assert_eq!(pairs.load("", &long).await, 2);
    assert_eq!(pairs.load(&long, "").await, 3);
}

#[tokio::test]
async fn caches_whose_names_start_alike_are_not_cleared_together() {
    let (caches, _) = caches();
    let all = ["users", "usersabc", "user", "users-of", "users.of"];
    let key = |cache: &str| cached_runtime::Key::parse(&format!("{cache}:1")).unwrap();
    for cleared in all {
        for name in all {
            caches
                .cache(name)
                .insert(&key(name), 1_u8, &Policy::new(seconds(60)));
        }
        for by_pattern in [true, false] {
            if by_pattern {
                caches.invalidate(format!("{cleared}:*")).await.unwrap();
            } else {
                caches.cache(cleared).clear().await;
            }
            for name in all {
                let there = caches.cache(name).get::<u8>(&key(name)).is_some();
                assert_eq!(there, name != cleared, "{name} after {cleared}");
            }
        }
    }
}

#[tokio::test]
async fn tag_patterns_from_outside_are_refused_as_key_patterns_are() {
    let (caches, _) = caches();
    for wrong in [
        "",
        "*",
        "te*",
        "tenant::7",
        "tenant:a b",
        "tenant:a*b",
        "tenant:**",
        "tenant:<id>",
        ":7",
        "tenant:",
    ] {
        assert!(caches.invalidate_tag(wrong).await.is_err(), "{wrong}");
        assert!(caches.expire(wrong).await.is_err(), "{wrong}");
    }
}
