//! Leaders that leave: whoever waits gets an answer, from as few loads as can be.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Arc,
};

use cached_key::Key;
use shuttle::future::{self, block_on};

use super::{
    explore::explore,
    world::{POLICY, World, begin, join, now, spawn},
};
use crate::shape::{Alone, Fallible};

const KEY: &str = "rows:1";

#[test]
fn a_leader_is_dropped() {
    explore("hand-over: a leader is dropped", 4_000, || {
        let world = World::new();
        let dropped = begin(world.call(KEY));
        let followers = [0, 1].map(|_| {
            spawn(&world, |world| {
                world.read(KEY);
            })
        });
        let leaver = spawn(&world, |_| drop(dropped));
        join(followers.into_iter().chain([leaver]));
        assert_eq!(
            world.loads(),
            2,
            "the one that was dropped, and one for all others"
        );
        world.end([]);
    });
}

#[test]
fn all_leave_but_one() {
    explore("hand-over: all leave but one", 4_000, || {
        let world = World::new();
        let leavers = [0, 1].map(|_| future::spawn(world.call(KEY)));
        let stays = spawn(&world, |world| {
            world.read(KEY);
        });
        for leaver in &leavers {
            leaver.abort();
        }
        join([stays]);
        for leaver in leavers {
            let _ = block_on(leaver);
        }
        assert!(world.loads() <= 3);
        world.end([]);
    });
}

#[test]
fn a_leader_is_dropped_after_an_invalidation() {
    explore(
        "hand-over: a leader is dropped after an invalidation",
        4_000,
        || {
            let world = World::new();
            let dropped = begin(world.call(KEY));
            let followers = [0, 1].map(|_| {
                spawn(&world, |world| {
                    world.read(KEY);
                })
            });
            let leaver = spawn(&world, |world| {
                world.change(|caches| now(caches.invalidate(KEY)).unwrap());
                drop(dropped);
            });
            join(followers.into_iter().chain([leaver]));
            world.read(KEY);
            assert_eq!(
                world.loads(),
                2,
                "the one that was dropped, and one after the invalidation"
            );
            world.end([]);
        },
    );
}

#[test]
fn a_leader_is_dropped_beside_an_invalidation() {
    explore(
        "hand-over: a leader is dropped beside an invalidation",
        4_000,
        || {
            let world = World::new();
            let dropped = begin(world.call(KEY));
            let follower = spawn(&world, |world| {
                world.read(KEY);
            });
            let leaver = spawn(&world, |_| drop(dropped));
            let change = spawn(&world, |world| {
                world.change(|caches| now(caches.clear()));
            });
            join([follower, leaver, change]);
            world.read(KEY);
            assert!(world.loads() <= 3);
            world.end([]);
        },
    );
}

/// The body panics: an unwinding leader hands over like a dropped one.
#[test]
fn a_leader_panics() {
    explore("hand-over: a leader panics", 2_000, || {
        let world = World::new();
        let leader = spawn(&world, |world| {
            let lookup = world.look_up(KEY);
            let body = async {
                future::yield_now().await;
                resume_unwind(Box::new("no answer"))
            };
            // Without the hook, which would take it for a failure of the model.
            let _ = catch_unwind(AssertUnwindSafe(|| block_on(lookup.load(body))));
        });
        let follower = spawn(&world, |world| {
            world.read(KEY);
        });
        join([leader, follower]);
        assert!(world.loads() <= 1);
        world.read(KEY);
        assert_eq!(world.loads(), 1);
        world.end([]);
    });
}

