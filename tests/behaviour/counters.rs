//! Counters: `Cache::increment`.

use std::{sync::Barrier, thread, time::Duration};

use cached_runtime::{Cache, Caches, Key, Policy, Settings, key, policy};

use crate::stage::{caches, seconds, with_settings};

const WINDOW: Duration = Duration::from_mins(1);

fn users() -> Vec<Key> {
    (0..4_u64).map(|user| key!("rows:<user>")).collect()
}

/// Runs `work` on many threads that begin together.
fn together(threads: usize, work: impl Fn(usize) + Sync) {
    let start = Barrier::new(threads);
    thread::scope(|scope| {
        for n in 0..threads {
            let (work, start) = (&work, &start);
            scope.spawn(move || {
                start.wait();
                work(n);
            });
        }
    });
}

#[test]
fn no_increment_is_lost() {
    for _ in 0..20 {
        let (caches, _) = caches();
        let rows = caches.cache("rows");
        let keys = users();
        together(8, |n| {
            for round in 0..500 {
                rows.increment(&keys[(n + round) % keys.len()], 1, WINDOW);
            }
        });
        let counts = rows.get_many::<i64>(&keys);
        assert_eq!(counts, [Some(1_000); 4]);
    }
}

#[test]
fn each_sum_is_told_once() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    let told: std::sync::Mutex<Vec<i64>> = std::sync::Mutex::default();
    together(8, |_| {
        for _ in 0..200 {
            let count = rows.increment(&key!("rows:1"), 1, WINDOW);
            told.lock().unwrap().push(count);
        }
    });
    let mut told = told.into_inner().unwrap();
    told.sort_unstable();
    assert!(told.into_iter().eq(1..=1_600));
}

/// What was counted between two resets is never more than was added, and what comes after the last one is all there.
#[test]
fn a_reset_forgets_what_was_before_it_and_nothing_else() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    let one = key!("rows:1");
    let now = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    thread::scope(|scope| {
        let counting = scope.spawn(|| {
            for _ in 0..20_000 {
                rows.increment(&one, 1, WINDOW);
            }
        });
        while !counting.is_finished() {
            now.block_on(rows.remove(&one));
        }
    });
    now.block_on(rows.remove(&one));
    assert_eq!(rows.get::<i64>(&one), None);
    for n in 1..=100 {
        assert_eq!(rows.increment(&one, 1, WINDOW), n);
    }
}

#[test]
fn the_window_does_not_move() {
    let (caches, clock) = caches();
    let rows = caches.cache("rows");
    let one = key!("rows:1");
    assert_eq!(rows.increment(&one, 2, WINDOW), 2);
    clock.advance(seconds(59));
    assert_eq!(rows.increment(&one, 3, WINDOW), 5);
    clock.advance(seconds(1));
    assert_eq!(rows.get::<i64>(&one), None);
    assert_eq!(rows.increment(&one, 1, WINDOW), 1, "a new window");
    clock.advance(seconds(59));
    assert_eq!(rows.get::<i64>(&one), Some(1));
}

#[test]
fn the_operators_ttl_holds() {
    let (caches, clock) = with_settings("rows", Settings::new().ttl(seconds(10)));
    let rows = caches.cache("rows");
    rows.increment(&key!("rows:1"), 1, WINDOW);
    clock.advance(seconds(10));
    assert_eq!(rows.increment(&key!("rows:1"), 1, WINDOW), 1);
}

#[test]
fn an_increment_is_a_read_to_a_counter_that_must_not_be_idle() {
    let (caches, clock) = with_settings("rows", Settings::new().tti(seconds(10)));
    let rows = caches.cache("rows");
    for n in 1..=5 {
        assert_eq!(rows.increment(&key!("rows:1"), 1, WINDOW), n);
        clock.advance(seconds(9));
    }
    clock.advance(seconds(1));
    assert_eq!(rows.increment(&key!("rows:1"), 1, WINDOW), 1);
}

/// A counter has nothing to be loaded anew from.
#[test]
fn what_is_due_early_is_counted_to_the_end() {
    let (caches, clock) = caches();
    let rows = caches.cache("rows");
    let policy = Policy::new(seconds(10))
        .refresh_ahead(50)
        .stale_while_revalidate(seconds(60));
    rows.insert(&key!("rows:1"), 1_i64, &policy);
    clock.advance(seconds(9));
    assert_eq!(rows.increment(&key!("rows:1"), 1, WINDOW), 2);
    assert_eq!(rows.get::<i64>(&key!("rows:1")), Some(2));
    clock.advance(seconds(1));
    assert_eq!(rows.increment(&key!("rows:1"), 1, WINDOW), 1);
}

