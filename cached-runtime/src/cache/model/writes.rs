//! Writes that meet: insertions, loads, evictions. The youngest stays, and the accounts add up.

use std::sync::Arc;

use cached_key::Key;
use shuttle::future::block_on;

use super::{
    super::content::AnyValue,
    explore::explore,
    world::{POLICY, World, begin, join, now, spawn},
};

const KEY: &str = "rows:1";
const OTHER: &str = "rows:2";

/// Newer than whatever the source has.
const NEWEST: u64 = 1_000;

fn insert(world: &World, key: &str, version: u64) {
    world
        .rows()
        .insert(&Key::parse(key).unwrap(), version, &POLICY);
}

#[test]
fn of_two_reloads_the_later_one_stays() {
    explore("writes: of two reloads the later one stays", 3_000, || {
        let world = World::new();
        let earlier = begin(world.call_anew(KEY));
        world.change_silently();
        let later = begin(world.call_anew(KEY));
        let earlier = spawn(&world, |_| {
            block_on(earlier);
        });
        let later = spawn(&world, |_| {
            block_on(later);
        });
        join([earlier, later]);
        assert_eq!(world.read(KEY), 2);
        assert_eq!(world.loads(), 2);
        world.end([]);
    });
}

/// What was inserted stays, also before those who wait for a load that began earlier.
#[test]
fn an_insertion_overtakes_a_load() {
    explore("writes: an insertion overtakes a load", 3_000, || {
        let world = World::new();
        let overtaken = begin(world.call(KEY));
        let load = spawn(&world, |_| {
            block_on(overtaken);
        });
        let write = spawn(&world, |world| {
            world.change(|_| insert(world, KEY, 2));
            world.read(KEY);
        });
        join([load, write]);
        assert_eq!(world.read(KEY), 2);
        world.end([]);
    });
}

/// The same where the inserted entry is soon evicted: an old load must neither be joined nor stored.
#[test]
fn an_insertion_that_is_evicted() {
    explore("writes: an insertion that is evicted", 3_000, || {
        let world = World::with(POLICY, 1);
        let overtaken = begin(world.call(KEY));
        let load = spawn(&world, |_| {
            block_on(overtaken);
        });
        let write = spawn(&world, |world| {
            world.change(|_| insert(world, KEY, 2));
            for _ in 0..3 {
                insert(world, OTHER, 2);
            }
            world.read(KEY);
        });
        join([load, write]);
        world.read(KEY);
        world.end([]);
    });
}

#[test]
fn insertions_loads_and_invalidations() {
    explore("writes: insertions, loads and invalidations", 3_000, || {
        let world = World::new();
        let load = spawn(&world, |world| {
            world.read(KEY);
        });
        let write = spawn(&world, |world| insert(world, KEY, NEWEST));
        let change = spawn(&world, |world| {
            world.change(|caches| now(caches.invalidate(KEY)).unwrap());
        });
        world.end([load, write, change]);
    });
}

/// Room for one: each entry that comes drives another out, in whichever thread the policy decides so.
#[test]
fn entries_come_and_go() {
    explore("writes: entries come and go", 4_000, || {
        let world = World::with(POLICY, 1);
        world.read(OTHER);
        let load = spawn(&world, |world| {
            world.read(KEY);
            world.read("rows:3");
        });
        let write = spawn(&world, |world| {
            insert(world, OTHER, NEWEST);
            insert(world, KEY, NEWEST);
        });
        let change = spawn(&world, |world| {
            world.change(|caches| now(caches.invalidate("rows:*")).unwrap());
            world.rows().run_pending_tasks();
        });
        world.end([load, write, change]);
    });
}

#[test]
fn entries_run_out_of_time() {
    explore("writes: entries run out of time", 3_000, || {
        let world = World::with(POLICY, 1);
        world.read(KEY);
        world.clock.advance(POLICY.ttl);
        let load = spawn(&world, |world| {
            world.read(KEY);
        });
        let sweep = spawn(&world, |world| world.rows().run_pending_tasks());
        let change = spawn(&world, |world| {
            world.change(|caches| now(caches.invalidate(KEY)).unwrap());
        });
        world.end([load, sweep, change]);
    });
}

/// A value that the source gets later is read from the moment it was accepted, also where its entry is evicted.
#[test]
fn a_value_is_written_behind() {
    explore("writes: a value is written behind", 3_000, || {
        let world = World::with(POLICY, 1);
        let overtaken = begin(world.call(KEY));
        let load = spawn(&world, |_| {
            block_on(overtaken);
        });
        let write = spawn(&world, |world| {
            let (core, key) = (world.caches.core("rows"), Key::parse(KEY).unwrap());
            let (digest, value) = (core.digest(key.as_bytes()), Arc::new(AnyValue::new(2_u64)));
            assert!(core.accept::<u64>(1, (&key, digest), &value, (&POLICY, &[]), |_| true));
            world.promise(2);
            assert!(core.begin_write(1, digest, &key).is_some());
            world.change_silently();
            assert!(core.settle(1, digest, &key, &value));
        });
        let reader = spawn(&world, |world| {
            for _ in 0..3 {
                insert(world, OTHER, NEWEST);
            }
            world.read(KEY);
            world.read(KEY);
        });
        world.end([load, write, reader]);
    });
}
