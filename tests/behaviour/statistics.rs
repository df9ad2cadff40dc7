//! What a cache tells of itself.

use std::time::Duration;

use cached_runtime::{Key, Policy, key};

use crate::stage::{caches, seconds};

const TTL: Policy = Policy::new(seconds(60));

/// As exactly as ages are told.
fn is_about(told: Duration, age: Duration) -> bool {
    told.abs_diff(age) < Duration::from_millis(100)
}

#[test]
fn ages_are_those_of_the_oldest_and_the_newest_entry() {
    let (caches, clock) = caches();
    let rows = caches.cache("rows");
    assert_eq!((rows.stats().oldest, rows.stats().newest), (None, None));
    for n in 0..3_u64 {
        rows.insert(&key!("rows:<n>"), n, &TTL);
        clock.advance(seconds(10));
    }
    let stats = rows.stats();
    for (told, age) in [(stats.oldest, 30), (stats.newest, 10)] {
        assert!(is_about(told.unwrap(), seconds(age)), "{told:?}");
    }
    assert_eq!((stats.entries, stats.weight), (3, 3));
}

#[test]
fn the_most_popular_entries_come_first() {
    let (caches, clock) = caches();
    let rows = caches.cache("rows");
    for n in 0..10_u64 {
        rows.insert(&key!("rows:<n>"), n, &TTL);
    }
    for n in 0..10_u64 {
        for _ in 0..(n * 200) {
            rows.get::<u64>(&key!("rows:<n>"));
        }
    }
    clock.advance(seconds(20));
    let popular = rows.popular(2);
    assert_eq!(popular.len(), 2);
    let keys: Vec<&str> = popular.iter().map(|entry| entry.key.as_str()).collect();
    assert!(
        keys.iter()
            .all(|key| ["rows:9", "rows:8", "rows:7"].contains(key)),
        "{keys:?}"
    );
    assert!(popular[0].hits >= popular[1].hits && popular[0].hits > 1_000);
    assert!(is_about(popular[0].age, seconds(20)), "{popular:?}");
    assert_eq!(popular[0].remaining, seconds(40));
}

#[test]
fn long_keys_are_shortened_for_people() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    let long = "x".repeat(5_000);
    rows.insert(&key!("rows:<long>"), 1_u8, &TTL);
    assert_eq!(rows.get::<u8>(&key!("rows:<long>")), Some(1));
    let popular = rows.popular(1);
    assert_eq!(popular[0].key.len(), 1_024);
    assert!(popular[0].key.starts_with("rows:xxx"));
}

#[test]
fn a_hit_rate_is_a_share_of_calls() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    assert!(rows.stats().hit_rate().abs() < f64::EPSILON);
    rows.insert(&key!("rows:1"), 1_u8, &TTL);
    for key in ["rows:1", "rows:1", "rows:1", "rows:2"] {
        rows.get::<u8>(&Key::parse(key).unwrap());
    }
    assert!((rows.stats().hit_rate() - 0.75).abs() < f64::EPSILON);
    assert_eq!(
        rows.stats().to_string(),
        "3 hits, 1 misses (75.0 %), 0 loads, 0 coalesced, 1 entries"
    );
}

#[test]
fn caches_are_listed_by_name() {
    let (caches, _) = caches();
    caches.cache("zebra");
    let names = caches.names();
    assert!(names.is_sorted());
    assert!(names.contains(&String::from("zebra")));
    assert!(
        names.contains(&String::from("rows")),
        "an attribute names it"
    );
    assert!(
        names.contains(&String::from("invoices")),
        "an attribute of a dependency names it"
    );
    assert_eq!(caches.stats().len(), names.len());
}
