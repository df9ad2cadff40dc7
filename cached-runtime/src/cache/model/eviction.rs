//! Evictions that meet insertions, invalidations and each other: whoever takes an entry out of the directory, the policy and
//! the accounts agree with what lies there in the end.

use cached_key::Key;

use super::{
    explore::explore,
    world::{POLICY, World, now, spawn},
};

const KEYS: [&str; 3] = ["rows:1", "rows:2", "rows:3"];

fn insert(world: &World, key: &str) {
    let key = Key::parse(key).unwrap();
    world.rows().insert(&key, 1_000_u64, &POLICY);
}

/// The entry that was given up is another's by the time that it is taken out.
#[test]
fn an_entry_is_replaced_while_it_is_evicted() {
    explore(
        "eviction: an entry is replaced while it is evicted",
        4_000,
        || {
            let world = World::with(POLICY, 1);
            insert(&world, KEYS[0]);
            let replace = spawn(&world, |world| {
                insert(world, KEYS[0]);
                insert(world, KEYS[0]);
            });
            let evict = spawn(&world, |world| {
                // Until it has been asked for often enough.
                for _ in 0..4 {
                    insert(world, KEYS[1]);
                }
            });
            world.end([replace, evict]);
        },
    );
}

/// What an invalidation removes is given up at the same time, and its slot is the next one's.
#[test]
fn an_entry_is_removed_while_it_is_evicted() {
    explore(
        "eviction: an entry is removed while it is evicted",
        4_000,
        || {
            let world = World::with(POLICY, 2);
            KEYS.iter().for_each(|key| insert(&world, key));
            let remove = spawn(&world, |world| {
                for key in KEYS {
                    now(world.rows().remove(&Key::parse(key).unwrap()));
                    insert(world, key);
                }
            });
            let evict = spawn(&world, |world| {
                for _ in 0..2 {
                    KEYS.iter().for_each(|key| insert(world, key));
                }
            });
            world.end([remove, evict]);
        },
    );
}

/// Two look after the cache at once while entries come.
#[test]
fn two_remove_what_is_over() {
    explore("eviction: two remove what is over", 3_000, || {
        let world = World::with(POLICY, 10);
        KEYS.iter().for_each(|key| insert(&world, key));
        world.clock.advance(POLICY.ttl);
        let tidy = || spawn(&world, |world| world.rows().run_pending_tasks());
        let store = spawn(&world, |world| {
            insert(world, KEYS[0]);
            insert(world, "rows:4");
        });
        world.end([tidy(), tidy(), store]);
        assert_eq!(world.rows().stats().expirations, 3);
    });
}
