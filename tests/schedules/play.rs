//! The actors and who goes on next.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use tokio::{
    runtime::{Builder, Runtime},
    task::yield_now,
    time::advance,
};

use crate::path::Path;

type Part = Pin<Box<dyn Future<Output = ()>>>;

/// What an actor does in a step.
enum Role {
    /// Polls its part.
    Plays(RefCell<Option<Part>>),
    /// Drops the part of another, once.
    Drops(usize),
    /// Lets the tasks that others have spawned come to their next pause, as long as there are any.
    Runs,
    /// Lets so much time pass, once.
    Waits(Duration),
}

/// Where the user's code is called in the middle of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    /// `store_if`: the body has returned, its answer is not stored.
    Commit,
    /// `Clone` of the value: for storing it, for those who waited, and in a hit.
    Clone,
    /// `Clock`: before a look into the directory, and for the lifetime of an answer.
    Clock,
}

/// At which of them others may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stops {
    AtCommit,
    Everywhere,
    Nowhere,
}

struct Actor {
    name: &'static str,
    role: Role,
    awake: Arc<Awake>,
    stops: Stops,
    /// The actor who must have begun before this one, where the two are alike.
    after: Option<usize>,
    begun: Cell<bool>,
    ended: Cell<bool>,
}

struct Awake(AtomicBool);

impl Wake for Awake {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// One run of a few actors.
#[derive(Default)]
pub(crate) struct Play {
    path: RefCell<Path>,
    actors: RefCell<Vec<Rc<Actor>>>,
    /// Who is in the middle of a step: each was interrupted by the next.
    stage: RefCell<Vec<usize>>,
    log: RefCell<Vec<String>>,
    clock: Cell<u64>,
    /// The spawned tasks that have paused.
    paused: RefCell<Vec<Waker>>,
}

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    static PLAY: RefCell<Option<Rc<Play>>> = const { RefCell::new(None) };
}

fn playing() -> Option<Rc<Play>> {
    PLAY.with_borrow(Clone::clone)
}

/// The next instant.
pub(crate) fn tick() -> u64 {
    playing().map_or(0, |play| play.clock.replace(play.clock.get() + 1))
}

/// Ends a step of the actor; it goes on when it is chosen again.
pub(crate) async fn pause() {
    let mut paused = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut paused, true) {
            return Poll::Ready(());
        }
        match playing().filter(|play| play.is_running()) {
            Some(play) => play.paused.borrow_mut().push(cx.waker().clone()),
            None => cx.waker().wake_by_ref(),
        }
        Poll::Pending
    })
    .await;
}

/// Lets others go on in the middle of the actor's step.
pub(crate) fn stop(at: Point) {
    let Some(play) = playing() else { return };
    let Some(&actor) = play.stage.borrow().last() else {
        return;
    };
    let actor = Rc::clone(&play.actors.borrow()[actor]);
    match actor.stops {
        Stops::Nowhere => {}
        Stops::AtCommit if at != Point::Commit => {}
        Stops::AtCommit | Stops::Everywhere => play.go_on(Some((&actor, at))),
    }
}

enum Step {
    Take(usize),
    Return,
}

impl Play {
    pub(crate) fn actor(&self, name: &'static str, part: impl Future<Output = ()> + 'static) {
        self.enter(name, Role::Plays(RefCell::new(Some(Box::pin(part)))));
    }

    /// An actor who drops the future of another, not while that one is in the middle of a step.
    pub(crate) fn dropper(&self, victim: usize) {
        self.enter("drop", Role::Drops(victim));
    }

    /// The runtime on which others spawn tasks.
    pub(crate) fn runtime(&self) {
        self.enter("runtime", Role::Runs);
    }

    /// An actor who lets time pass.
    pub(crate) fn time(&self, by: Duration) {
        self.enter("time", Role::Waits(by));
    }

    fn enter(&self, name: &'static str, role: Role) {
        self.actors.borrow_mut().push(Rc::new(Actor {
            name,
            role,
            awake: Arc::new(Awake(AtomicBool::new(true))),
            stops: Stops::AtCommit,
            after: None,
            begun: Cell::new(false),
            ended: Cell::new(false),
        }));
    }

    /// Whether this is the step of a spawned task.
    fn is_running(&self) -> bool {
        let stage = self.stage.borrow();
        let actors = self.actors.borrow();
        (stage.last()).is_some_and(|&actor| matches!(actors[actor].role, Role::Runs))
    }

    fn change_last(&self, change: impl FnOnce(&mut Actor)) {
        let mut actors = self.actors.borrow_mut();
        change(Rc::get_mut(actors.last_mut().unwrap()).unwrap());
    }

    /// Where the last actor may be interrupted.
    pub(crate) fn stopping(&self, stops: Stops) {
        self.change_last(|actor| actor.stops = stops);
    }

    /// The last actor is like this one, so it need not begin first.
    pub(crate) fn like(&self, other: usize) {
        self.change_last(|actor| actor.after = Some(other));
    }

