//! Answers past their time: readers get the old one or the new one, and after an invalidation only the new one.

use std::{sync::Arc, time::Duration};

use cached_key::Key;
use shuttle::future::block_on;

use super::{
    explore::explore,
    world::{POLICY, World, join, now, spawn},
};
use crate::{
    Policy,
    shape::{Alone, Fallible},
};

const KEY: &str = "rows:user:1";
/// Without it an invalidation of `rows:user:*` would find the key alone.
const NEIGHBOUR: &str = "rows:user:2";
const LATE: Policy = POLICY.stale_while_revalidate(Duration::from_mins(10));

/// A world with an answer past its `ttl`.
fn late() -> Arc<World> {
    let world = World::with(LATE, 100);
    world.read(NEIGHBOUR);
    world.read(KEY);
    world.clock.advance(Duration::from_mins(2));
    world
}

#[test]
fn one_refresh_for_all() {
    explore("stale: one refresh for all", 3_000, || {
        let world = late();
        let readers = [0, 1, 2].map(|_| {
            spawn(&world, |world| {
                world.read(KEY);
            })
        });
        join(readers);
        assert_eq!(world.loads(), 1 + 2, "one at first, and one refresh");
        world.end([]);
    });
}

#[test]
fn a_refresh_against_an_invalidation() {
    explore("stale: a refresh against an invalidation", 4_000, || {
        let world = late();
        let readers = [0, 1].map(|_| {
            spawn(&world, |world| {
                world.read(KEY);
            })
        });
        let change = spawn(&world, |world| {
            world.change(|caches| now(caches.invalidate("rows:user:*")).unwrap());
            world.read(KEY);
        });
        join(readers.into_iter().chain([change]));
        world.read(KEY);
        assert!(world.loads() <= 1 + 3);
        world.end([]);
    });
}

#[test]
fn a_refresh_in_a_task_of_its_own() {
    explore("stale: a refresh in a task of its own", 4_000, || {
        let world = late();
        let readers = [0, 1].map(|_| {
            spawn(&world, |world| {
                world.finish(world.call_in_background(KEY));
            })
        });
        let change = spawn(&world, |world| {
            world.change(|caches| now(caches.invalidate(KEY)).unwrap());
            world.finish(world.call_in_background(KEY));
        });
        join(readers.into_iter().chain([change]));
        world.read(KEY);
        assert!(world.loads() <= 1 + 3);
        world.end([]);
    });
}

/// An old answer stands in for a load that fails, but not past an invalidation.
#[test]
fn an_old_answer_stands_in_for_a_failure() {
    explore(
        "stale: an old answer stands in for a failure",
        4_000,
        || {
            let world = spare();
            let callers = [0, 1].map(|_| spawn(&world, |world| fail(world)));
            let change = spawn(&world, |world| {
                world.change(|caches| now(caches.invalidate("rows:user:*")).unwrap());
            });
            world.end(callers.into_iter().chain([change]));
        },
    );
}

/// A load that began while the key was being removed hands nothing on of what it found there.
#[test]
fn an_old_answer_is_removed_while_a_load_fails() {
    explore(
        "stale: an old answer is removed while a load fails",
        4_000,
        || {
            let world = World::with(SPARE, 100);
            world.read(KEY);
            world.clock.advance(Duration::from_mins(2));
            let caller = spawn(&world, |world| fail(world));
            let change = spawn(&world, |world| {
                world.change(|caches| now(caches.cache("rows").remove(&Key::parse(KEY).unwrap())));
                fail(world);
            });
            world.end([caller, change]);
        },
    );
}

const SPARE: Policy = POLICY.stale_if_error(Duration::from_mins(10));

/// A world with an answer that is good for nothing but to stand in for a load that fails.
fn spare() -> Arc<World> {
    let world = World::with(SPARE, 100);
    world.read(NEIGHBOUR);
    world.read(KEY);
    world.clock.advance(Duration::from_mins(2));
    world
}

/// A load that fails. What it is given for an answer is held to the promise.
fn fail(world: &World) {
    let promised = world.promised();
    let shape = Fallible::<u64, (), Alone>::new();
    let key = Key::parse(KEY).unwrap();
    let lookup = world.rows().look_up(shape, &key, &SPARE);
    let answer = block_on(lookup.load(async { Err(()) }));
    assert!(answer.is_err() || answer.is_ok_and(|version| version >= promised));
}
