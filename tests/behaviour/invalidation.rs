//! What a pattern clears, and what it leaves.

use cached_runtime::{Cache, Caches, Key, Policy, key, pattern, policy};

use crate::stage::{caches, seconds};

const ALL: [&str; 9] = [
    "rows:user",
    "rows:user:1",
    "rows:user:1:open",
    "rows:user:1:closed",
    "rows:user:12",
    "rows:user:12:open",
    "rows:users:1",
    "rows:group:1:open",
    "rows",
];

fn fill(caches: &Caches) -> Cache {
    let rows = caches.cache("rows");
    for key in ALL {
        rows.insert(&Key::parse(key).unwrap(), 1_u8, &policy::QUERY);
    }
    rows
}

async fn cleared_by(pattern: &str) -> Vec<&'static str> {
    let (caches, _) = caches();
    let rows = fill(&caches);
    caches.invalidate(pattern).await.unwrap();
    let cleared = ALL
        .into_iter()
        .filter(|key| rows.get::<u8>(&Key::parse(key).unwrap()).is_none())
        .collect::<Vec<_>>();
    let stats = rows.stats();
    assert_eq!(
        stats.entries,
        (ALL.len() - cleared.len()) as u64,
        "memory is given back"
    );
    assert_eq!(stats.invalidations, 1);
    cleared
}

#[tokio::test]
async fn patterns_clear_what_they_name_and_nothing_else() {
    for (pattern, cleared) in [
        ("rows:user:1", vec!["rows:user:1"]),
        (
            "rows:user:1{,:*}",
            vec!["rows:user:1", "rows:user:1:open", "rows:user:1:closed"],
        ),
        (
            "rows:user:1:*",
            vec!["rows:user:1:open", "rows:user:1:closed"],
        ),
        (
            "rows:user:1*",
            vec![
                "rows:user:1",
                "rows:user:1:open",
                "rows:user:1:closed",
                "rows:user:12",
                "rows:user:12:open",
            ],
        ),
        (
            "rows:user:*",
            vec![
                "rows:user:1",
                "rows:user:1:open",
                "rows:user:1:closed",
                "rows:user:12",
                "rows:user:12:open",
            ],
        ),
        (
            "rows:*:1:open",
            vec!["rows:user:1:open", "rows:group:1:open"],
        ),
        (
            "rows:user:*:open",
            vec!["rows:user:1:open", "rows:user:12:open"],
        ),
        (
            "rows:*:1{,:*}",
            vec![
                "rows:user:1",
                "rows:user:1:open",
                "rows:user:1:closed",
                "rows:users:1",
                "rows:group:1:open",
            ],
        ),
        ("rows", vec!["rows"]),
        (
            "rows:*",
            ALL.into_iter().filter(|key| *key != "rows").collect(),
        ),
        ("rows{,:*}", ALL.to_vec()),
        ("rows:user:2*", vec![]),
        ("rows:user:1:op", vec![]),
        ("row:*", vec![]),
    ] {
        let expected = cleared;
        if pattern == "row:*" {
            let (caches, _) = caches();
            let rows = fill(&caches);
            caches.invalidate(pattern).await.unwrap();
            assert_eq!(rows.stats().entries, ALL.len() as u64);
            continue;
        }
        assert_eq!(cleared_by(pattern).await, expected, "{pattern}");
    }
}

#[tokio::test]
async fn a_value_is_no_pattern() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    for name in ["*", "a", "b:c", "", "None", "%"] {
        rows.insert(&key!("rows:name:<name>"), name.to_owned(), &policy::QUERY);
    }
    let name = "*";
    caches
        .invalidate(pattern!("rows:name:<name>*"))
        .await
        .unwrap();
    assert_eq!(rows.stats().entries, 5);
    let name = "b:c";
    assert_eq!(
        rows.get::<String>(&key!("rows:name:<name>")),
        Some("b:c".to_owned())
    );
    let name: Option<&str> = None;
    assert_eq!(
        rows.get::<String>(&key!("rows:name:<name>")),
        None,
        "no value is five values' equal"
    );
}

#[tokio::test]
async fn a_pattern_from_outside_is_refused_with_its_position() {
    let (caches, _) = caches();
    let error = caches.invalidate("rows:a b").await.unwrap_err();
    assert_eq!(error.to_string(), "white space in the pattern at byte 6");
    for wrong in [
        "",
        "*",
        "rows*",
        "rows::a",
        "rows:a*b",
        "rows:**",
        ":rows",
        "rows:",
        "rows:<id>",
    ] {
        assert!(caches.invalidate(wrong).await.is_err(), "{wrong}");
    }
    let owned: Result<(), _> = caches.invalidate(String::from("rows:*")).await;
    owned.unwrap();
}

#[tokio::test]
async fn clearing_one_cache_leaves_the_others() {
    let (caches, _) = caches();
    let rows = fill(&caches);
    let others = caches.cache("others");
    others.insert(&key!("others:1"), 1_u8, &Policy::new(seconds(60)));
    rows.clear().await;
    assert_eq!((rows.stats().entries, others.stats().entries), (0, 1));
    caches.clear().await;
    assert_eq!(others.stats().entries, 0);
}

#[tokio::test]
async fn a_large_cache_is_reclaimed_behind() {
    let (caches, _) =
        crate::stage::with_settings("rows", cached_runtime::Settings::new().capacity(100_000));
    let rows = caches.cache("rows");
    for n in 0..50_000_u32 {
        rows.insert(&key!("rows:user:<n>:status:open"), n, &policy::QUERY);
    }
    rows.clear().await;
    let n = 7;
    assert_eq!(rows.get::<u32>(&key!("rows:user:<n>:status:open")), None);
    while rows.stats().entries > 0 {
        tokio::task::yield_now().await;
    }
}

#[test]
fn without_a_runtime_later_calls_reclaim() {
    let (caches, _) =
        crate::stage::with_settings("rows", cached_runtime::Settings::new().capacity(100_000));
    let rows = caches.cache("rows");
    for n in 0..10_000_u32 {
        rows.insert(&key!("rows:user:<n>"), n, &policy::QUERY);
    }
    let now = std::pin::pin!(rows.clear());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(
        now.poll(&mut context).is_ready(),
        "an invalidation in process never waits"
    );
    for n in 0..100_u32 {
        rows.insert(&key!("rows:group:<n>"), n, &policy::QUERY);
    }
    assert_eq!(rows.stats().entries, 100);
}

#[test]
fn a_runtime_that_rests_holds_nothing_up() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    for n in 0..9_000_u64 {
        rows.insert(&key!("rows:old:<n>"), n, &policy::QUERY);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(caches.invalidate("rows:*")).unwrap();
    for n in 0..100_u64 {
        rows.insert(&key!("rows:new:<n>"), n, &policy::QUERY);
    }
    assert_eq!(rows.stats().entries, 100);
}
