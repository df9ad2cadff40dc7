//! Loads against invalidations: whatever the schedule, nobody gets an old answer after an invalidation has returned.

use std::sync::Arc;

use cached_key::Key;
use shuttle::future::block_on;

use super::{
    explore::explore,
    world::{POLICY, World, begin, join, now, spawn},
};
use crate::Caches;

const KEY: &str = "rows:user:1:status:open";
const SIBLING: &str = "rows:user:1:status:closed";
const STRANGER: &str = "rows:user:2:status:open";

/// A world in which the keys part above and below the one in question, so that a pattern marks places above it.
fn grown() -> Arc<World> {
    let world = World::new();
    world.read(STRANGER);
    world.read(SIBLING);
    world
}

/// Two readers, one of whom reads again, against a change; then everybody reads what there is now.
fn reads_against(invalidate: fn(&Caches)) {
    let world = grown();
    let once = spawn(&world, |world| {
        world.read(KEY);
    });
    let twice = spawn(&world, |world| {
        world.read(KEY);
        world.read(KEY);
    });
    let change = spawn(&world, move |world| world.change(invalidate));
    join([once, twice, change]);
    world.read(KEY);
    assert!(world.loads() <= 2 + 3, "each invalidation costs one load");
    world.end([]);
}

#[test]
fn an_exact_key() {
    explore("fence: an exact key", 3_000, || {
        reads_against(|caches| now(caches.invalidate(KEY)).unwrap());
    });
}

#[test]
fn a_key_that_is_removed() {
    explore("fence: a key that is removed", 3_000, || {
        reads_against(|caches| now(caches.cache("rows").remove(&Key::parse(KEY).unwrap())));
    });
}

#[test]
fn a_prefix() {
    explore("fence: a prefix", 3_000, || {
        reads_against(|caches| now(caches.invalidate("rows:user:1{,:*}")).unwrap());
    });
}

#[test]
fn one_level() {
    explore("fence: any segment", 3_000, || {
        reads_against(|caches| now(caches.invalidate("rows:user:*:status:open")).unwrap());
    });
}

#[test]
fn clear() {
    explore("fence: clear", 3_000, || {
        reads_against(|caches| now(caches.clear()));
    });
}

#[test]
fn expire() {
    explore("fence: expire", 3_000, || {
        reads_against(|caches| now(caches.expire(KEY)).unwrap());
    });
}

#[test]
fn expire_a_prefix() {
    explore("fence: expire a prefix", 3_000, || {
        reads_against(|caches| now(caches.expire("rows:user:*")).unwrap());
    });
}

#[test]
fn a_tag() {
    explore("fence: a tag", 3_000, || {
        let world = grown();
        world.finish(world.call_tagged("rows:another", "tenant:1"));
        let readers = [0, 1].map(|_| {
            spawn(&world, |world| {
                world.finish(world.call_tagged(KEY, "tenant:1"));
            })
        });
        let change = spawn(&world, |world| {
            world.change(|caches| now(caches.invalidate_tag("tenant:1")).unwrap());
        });
        join(readers.into_iter().chain([change]));
        world.finish(world.call_tagged(KEY, "tenant:1"));
        world.end([]);
    });
}

/// An edge that holds an older key is split while its prefix is marked.
fn parts_against(invalidate: fn(&Caches)) {
    let world = World::new();
    world.read(STRANGER);
    world.read(KEY);
    let readers = [KEY, SIBLING].map(|key| {
        spawn(&world, move |world| {
            world.read(key);
        })
    });
    let change = spawn(&world, move |world| world.change(invalidate));
    join(readers.into_iter().chain([change]));
    world.read(KEY);
    world.read(SIBLING);
    world.end([]);
}

#[test]
fn a_place_where_keys_part() {
    explore("fence: a place where keys part", 3_000, || {
        parts_against(|caches| now(caches.invalidate("rows:user:1{,:*}")).unwrap());
    });
}

#[test]
fn keys_that_part_expire() {
    explore("fence: keys that part expire", 3_000, || {
        parts_against(|caches| now(caches.expire("rows:user:1{,:*}")).unwrap());
    });
}

/// A load that has read the source already, and those who come after the invalidation.
#[test]
fn nobody_joins_what_was_overtaken() {
    explore("fence: nobody joins what was overtaken", 2_000, || {
        let world = World::new();
        let overtaken = begin(world.call(KEY));
        let leader = spawn(&world, |_| {
            block_on(overtaken);
        });
        let change = spawn(&world, |world| {
            world.change(|caches| now(caches.invalidate("rows:user:*")).unwrap());
            world.read(KEY);
        });
        join([leader, change]);
        assert_eq!(world.read(KEY), 2);
        assert_eq!(
            world.loads(),
            2,
            "what was loaded after the invalidation is stored"
        );
        world.end([]);
    });
}

/// Two changes of one key at once: neither may return while its entry can be read, though the other removes it.
#[test]
fn two_invalidations_of_one_key() {
    explore("fence: two invalidations of one key", 4_000, || {
        let world = World::new();
        world.read(KEY);
        let changes = [0, 1].map(|_| {
            spawn(&world, |world| {
                world.change(|caches| {
                    caches
                        .core("rows")
                        .invalidate_key(&Key::parse(KEY).unwrap());
                });
                world.read(KEY);
            })
        });
        world.end(changes);
    });
}

/// An insertion elsewhere comes across the mark, and the invalidation may not leave the rest to it and return.
#[test]
fn an_invalidation_beside_an_insertion_elsewhere() {
    explore(
        "fence: an invalidation beside an insertion elsewhere",
        4_000,
        || {
            let world = World::new();
            world.read(KEY);
            let insertion = spawn(&world, |world| {
                world
                    .rows()
                    .insert(&Key::parse(STRANGER).unwrap(), 1_000_u64, &POLICY);
            });
            let change = spawn(&world, |world| {
                world.change(|caches| now(caches.invalidate(KEY)).unwrap());
                world.read(KEY);
            });
            world.end([insertion, change]);
        },
    );
}

/// The same where one of the two is an insertion, which marks the key as well.
#[test]
fn an_invalidation_beside_an_insertion() {
    explore("fence: an invalidation beside an insertion", 3_000, || {
        let world = World::new();
        world.read(KEY);
        let insertion = spawn(&world, |world| {
            // Newer than whatever the source has.
            world
                .rows()
                .insert(&Key::parse(KEY).unwrap(), 1_000_u64, &POLICY);
        });
        let change = spawn(&world, |world| {
            world.change(|caches| now(caches.invalidate(KEY)).unwrap());
        });
        world.end([insertion, change]);
    });
}
