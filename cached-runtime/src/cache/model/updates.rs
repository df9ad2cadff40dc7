//! Updates that meet loads, changes and each other: none leaves an older version than was promised.

use super::{
    explore::explore,
    world::{World, join, now, spawn},
};

const KEY: &str = "rows:1";

#[test]
fn an_update_against_a_change() {
    explore("updates: an update against a change", 3_000, || {
        let world = World::new();
        let update = spawn(&world, |world| {
            world.update(KEY);
            world.read(KEY);
        });
        let change = spawn(&world, |world| {
            world.change(|caches| now(caches.invalidate(KEY)).unwrap());
            world.read(KEY);
        });
        join([update, change]);
        world.read(KEY);
        world.end([]);
    });
}

#[test]
fn two_updates_and_a_reader() {
    explore("updates: two updates and a reader", 4_000, || {
        let world = World::new();
        let updates = [0, 1].map(|_| spawn(&world, |world| world.update(KEY)));
        let load = spawn(&world, |world| {
            world.read(KEY);
            world.read(KEY);
        });
        join(updates);
        join([load]);
        world.read(KEY);
        world.end([]);
    });
}

#[test]
fn an_update_against_a_clear_and_a_reload() {
    explore(
        "updates: an update against a clear and a reload",
        3_000,
        || {
            let world = World::new();
            let update = spawn(&world, |world| world.update(KEY));
            let clear = spawn(&world, |world| world.change(|caches| now(caches.clear())));
            let load = spawn(&world, |world| {
                world.finish(world.call_anew(KEY));
            });
            join([update, clear, load]);
            world.read(KEY);
            world.end([]);
        },
    );
}
