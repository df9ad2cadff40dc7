//! Voyages: many calls of a few keys, polled, dropped half way and panicking in any code of the user's, between changes of all
//! kinds. Whatever happens, no call brings what was promised to be gone, those that nobody drops come to an end by wake-ups
//! alone, and nothing is left behind.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool as Flag, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use cached_key::{Key, Pattern};
use proptest::prelude::*;

use super::{Core, KeyName, Loading, Way, act::act, directory::Digest, miss::Miss, scope::Frozen};
use crate::{
    ManualClock, Settings,
    policy::{Policy, Terms},
    shape::{Alone, FallibleOptional, Together},
    sync::atomic::AtomicBool,
    time::Timer,
};

const KEYS: [&str; 6] = [
    "rows:a",
    "rows:a:1",
    "rows:a:1:x",
    "rows:b:2",
    "rows:a:2:x",
    "rows:c",
];

const PATTERNS: [&str; 7] = [
    "rows:a{,:*}",
    "rows:a:*",
    "rows:a:1{,:*}",
    "rows:*:2{,:*}",
    "rows:a",
    "rows:b:2",
    "rows:*",
];

const TAGS: [&str; 4] = ["all", "one:1", "one:3", "one:5"];

const MINUTE: Duration = Duration::from_mins(1);

static POLICIES: [Policy; 4] = [
    Policy::new(MINUTE),
    Policy::new(MINUTE).none_ttl(Duration::from_secs(20)),
    Policy::new(MINUTE)
        .stale_if_error(Duration::from_mins(10))
        .refresh_ahead_auto(),
    Policy::new(Duration::from_secs(30)).stale_while_revalidate(MINUTE),
];

/// Every other key has two.
fn tags(key: usize) -> Vec<Key> {
    let names = ["all".to_owned(), format!("one:{key}")];
    let names = names.iter().filter(|_| key % 2 == 1);
    names.map(|name| Key::parse(name).unwrap()).collect()
}

thread_local! {
    /// After so many calls of the user's code it panics.
    static FUSE: Cell<Option<u8>> = const { Cell::new(None) };
}

/// What it panics with.
struct Burnt;

fn burn() {
    match FUSE.get() {
        Some(0) => resume_unwind(Box::new(Burnt)),
        left => FUSE.set(left.map(|left| left - 1)),
    }
}

/// What the source had when a load looked.
struct Version(u64);

impl Clone for Version {
    fn clone(&self) -> Self {
        burn();
        Self(self.0)
    }
}

struct Broken;

impl Clone for Broken {
    fn clone(&self) -> Self {
        burn();
        Self
    }
}

type Answer = Result<Option<Version>, Broken>;

/// What a body does when it is polled.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    Wait,
    Bring,
    FindNothing,
    Fail,
    Panic,
}

struct Alarm(Flag);

impl Alarm {
    fn rings(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, rings: bool) {
        self.0.store(rings, Ordering::Relaxed);
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.set(true);
    }
}

struct Call {
    future: Pin<Box<dyn Future<Output = Answer>>>,
    alarm: Arc<Alarm>,
    order: Rc<Cell<Order>>,
    /// Whether its body waits for an order.
    loads: Rc<Cell<bool>>,
    key: usize,
    /// What it must not fall behind: what was promised when it began.
    promised: Option<u64>,
}

#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a condition by itself"
)]
struct Weather {
    system_clock: bool,
    narrow: bool,
    /// Keys share digests.
    collide: bool,
    /// Errors go to all who waited.
    share: bool,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Call {
        key: usize,
        policy: usize,
        own_policy: bool,
        reload: bool,
        /// Its answers are not to be stored.
        refuse: bool,
    },
    /// Polls one that was woken, or with `anyhow` any.
    Poll {
        at: usize,
        fuse: Option<u8>,
        anyhow: bool,
    },
    Order(usize, Order),
    Drop(usize),
    Invalidate(usize),
    InvalidateTag(usize),
    InvalidateKey(usize),
    Expire(usize),
    Insert(usize),
    Clear,
    Tidy,
    Wait,
}

fn weather() -> impl Strategy<Value = Weather> {
    any::<[bool; 4]>().prop_map(|[system_clock, narrow, collide, share]| Weather {
        system_clock,
        narrow,
        collide,
        share,
    })
}

