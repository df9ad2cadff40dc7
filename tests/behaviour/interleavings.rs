//! Every order in which loads, mutators, updates and transactions of one key can take turns.
//!
//! Each actor is polled by hand, and each poll brings it one step further. The source is a number that each commit raises,
//! so that older answers are smaller ones.

#![expect(
    clippy::indexing_slicing,
    reason = "an order is made of the actors' places"
)]

use std::{
    cell::Cell,
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use cached_runtime::{Caches, cached, invalidates, key, reload, transaction, updates};

use crate::stage::caches;

/// Waits for the next poll.
async fn step() {
    let mut polled = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut polled, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

struct World {
    caches: Caches,
    id: u64,
    source: Cell<usize>,
}

/// What an actor has committed, 0 as long as it has not.
type Committed = Cell<usize>;

impl World {
    fn new(caches: &Caches, id: u64) -> Rc<Self> {
        Rc::new(Self {
            caches: caches.clone(),
            id,
            source: Cell::new(1),
        })
    }

    fn commit(&self, committed: &Committed) -> usize {
        let version = self.source.get() + 1;
        self.source.set(version);
        committed.set(version);
        version
    }

    fn cached(&self) -> Option<usize> {
        let id = self.id;
        self.caches.cache("versions").get(&key!("versions:<id>"))
    }

    #[cached(key = "versions:<id>", ttl = "1m", caches = self.caches)]
    async fn read(&self, id: u64) -> usize {
        let version = self.source.get();
        step().await;
        version
    }

    #[cached(key = "versions:<id>", ttl = "1m", skip(snapshot), caches = self.caches)]
    async fn read_snapshot(&self, id: u64, snapshot: usize) -> usize {
        step().await;
        snapshot
    }

    #[updates(key = "versions:<id>", ttl = "1m", caches = self.caches)]
    async fn update(&self, id: u64, committed: &Committed) -> usize {
        step().await;
        let version = self.commit(committed);
        step().await;
        version
    }

    #[invalidates("versions:<id>*", caches = self.caches)]
    async fn change(&self, id: u64, committed: &Committed) {
        step().await;
        self.commit(committed);
        step().await;
    }

    #[invalidates("versions:<id>", caches = self.caches)]
    async fn change_uncommitted(&self, id: u64) {}

    async fn in_transaction(&self, committed: &Committed) {
        transaction(async {
            let snapshot = self.source.get();
            step().await;
            self.read_snapshot(self.id, snapshot).await;
            self.change_uncommitted(self.id).await;
            assert_eq!(self.read_snapshot(self.id, snapshot).await, snapshot);
            self.commit(committed);
            step().await;
        })
        .await;
    }

    async fn by_hand(&self, committed: &Committed) {
        self.commit(committed);
        step().await;
        self.caches.invalidate("versions:*").await.unwrap();
    }
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Read,
    Reload,
    Update,
    Change,
    Transaction,
    ByHand,
}

/// An actor, and how many turns it takes.
#[derive(Clone, Copy, Debug)]
struct Actor {
    act: Act,
    turns: usize,
    /// In the last turn it is dropped.
    dropped: bool,
}

const fn actor(act: Act, turns: usize) -> Actor {
    Actor {
        act,
        turns,
        dropped: false,
    }
}

const READ: Actor = actor(Act::Read, 2);
const RELOAD: Actor = actor(Act::Reload, 2);
const UPDATE: Actor = actor(Act::Update, 3);
const CHANGE: Actor = actor(Act::Change, 3);
const TRANSACTION: Actor = actor(Act::Transaction, 5);
const BY_HAND: Actor = actor(Act::ByHand, 2);

impl Actor {
    /// The same, dropped after each number of steps that leaves it unfinished.
    fn dropped(self) -> impl Iterator<Item = Self> {
        (2..=self.turns).map(move |turns| Self {
            turns,
            dropped: true,
            ..self
        })
    }
}

struct Playing {
    actor: Actor,
    turns: usize,
    future: Option<Pin<Box<dyn Future<Output = Option<usize>>>>>,
    committed: Rc<Committed>,
    /// What a reader may not fall below: the latest commit whose mutator had ended when it began.
    floor: Option<usize>,
}

impl Playing {
    fn new(actor: Actor, world: &Rc<World>) -> Self {
        let committed = Rc::new(Cell::new(0));
        let (world, commits) = (Rc::clone(world), Rc::clone(&committed));
        let future = async move {
            match actor.act {
                Act::Read => return Some(world.read(world.id).await),
                Act::Reload => return Some(reload(world.read(world.id)).await),
                Act::Update => return Some(world.update(world.id, &commits).await),
                Act::Change => world.change(world.id, &commits).await,
                Act::Transaction => world.in_transaction(&commits).await,
                Act::ByHand => world.by_hand(&commits).await,
            }
            None
        };
        Self {
            actor,
            turns: 0,
            future: Some(Box::pin(future)),
            committed,
            floor: None,
        }
    }

    /// Lets the actor take its turn, and returns the new floor.
    fn turn(&mut self, floor: usize) -> usize {
        let Some(future) = &mut self.future else {
            return floor;
        };
        self.turns += 1;
        if self.actor.dropped && self.turns >= self.actor.turns {
            return self.end(floor);
        }
        let begun_above = *self.floor.get_or_insert(floor);
        match future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Pending => floor,
            Poll::Ready(answer) => {
                if let Some(answer) = answer {
                    assert!(
                        answer >= begun_above,
                        "{answer} is older than {begun_above}"
                    );
                }
                self.end(floor)
            }
        }
    }

    fn end(&mut self, floor: usize) -> usize {
        self.future = None;
        floor.max(self.committed.get())
    }
}

/// Plays one order, and returns what is cached in the end.
fn play(world: &Rc<World>, actors: &[Actor], order: &[usize]) -> Option<usize> {
    let playing = actors.iter().map(|actor| Playing::new(*actor, world));
    let mut playing: Vec<_> = playing.collect();
    let mut floor = 0;
    let check = |floor: usize| {
        if let Some(version) = world.cached() {
            assert!(
                version >= floor,
                "{version} is cached after {floor} was committed"
            );
        }
    };
    for &at in order {
        floor = playing[at].turn(floor);
        check(floor);
    }
    // Those who waited for others had fewer steps of their own.
    for _ in 0..8 {
        for actor in &mut playing {
            floor = actor.turn(floor);
            check(floor);
        }
    }
    assert!(playing.iter().all(|actor| actor.future.is_none()));
    world.cached()
}

/// Calls `play` with every order in which the actors can take their steps.
fn orders(left: &mut [usize], order: &mut Vec<usize>, play: &mut impl FnMut(&[usize])) {
    if left.iter().all(|&left| left == 0) {
        return play(order);
    }
    for at in 0..left.len() {
        if left[at] > 0 {
            left[at] -= 1;
            order.push(at);
            orders(left, order, play);
            order.pop();
            left[at] += 1;
        }
    }
}

/// Plays every order, and returns how many there were and after how many something was cached.
fn play_all(actors: &[Actor]) -> (u64, u64) {
    let mut left: Vec<_> = actors.iter().map(|actor| actor.turns).collect();
    let (caches, _) = caches();
    let (mut played, mut kept) = (0, 0);
    orders(&mut left, &mut Vec::new(), &mut |order| {
        let world = World::new(&caches, played);
        let play = AssertUnwindSafe(|| play(&world, actors, order));
        let outcome = std::panic::catch_unwind(play);
        let outcome = outcome.unwrap_or_else(|_| panic!("{actors:?} in the order {order:?}"));
        played += 1;
        kept += u64::from(outcome.is_some());
    });
    (played, kept)
}

#[test]
fn an_update_alone_is_stored() {
    let world = World::new(&caches().0, 1);
    assert_eq!(play(&world, &[UPDATE], &[0, 0, 0]), Some(2));
}

#[test]
fn of_two_updates_the_later_stays_and_of_two_that_overlap_none() {
    let one_after_the_other = [[0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0]];
    let mut left = [3, 3];
    orders(&mut left, &mut Vec::new(), &mut |order| {
        let world = World::new(&caches().0, 1);
        let stored = play(&world, &[UPDATE, UPDATE], order);
        if one_after_the_other.iter().any(|other| other == order) {
            assert_eq!(stored, Some(3), "{order:?}");
        } else {
            assert_eq!(stored, None, "{order:?}");
        }
    });
}

#[test]
fn no_order_leaves_an_old_answer() {
    let casts: [&[Actor]; 10] = [
        &[UPDATE, UPDATE, READ],
        &[UPDATE, READ, READ],
        &[UPDATE, READ, RELOAD],
        &[UPDATE, CHANGE, READ],
        &[UPDATE, BY_HAND, READ],
        &[UPDATE, UPDATE, UPDATE],
        &[UPDATE, TRANSACTION, READ],
        &[TRANSACTION, CHANGE, READ],
        &[UPDATE, RELOAD, RELOAD],
        &[TRANSACTION, BY_HAND, RELOAD],
    ];
    for cast in casts {
        let (played, kept) = play_all(cast);
        assert!(played >= 210 && kept > 0, "{cast:?}");
    }
}

#[test]
fn no_order_leaves_an_old_answer_where_mutators_are_dropped_half_way() {
    for dropped in TRANSACTION.dropped() {
        play_all(&[dropped, CHANGE, READ]);
        play_all(&[dropped, UPDATE, READ]);
    }
    for dropped in UPDATE.dropped() {
        play_all(&[dropped, UPDATE, READ]);
        play_all(&[dropped, TRANSACTION, READ]);
    }
}
