//! Several caches cleared as one act: no answer is put together from what is cleared and what is yet to be.

use std::sync::Arc;

use super::{
    explore::explore,
    world::{World, join, now, spawn},
};

/// Its cache comes first by name, so it is the first to be marked.
const OUTER: &str = "lists:1";
const INNER: &str = "rows:1";

/// A load that calls another cached method.
fn read_outer(world: &Arc<World>) -> u64 {
    let this = Arc::clone(world);
    world.finish(Box::pin(async move {
        let body = this.call(INNER);
        this.look_up(OUTER).load(body).await
    }))
}

#[test]
fn an_answer_made_of_another() {
    explore("acts: an answer made of another", 4_000, || {
        let world = World::new();
        world.read(INNER);
        let reader = spawn(&world, |world| {
            read_outer(world);
        });
        let change = spawn(&world, |world| world.change(|caches| now(caches.clear())));
        join([reader, change]);
        read_outer(&world);
        world.end([]);
    });
}

/// The same with a second reader of each, and the inner answer yet to be loaded.
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