fn step() -> impl Strategy<Value = Step> {
    let number = any::<usize>;
    let often = |percent: f64| prop::bool::weighted(percent / 100.0);
    let call = (number(), number(), any::<bool>(), often(12.0), often(15.0));
    let order = prop::sample::select(vec![
        Order::Bring,
        Order::Bring,
        Order::FindNothing,
        Order::Fail,
        Order::Fail,
        Order::Panic,
    ]);
    prop_oneof![
        5 => call.prop_map(|(key, policy, own_policy, reload, refuse)| Step::Call {
            key: key % KEYS.len(),
            policy: policy % POLICIES.len(),
            own_policy,
            reload,
            refuse,
        }),
        7 => (number(), prop::option::weighted(0.1, 0_u8..3), often(10.0))
            .prop_map(|(at, fuse, anyhow)| Step::Poll { at, fuse, anyhow }),
        3 => (number(), order).prop_map(|(at, order)| Step::Order(at, order)),
        1 => number().prop_map(Step::Drop),
        1 => number().prop_map(|at| Step::Invalidate(at % PATTERNS.len())),
        1 => number().prop_map(|at| Step::InvalidateTag(at % TAGS.len())),
        1 => number().prop_map(|at| Step::InvalidateKey(at % KEYS.len())),
        1 => number().prop_map(|at| Step::Expire(at % PATTERNS.len())),
        1 => number().prop_map(|at| Step::Insert(at % KEYS.len())),
        1 => prop::sample::select(vec![Step::Clear, Step::Tidy, Step::Wait]),
    ]
}

struct Voyage {
    core: Arc<Core>,
    clock: ManualClock,
    weather: Weather,
    source: Rc<RefCell<[u64; KEYS.len()]>>,
    /// What nobody who begins now may fall behind.
    promised: [u64; KEYS.len()],
    calls: Vec<Call>,
}

impl Voyage {
    fn new(weather: Weather) -> Self {
        let clock = ManualClock::default();
        let timer = if weather.system_clock {
            Timer::System
        } else {
            Timer::Custom(Arc::new(clock.clone()))
        };
        let settings = Settings::new().capacity(if weather.narrow { 2 } else { 100 });
        let enabled = Arc::new(AtomicBool::new(true));
        Self {
            core: Arc::new(Core::new("rows", timer, settings, enabled)),
            clock,
            weather,
            source: Rc::new(RefCell::new([1; KEYS.len()])),
            promised: [0; KEYS.len()],
            calls: Vec::new(),
        }
    }

    fn digest(&self, key: usize) -> Digest {
        if self.weather.collide {
            key as u64 % 2
        } else {
            self.core.digest(KEYS[key].as_bytes())
        }
    }

    fn go(&mut self, step: Step) {
        match step {
            Step::Call {
                key,
                policy,
                own_policy,
                reload,
                refuse,
            } => {
                let policy = &POLICIES[policy];
                let terms = if own_policy {
                    Terms::Own(Box::new(*policy))
                } else {
                    Terms::Declared(policy)
                };
                let (core, name) = (Arc::clone(&self.core), KeyName::new(KEYS[key].as_bytes()));
                let mut miss = Miss::new(core, name, self.digest(key), terms, reload);
                miss.tags = tags(key);
                self.call(key, miss, refuse);
            }
            Step::Poll { at, fuse, anyhow } => {
                if let Some(at) = self.one(at, |call| anyhow || call.alarm.rings()) {
                    self.poll(at, fuse);
                }
            }
            Step::Order(at, order) => {
                if let Some(at) = self.one(at, |call| call.loads.get()) {
                    self.calls[at].order.set(order);
                    self.calls[at].alarm.set(true);
                }
            }
            Step::Drop(at) => {
                if let Some(at) = self.one(at, |_| true) {
                    self.calls.remove(at);
                }
            }
            Step::Invalidate(at) => {
                let pattern = Pattern::parse(PATTERNS[at]).unwrap();
                let mark = |_: &Core, scopes: &mut Frozen<'_>| scopes.invalidate(&pattern);
                self.change(
                    |key| pattern.matches(KEYS[key]),
                    |core| act(&[Arc::clone(core)], mark, Vec::new()),
                );
            }
            Step::InvalidateTag(at) => {
                let pattern = Pattern::parse(TAGS[at]).unwrap();
                let mark = |_: &Core, scopes: &mut Frozen<'_>| scopes.invalidate_tag(&pattern);
                self.change(
                    |key| tags(key).iter().any(|tag| tag.as_str() == TAGS[at]),
                    |core| act(&[Arc::clone(core)], mark, Vec::new()),
                );
            }
            Step::InvalidateKey(key) => {
                let name = Key::parse(KEYS[key]).unwrap();
                self.change(|other| other == key, |core| core.invalidate_key(&name));
            }
            Step::Clear => self.change(|_| true, Core::clear),
            Step::Insert(key) => {
                let name = Key::parse(KEYS[key]).unwrap();
                let digest = self.digest(key);
                let version = Version(self.source.borrow()[key] + 1);
                self.change(
                    |other| other == key,
                    |core| {
                        let draft = core.draft_of(version, &POLICIES[0], None).unwrap();
                        core.put_over(&name, digest, draft, &tags(key), |_| true);
                    },
                );
            }
            Step::Expire(at) => self.core.expire(&Pattern::parse(PATTERNS[at]).unwrap()),
            Step::Tidy => self.core.run_pending_tasks(),
            Step::Wait => self.clock.advance(Duration::from_secs(25)),
        }
    }