    /// Lets the actors go on, one step at a time, until nobody can.
    pub(crate) fn perform(self: &Rc<Self>) {
        let runtime = RUNTIME.with(|runtime| runtime.handle().clone());
        let _current = runtime.enter();
        self.go_on(None);
        let stuck: Vec<_> = (self.actors.borrow().iter())
            .filter(|actor| matches!(actor.role, Role::Plays(_)) && !actor.ended.get())
            .map(|actor| actor.name)
            .collect();
        assert!(stuck.is_empty(), "{stuck:?} wait for ever");
        assert_eq!(runtime.metrics().num_alive_tasks(), 0, "tasks go on");
    }

    fn go_on(&self, inside: Option<(&Actor, Point)>) {
        while let Some(step) = self.choose(inside) {
            match step {
                Step::Take(actor) => self.take(actor),
                Step::Return => return,
            }
        }
    }

    fn choose(&self, inside: Option<(&Actor, Point)>) -> Option<Step> {
        let actors = self.actors.borrow();
        let is_free =
            |other: usize| !self.stage.borrow().contains(&other) && !actors[other].ended.get();
        let can = |at: &usize| {
            let actor = &actors[*at];
            is_free(*at)
                && actor.after.is_none_or(|other| actors[other].begun.get())
                && match actor.role {
                    Role::Plays(_) => actor.awake.0.load(Ordering::SeqCst),
                    Role::Drops(victim) => is_free(victim),
                    Role::Runs => RUNTIME.with(|runtime| runtime.metrics().num_alive_tasks() > 0),
                    Role::Waits(_) => true,
                }
        };
        let mut options: Vec<usize> = (0..actors.len()).filter(can).collect();
        let back = usize::from(inside.is_some());
        if options.len() + back == 0 {
            return None;
        }
        let choice = self.path.borrow_mut().choose(options.len() + back);
        if choice == options.len() {
            let (actor, at) = inside.unwrap();
            self.log
                .borrow_mut()
                .push(format!("{} goes on after {at:?}", actor.name));
            return Some(Step::Return);
        }
        Some(Step::Take(options.swap_remove(choice)))
    }

    fn take(&self, at: usize) {
        let actor = Rc::clone(&self.actors.borrow()[at]);
        self.log.borrow_mut().push(actor.name.to_owned());
        actor.begun.set(true);
        self.stage.borrow_mut().push(at);
        match &actor.role {
            Role::Plays(part) => {
                actor.awake.0.store(false, Ordering::SeqCst);
                let waker = Waker::from(Arc::clone(&actor.awake));
                let mut part = part.borrow_mut();
                let polled =
                    (part.as_mut().unwrap().as_mut()).poll(&mut Context::from_waker(&waker));
                if polled.is_ready() {
                    *part = None;
                    actor.ended.set(true);
                }
            }
            Role::Drops(victim) => {
                let victim = Rc::clone(&self.actors.borrow()[*victim]);
                victim.ended.set(true);
                actor.ended.set(true);
                if let Role::Plays(part) = &victim.role {
                    drop(part.borrow_mut().take());
                }
            }
            Role::Runs => {
                if let Some(paused) = self.paused.borrow_mut().pop() {
                    paused.wake();
                }
                RUNTIME.with(|runtime| runtime.block_on(yield_now()));
            }
            Role::Waits(by) => {
                actor.ended.set(true);
                RUNTIME.with(|runtime| runtime.block_on(advance(*by)));
            }
        }
        self.stage.borrow_mut().pop();
    }

    pub(crate) fn stops_everywhere(&self) -> bool {
        let actors = self.actors.borrow();
        actors.iter().any(|actor| actor.stops == Stops::Everywhere)
    }

    pub(crate) fn log(&self) -> String {
        self.log.borrow().join(", ")
    }
}

/// Runs `run` once for each schedule of the actors that it puts on, and returns how many there were.
pub(crate) fn every_schedule(mut run: impl FnMut(&Rc<Play>)) -> usize {
    let mut path = Path::default();
    let mut schedules = 0;
    loop {
        let play = Rc::new(Play {
            path: RefCell::new(path),
            ..Play::default()
        });
        PLAY.set(Some(Rc::clone(&play)));
        run(&play);
        PLAY.set(None);
        schedules += 1;
        path = play.path.take();
        if !path.next() {
            return schedules;
        }
    }
}

/// Runs a future outside of the play.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    for _ in 0..100 {
        let polled = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        if let Poll::Ready(output) = polled {
            return output;
        }
    }
    panic!("waits for ever");
}

#[test]
fn two_actors_of_two_steps_have_six_schedules() {
    let mut logs = std::collections::BTreeSet::new();
    let schedules = every_schedule(|play| {
        for name in ["a", "b"] {
            play.actor(name, pause());
        }
        play.perform();
        logs.insert(play.log());
    });
    assert_eq!((schedules, logs.len()), (6, 6));
}

#[test]
fn a_step_is_interrupted_by_any_number_of_others() {
    let schedules = every_schedule(|play| {
        play.actor("a", async { stop(Point::Commit) });
        play.actor("b", pause());
        play.perform();
    });
    // b's two steps before, in, or after the stop of a: as two markers among a's two.
    assert_eq!(schedules, 6);
}