#[test]
fn a_sum_stays_in_range() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    let (up, down) = (key!("rows:up"), key!("rows:down"));
    for _ in 0..3 {
        assert_eq!(rows.increment(&up, i64::MAX, WINDOW), i64::MAX);
        assert_eq!(rows.increment(&down, i64::MIN, WINDOW), i64::MIN);
    }
    assert_eq!(rows.increment(&up, -1, WINDOW), i64::MAX - 1);
    assert_eq!(rows.increment(&up, 0, WINDOW), i64::MAX - 1);
}

#[tokio::test]
async fn whatever_invalidates_resets() {
    type Reset = fn(&Caches, &Cache) -> tokio::task::JoinHandle<()>;
    let resets: [Reset; 3] = [
        |caches, _| {
            let caches = caches.clone();
            tokio::spawn(async move { caches.invalidate("rows:user:*").await.unwrap() })
        },
        |_, rows| {
            let rows = rows.clone();
            tokio::spawn(async move { rows.remove(&key!("rows:user:1")).await })
        },
        |caches, _| {
            let caches = caches.clone();
            tokio::spawn(async move { caches.clear().await })
        },
    ];
    for reset in resets {
        let (caches, _) = caches();
        let rows = caches.cache("rows");
        rows.increment(&key!("rows:user:1"), 7, WINDOW);
        reset(&caches, &rows).await.unwrap();
        assert_eq!(rows.get::<i64>(&key!("rows:user:1")), None);
        assert_eq!(rows.increment(&key!("rows:user:1"), 1, WINDOW), 1);
    }
}

#[test]
fn another_value_makes_room_and_an_inserted_number_is_counted_on() {
    let (caches, clock) = caches();
    let rows = caches.cache("rows");
    let one = key!("rows:1");
    rows.insert(&one, String::from("Ada"), &policy::QUERY);
    assert_eq!(rows.increment(&one, 1, WINDOW), 1);
    assert_eq!(rows.get::<String>(&one), None);
    assert_eq!(rows.get::<i64>(&one), Some(1));
    rows.insert(&one, 41_i64, &Policy::new(seconds(5)));
    assert_eq!(rows.increment(&one, 1, WINDOW), 42);
    clock.advance(seconds(5));
    assert_eq!(rows.get::<i64>(&one), None, "it keeps its own lifetime");
    rows.insert(&one, 7_i32, &policy::QUERY);
    assert_eq!(rows.increment(&one, 1, WINDOW), 1, "an i32 is no counter");
}

#[tokio::test]
async fn a_load_under_way_does_not_replace_a_counter() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    let one = key!("rows:1");
    let answer = rows.get_or_load(&one, &policy::QUERY, async {
        rows.increment(&one, 5, WINDOW);
        Ok::<_, ()>(100_i64)
    });
    assert_eq!(answer.await, Ok(100));
    assert_eq!(rows.get::<i64>(&one), Some(5));
}

#[test]
fn a_cache_that_is_off_does_not_count() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    let one = key!("rows:1");
    rows.increment(&one, 10, WINDOW);
    rows.set_enabled(false);
    assert_eq!(rows.increment(&one, 1, WINDOW), 1);
    assert_eq!(rows.increment(&one, 1, WINDOW), 1);
    rows.set_enabled(true);
    assert_eq!(
        rows.increment(&one, 1, WINDOW),
        1,
        "a count that has missed some is none"
    );
}

#[test]
#[should_panic(expected = "`ttl` must be longer than zero")]
fn a_window_of_no_length_is_refused() {
    let (caches, _) = caches();
    caches
        .cache("rows")
        .increment(&key!("rows:1"), 1, Duration::ZERO);
}

#[test]
fn increments_count_as_hits_and_misses() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    for _ in 0..4 {
        rows.increment(&key!("rows:1"), 1, WINDOW);
    }
    let stats = rows.stats();
    assert_eq!((stats.hits, stats.misses, stats.entries), (3, 1, 1));
}

/// A counter that is asked for often is let in where rare entries fill the cache.
#[test]
fn a_busy_counter_stays_in_a_full_cache() {
    let (caches, _) = with_settings("rows", Settings::new().capacity(100));
    let rows = caches.cache("rows");
    for n in 0..100_u64 {
        rows.insert(&key!("rows:other:<n>"), n, &policy::QUERY);
    }
    rows.run_pending_tasks();
    let busy = key!("rows:busy");
    for _ in 0..50 {
        rows.increment(&busy, 1, WINDOW);
    }
    rows.run_pending_tasks();
    let before = rows.increment(&busy, 1, WINDOW);
    for n in 0..1_000_u64 {
        rows.insert(&key!("rows:late:<n>"), n, &policy::QUERY);
        rows.increment(&busy, 1, WINDOW);
    }
    rows.run_pending_tasks();
    assert_eq!(rows.get::<i64>(&busy), Some(before + 1_000));
}