    fn call(&mut self, key: usize, miss: Miss, refuse: bool) {
        let (order, loads) = (Rc::new(Cell::new(Order::Wait)), Rc::new(Cell::new(false)));
        let body = {
            let (order, loads) = (Rc::clone(&order), Rc::clone(&loads));
            let source = Rc::clone(&self.source);
            let mut seen = None;
            poll_fn(move |_| {
                let seen = *seen.get_or_insert_with(|| source.borrow()[key]);
                loads.set(order.get() == Order::Wait);
                Poll::Ready(match order.get() {
                    Order::Wait => return Poll::Pending,
                    Order::Bring => Ok(Some(Version(seen))),
                    Order::FindNothing => Ok(None),
                    Order::Fail => Err(Broken),
                    Order::Panic => resume_unwind(Box::new(Burnt)),
                })
            })
        };
        let store_if = move |_: &Version| {
            burn();
            !refuse
        };
        let way = Way::Load(Box::new(miss));
        let future: Pin<Box<dyn Future<Output = Answer>>> = if self.weather.share {
            let shape = FallibleOptional::<Version, Broken, Together>::new();
            Box::pin(Loading::new(way, shape, store_if, body))
        } else {
            let shape = FallibleOptional::<Version, Broken, Alone>::new();
            Box::pin(Loading::new(way, shape, store_if, body))
        };
        self.calls.push(Call {
            future,
            alarm: Arc::new(Alarm(Flag::new(true))),
            order,
            loads,
            key,
            promised: None,
        });
    }

    /// One of those for which `is` holds.
    fn one(&self, at: usize, is: impl Fn(&Call) -> bool) -> Option<usize> {
        let all = (0..self.calls.len()).filter(|&at| is(&self.calls[at]));
        let all: Vec<usize> = all.collect();
        all.get(at.checked_rem(all.len())?).copied()
    }

    /// Changes the source for those keys that are meant, and invalidates them.
    fn change(&mut self, meant: impl Fn(usize) -> bool, invalidate: impl FnOnce(&Arc<Core>)) {
        let meant: Vec<usize> = (0..KEYS.len()).filter(|&key| meant(key)).collect();
        for &key in &meant {
            self.source.borrow_mut()[key] += 1;
        }
        invalidate(&self.core);
        for &key in &meant {
            self.promised[key] = self.source.borrow()[key];
        }
    }

    fn poll(&mut self, at: usize, fuse: Option<u8>) {
        let call = &mut self.calls[at];
        let promised = *call.promised.get_or_insert(self.promised[call.key]);
        call.alarm.set(false);
        let waker = Waker::from(Arc::clone(&call.alarm));
        let mut cx = Context::from_waker(&waker);
        FUSE.set(fuse);
        let polled = catch_unwind(AssertUnwindSafe(|| call.future.as_mut().poll(&mut cx)));
        FUSE.set(None);
        match polled {
            Ok(Poll::Pending) => return,
            Ok(Poll::Ready(Ok(Some(Version(version))))) => {
                let key = KEYS[call.key];
                assert!(version >= promised, "{key}: {version} after {promised}");
            }
            Ok(Poll::Ready(_)) => {}
            Err(panic) if panic.is::<Burnt>() => {}
            Err(panic) => resume_unwind(panic),
        }
        self.calls.remove(at);
    }

    /// Every load brings its answer, and nothing else happens any more.
    fn end(mut self) {
        // Far more than it takes.
        for _ in 0..10_000 {
            for call in &self.calls {
                if call.order.get() == Order::Wait {
                    call.order.set(Order::Bring);
                }
                if call.loads.get() {
                    call.alarm.set(true);
                }
            }
            let Some(at) = self.one(0, |call| call.alarm.rings()) else {
                break;
            };
            self.poll(at, None);
        }
        assert_eq!(
            self.calls.len(),
            0,
            "calls sleep for ever, or never come to an end"
        );
        let core = &self.core;
        assert_eq!(core.flights(), 0);
        core.run_pending_tasks();
        let held = core.shelf.scopes.holds() as u64;
        assert_eq!(held, core.stats().entries, "holds");
        core.clear();
        core.run_pending_tasks();
        let (scopes, tags) = (core.shelf.scopes.len(), core.shelf.tags.len());
        assert_eq!((core.stats().entries, scopes, tags), (0, 1, 1));
        assert_eq!(Arc::strong_count(core), 1, "somebody holds the cache");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn all_calls_end_well(weather in weather(), steps in prop::collection::vec(step(), 10..130)) {
        let mut voyage = Voyage::new(weather);
        for step in steps {
            voyage.go(step);
        }
        voyage.end();
    }
}
