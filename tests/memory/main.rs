//! What came and went takes no room.
//!
//! A process of its own with one test, on one thread: what is allocated is counted for each thread, and the garbage of one
//! would be dropped by another. Built with optimization it goes through a million keys, otherwise through a twentieth of
//! that.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    fs,
    io::{Write, stdout},
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use cached_runtime::{Cache, Caches, Policy, Settings, key, policy};
use tokio::{runtime::Builder, time::sleep};

const KEYS: u64 = if cfg!(debug_assertions) {
    50_000
} else {
    1_000_000
};

/// Past the test harness, which keeps what `println!` prints to itself.
fn print(line: &str) {
    stdout().write_all(format!("{line}\n").as_bytes()).unwrap();
}

fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("there is nothing to wait for"),
    }
}

fn rows(capacity: u64) -> Cache {
    let settings = Settings::new().capacity(capacity);
    let caches = Caches::builder().settings("rows", settings);
    caches.build().unwrap().cache("rows")
}

fn load(rows: &Cache, keys: u64) {
    load_for(rows, keys, &policy::STATIC);
}

fn load_for(rows: &Cache, keys: u64, policy: &Policy) {
    for n in 0..keys {
        let load = async { Ok::<_, ()>(n) };
        now(rows.get_or_load(&key!("rows:user:<n>:status:open"), policy, load)).unwrap();
    }
}

fn clear(rows: &Cache) {
    now(rows.clear());
    rows.run_pending_tasks();
    assert_eq!(rows.stats().entries, 0);
    // What was removed is dropped a little later, when the tables' readers have all moved on.
    for _ in 0..10 {
        load(rows, 100);
        now(rows.clear());
        rows.run_pending_tasks();
    }
}

/// In KiB, where the system tells.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The bytes that `act` leaves allocated, and the most that were allocated meanwhile.
fn bytes(act: impl FnOnce()) -> (u64, u64) {
    let counted = allocation_counter::measure(act);
    let left = u64::try_from(counted.bytes_current).unwrap_or(0);
    (left, counted.bytes_max)
}

#[test]
fn what_came_and_went_takes_no_room() {
    keys_that_come_and_go_leave_nothing();
    keys_that_were_cleared_leave_tables_and_nothing_else();
    an_idle_cache_that_is_empty_has_no_large_tables();
}

fn keys_that_come_and_go_leave_nothing() {
    let rows = rows(10_000);
    // Until all tables have the size that they need.
    let (size, _) = bytes(|| load(&rows, 50_000));
    let before = resident();

    let (grown, _) = bytes(|| load(&rows, KEYS));
    print(&format!(
        "{KEYS} keys through a cache of {size} bytes: {grown} bytes more"
    ));
    assert!(grown <= size / 10, "{grown} bytes more than {size}");
    match before.zip(resident()) {
        Some((before, after)) => {
            print(&format!("resident before {before} KiB, after {after} KiB"));
            assert!(after <= before + before / 10, "{before} KiB, then {after}");
        }
        None => print("SKIPPED: this system does not tell what is resident"),
    }
}

fn keys_that_were_cleared_leave_tables_and_nothing_else() {
    let rows = rows(2 * KEYS);
    let round = || {
        load(&rows, KEYS);
        clear(&rows);
    };
    let (left, most) = bytes(round);
    print(&format!(
        "{KEYS} keys at once, {most} bytes; cleared: {left} bytes"
    ));
    // Half of the directory's table among them.
    assert!(left <= most / 30, "{left} bytes of {most} stay");
    let (grown, _) = bytes(round);
    assert!(grown <= left / 10, "the second time {grown} bytes more");
}

fn an_idle_cache_that_is_empty_has_no_large_tables() {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let keys = KEYS / 5;
    let rows = rows(keys);
    let policy = Policy::new(Duration::from_secs(1));
    let (left, most) = bytes(|| {
        runtime.block_on(async {
            load_for(&rows, keys, &policy);
            // The task that looks after the cache sleeps for a second at least.
            while rows.stats().entries > 0 {
                sleep(Duration::from_millis(100)).await;
            }
            sleep(Duration::from_millis(100)).await;
        });
    });
    print(&format!(
        "{keys} keys, {most} bytes; expired, and nobody asked: {left} bytes"
    ));
    assert!(left <= most / 50, "{left} bytes of {most} stay");
}
