//! Several caches cleared as one act: no answer is put together from what is cleared and what is yet to be.

use std::sync::Arc;

use cached_key::{Key, Pattern};

use super::{
    explore::explore,
    world::{World, join, now, spawn},
};
use crate::{Caches, caches::Target};

/// Its cache comes first by name, so it is the first to be marked.
const OUTER: &str = "lists:1";
const INNER: &str = "rows:1";
const TAG: &str = "tenant:1";

/// A load that calls another cached method.
fn read_outer(world: &Arc<World>) -> u64 {
    let this = Arc::clone(world);
    world.finish(Box::pin(async move {
        let body = this.call(INNER);
        this.look_up(OUTER).load(body).await
    }))
}

fn read_tagged(world: &Arc<World>) -> u64 {
    let this = Arc::clone(world);
    world.finish(Box::pin(async move {
        let body = this.call_tagged(INNER, TAG);
        let lookup = this.look_up(OUTER).tagged(Key::parse(TAG).unwrap());
        lookup.load(body).await
    }))
}

/// Both caches are there, and both answers about to be loaded, when they are cleared.
#[test]
fn an_answer_made_of_another() {
    explore("acts: an answer made of another", 4_000, || {
        let world = World::new();
        read_outer(&world);
        world.change_silently();
        now(world.caches.invalidate("lists:*")).unwrap();
        against(&world, |caches| now(caches.clear()));
    });
}

/// The outer cache is made while all are cleared.
#[test]
fn a_cache_made_meanwhile() {
    explore("acts: a cache made meanwhile", 4_000, || {
        let world = World::new();
        world.read(INNER);
        against(&world, |caches| now(caches.clear()));
    });
}

fn against(world: &Arc<World>, invalidate: fn(&Caches)) {
    let reader = spawn(world, |world| {
        read_outer(world);
    });
    let change = spawn(world, move |world| world.change(invalidate));
    join([reader, change]);
    read_outer(world);
    world.end([]);
}

/// Both have a tag, the outer one for the first time.
#[test]
fn a_tag_of_both() {
    explore("acts: a tag of both", 4_000, || {
        let world = World::new();
        world.read("lists:other");
        world.finish(world.call_tagged(INNER, TAG));
        let reader = spawn(&world, |world| {
            read_tagged(world);
        });
        let change = spawn(&world, |world| {
            world.change(|caches| now(caches.invalidate_tag(TAG)).unwrap());
        });
        join([reader, change]);
        read_tagged(&world);
        world.end([]);
    });
}

/// Exact keys, of which no reader asks the scope once the act is over.
#[test]
fn keys_of_both() {
    explore("acts: keys of both", 4_000, || {
        let world = World::new();
        world.read("lists:other");
        world.read(INNER);
        against(&world, |caches| {
            let keys = [OUTER, INNER].map(|key| Target::Keys(Pattern::parse(key).unwrap()));
            caches.carry_out(&keys, Vec::new());
        });
    });
}

/// Both are past their time as keys of their own, since nothing above them is matched as a whole.
#[test]
fn keys_that_expire() {
    explore("acts: keys that expire", 4_000, || {
        const OUTER: &str = "rows:1:x";
        const INNER: &str = "rows:2:x";
        let nested = |world: &Arc<World>| {
            let this = Arc::clone(world);
            world.finish(Box::pin(async move {
                let body = this.call(INNER);
                this.look_up(OUTER).load(body).await
            }))
        };
        let world = World::new();
        world.read(INNER);
        let reader = spawn(&world, move |world| {
            nested(world);
        });
        let change = spawn(&world, |world| {
            world.change(|caches| now(caches.expire("rows:*:x")).unwrap());
        });
        join([reader, change]);
        nested(&world);
        world.end([]);
    });
}

/// Several readers, and the inner answer yet to be loaded.
#[test]
fn two_readers_and_their_parts() {
    explore("acts: two readers and their parts", 3_000, || {
        let world = World::new();
        let readers = [0, 1].map(|_| {
            spawn(&world, |world| {
                read_outer(world);
            })
        });
        let part = spawn(&world, |world| {
            world.read(INNER);
        });
        let change = spawn(&world, |world| world.change(|caches| now(caches.clear())));
        join(readers.into_iter().chain([part, change]));
        read_outer(&world);
        world.end([]);
    });
}