/// An error that cannot be shared: each of the others tries for himself, some at a time, until one succeeds.
#[test]
fn loads_fail() {
    explore("hand-over: loads fail", 4_000, || {
        let world = World::new();
        let callers = [true, true, false].map(|fails| {
            spawn(&world, move |world| {
                let shape = Fallible::<u64, (), Alone>::new();
                let (key, body) = (Key::parse(KEY).unwrap(), Arc::clone(world).load());
                let lookup = world.rows().look_up(shape, &key, &POLICY);
                let answer = block_on(lookup.load(async {
                    let version = body.await;
                    if fails { Err(()) } else { Ok(version) }
                }));
                assert!(fails || answer.is_ok());
            })
        });
        join(callers);
        assert!(world.loads() <= 3, "nobody loads twice");
        world.end([]);
    });
}

/// Each load calls what the other one loads: one of them must not wait.
#[test]
fn two_loads_need_each_other() {
    explore("hand-over: two loads need each other", 3_000, || {
        let world = World::new();
        let callers = [(KEY, "rows:2"), ("rows:2", KEY)].map(|(outer, inner)| {
            spawn(&world, move |world| {
                let this = Arc::clone(world);
                world.finish(Box::pin(async move {
                    let body = this.call(inner);
                    this.look_up(outer).load(body).await
                }));
            })
        });
        world.end(callers);
    });
}

/// Retries that succeed at once, while the entry of the first is evicted and the key invalidated.
#[test]
fn retries_meet_eviction() {
    explore("hand-over: retries meet eviction", 3_000, || {
        let world = World::with(POLICY, 1);
        let callers = [true, false, false].map(|fails| {
            spawn(&world, move |world| {
                let shape = Fallible::<u64, (), Alone>::new();
                let (key, body) = (Key::parse(KEY).unwrap(), Arc::clone(world).load());
                let promised = world.promised();
                let lookup = world.rows().look_up(shape, &key, &POLICY);
                let answer = block_on(lookup.load(async {
                    let version = body.await;
                    if fails { Err(()) } else { Ok(version) }
                }));
                assert!(fails || answer.is_ok_and(|got| got >= promised));
            })
        });
        let evict = spawn(&world, |world| {
            for _ in 0..3 {
                world
                    .rows()
                    .insert(&Key::parse("rows:2").unwrap(), 1_000_u64, &POLICY);
            }
            world.change(|caches| now(caches.invalidate(KEY)).unwrap());
            world.read(KEY);
        });
        join(callers);
        join([evict]);
        world.read(KEY);
        world.end([]);
    });
}

/// The same with a tag, and a reload that lands meanwhile.
#[test]
fn retries_meet_a_reload() {
    explore("hand-over: retries meet a reload", 3_000, || {
        let world = World::with(POLICY, 2);
        let callers = [true, false, false].map(|fails| {
            spawn(&world, move |world| {
                let shape = Fallible::<u64, (), Alone>::new();
                let (key, body) = (Key::parse(KEY).unwrap(), Arc::clone(world).load());
                let lookup = world
                    .rows()
                    .look_up(shape, &key, &POLICY)
                    .tagged(Key::parse("tenant:1").unwrap());
                let answer = block_on(lookup.load(async {
                    let version = body.await;
                    if fails { Err(()) } else { Ok(version) }
                }));
                assert!(fails || answer.is_ok());
            })
        });
        let reload = spawn(&world, |world| {
            world.finish(world.call_anew(KEY));
        });
        let change = spawn(&world, |world| {
            world.change(|caches| now(caches.invalidate_tag("tenant:1")).unwrap());
            world.rows().run_pending_tasks();
        });
        join(callers);
        join([reload, change]);
        world.end([]);
    });
}

/// Its tag has been reclaimed already.
#[test]
fn a_tagged_load_that_was_overtaken() {
    explore("hand-over: a tagged load that was overtaken", 1_000, || {
        let world = World::new();
        let overtaken = begin(world.call_tagged(KEY, "tenant:1"));
        let leader = spawn(&world, |_| {
            block_on(overtaken);
        });
        let change = spawn(&world, |world| {
            world.change(|caches| now(caches.invalidate_tag("tenant:1")).unwrap());
            world.rows().run_pending_tasks();
        });
        world.end([leader, change]);
    });
}
