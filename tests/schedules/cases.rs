//! Who plays, and what must hold whatever the order.

use std::{
    io::{Write, stdout},
    rc::Rc,
    sync::Arc,
};

use cached_runtime::policy;
use cached_tests::Read;

use crate::{
    play::{Play, Stops, every_schedule, now},
    service::{Call, DEADLINE, End, LATE, Service, caches},
    ways::{FEW, WAYS, Way},
};

/// What lies in the cache before the play begins.
#[derive(Clone, Copy, Debug)]
struct Setting {
    old: Option<Old>,
    /// Keys that share segments with the row, so that an invalidation of many keys marks a node above it.
    siblings: bool,
}

/// The old answer.
#[derive(Clone, Copy, Debug)]
enum Old {
    Plain,
    /// With a late life, and of this age in seconds.
    Late(u64),
    Tagged,
}

const fn setting(old: Option<Old>, siblings: bool) -> Setting {
    Setting { old, siblings }
}

const NOTHING: Setting = setting(None, false);
const OLD: Setting = setting(Some(Old::Plain), false);
const SIBLINGS_ONLY: Setting = setting(None, true);
const OLD_AMONG_SIBLINGS: Setting = setting(Some(Old::Plain), true);
const SETTINGS: [Setting; 4] = [NOTHING, OLD, SIBLINGS_ONLY, OLD_AMONG_SIBLINGS];

/// To be loaded ahead, to be handed out meanwhile, to stand in for a load that fails.
const LATE_SETTINGS: [Setting; 4] = [
    setting(Some(Old::Late(40)), true),
    setting(Some(Old::Late(90)), false),
    setting(Some(Old::Late(90)), true),
    setting(Some(Old::Late(200)), true),
];

const SIBLINGS: [&str; 2] = ["rows:user:1:status:closed", "rows:user:2:status:open"];

impl Setting {
    fn prepare(self, service: &Arc<Service>) {
        let key = Service::key();
        for sibling in SIBLINGS.iter().filter(|_| self.siblings) {
            match self.old {
                Some(Old::Tagged) => service.store_tagged(sibling),
                _ => service.store(sibling, &policy::STATIC, 0),
            }
        }
        match self.old {
            Some(Old::Plain) => service.store(key.as_str(), &policy::RATE_LIMIT, 0),
            Some(Old::Late(age)) => service.store(key.as_str(), &LATE, age),
            Some(Old::Tagged) => now(Arc::clone(service).ask(Call::Tagged)),
            None => {}
        }
    }
}

/// Goes through all schedules of a cast, for each way and setting.
fn every(
    name: &str,
    ways: &[Way],
    settings: &[Setting],
    cast: impl Fn(&Rc<Play>, &Arc<Service>, Way),
) {
    let mut schedules = 0;
    for &way in ways {
        for &setting in settings {
            let caches = caches();
            schedules += every_schedule(|play| {
                let service = Service::new(&caches);
                setting.prepare(&service);
                cast(play, &service, way);
                play.perform();
                if let Err(broken) = keeps_its_promises(play, &service, way) {
                    panic!("{name}, {way:?}, {setting:?}: {broken}\n    {}", play.log());
                }
                service.clean_up();
            });
        }
    }
    // Past the test harness, which keeps what `println!` prints to itself.
    let line = format!("{schedules:>7} schedules of {name}\n");
    stdout().write_all(line.as_bytes()).unwrap();
}

fn keeps_its_promises(play: &Play, service: &Arc<Service>, way: Way) -> Result<(), String> {
    let invalidations = service.history().invalidations.clone();
    let starts = invalidations.iter().map(|act| act.span.start);
    let since = starts.max().filter(|_| way != Way::Never).unwrap_or(0);
    let youngest = youngest(&service.history().reads, |read| {
        // Where a load can be stopped before its body begins, it may have been overtaken all the same.
        let begun = if play.stops_everywhere() {
            read.span.start
        } else {
            read.began
        };
        begun >= since
    });

    let loads = service.loads();
    now(Arc::clone(service).ask(Call::Method));
    let probe = service.history().reads.last().cloned().unwrap();
    now(Arc::clone(service).ask(Call::Pair));
    service
        .history()
        .check()
        .map_err(|broken| broken.to_string())?;

    if way != Way::Never && probe.saw[0].1 != service.version() {
        return Err(format!(
            "the source has version {}, but {probe:?}",
            service.version()
        ));
    }
    // What was loaded for nothing is a promise broken too.
    let inserted = way == Way::Insert && invalidations.len() == 1;
    if (youngest.is_some() || inserted) && service.loads() != loads {
        return Err(format!(
            "what {youngest:?} got was not stored, or did not stay"
        ));
    }
    if let Some(youngest) = youngest
        && probe.began < youngest.began
    {
        return Err(format!("{youngest:?} has given way to the older {probe:?}"));
    }
    Ok(())
}

/// The read of the row with the youngest answer that no invalidation has overtaken.
fn youngest(reads: &[Read], counts: impl Fn(&Read) -> bool) -> Option<Read> {
    (reads.iter())
        .filter(|read| read.key == Service::key().as_str() && counts(read))
        .max_by_key(|read| read.began)
        .cloned()
}

fn enter(play: &Rc<Play>, service: &Arc<Service>, name: &'static str, call: Call) {
    let service = Arc::clone(service);
    play.actor(name, async move { service.ask(call).await });
}

fn mutate(play: &Rc<Play>, service: &Arc<Service>, way: Way) {
    play.actor("mutation", way.mutate(Arc::clone(service)));
}

#[test]
fn two_calls() {
    every("two calls", &WAYS, &SETTINGS, |play, service, way| {
        enter(play, service, "a", Call::Method);
        enter(play, service, "b", Call::Method);
        play.like(0);
        mutate(play, service, way);
    });
}

#[test]
fn a_call_and_one_by_hand() {
    let settings = [NOTHING, OLD_AMONG_SIBLINGS];
    every(
        "a call and one by hand",
        &WAYS,
        &settings,
        |play, service, way| {
            enter(play, service, "method", Call::Method);
            enter(play, service, "by hand", Call::ByHand);
            mutate(play, service, way);
        },
    );
}

#[test]
fn a_call_and_a_reload() {
    let settings = [NOTHING, OLD_AMONG_SIBLINGS];
    every(
        "a call and a reload",
        &WAYS,
        &settings,
        |play, service, way| {
            enter(play, service, "call", Call::Method);
            enter(play, service, "reload", Call::Reload);
            mutate(play, service, way);
        },
    );
}

#[test]
fn two_reloads() {
    every("two reloads", &WAYS, &[OLD], |play, service, way| {
        enter(play, service, "a", Call::Reload);
        enter(play, service, "b", Call::Reload);
        play.like(0);
        mutate(play, service, way);
    });
}

#[test]
fn calls_and_reloads_without_an_invalidation() {
    for calls in [[Call::Method, Call::Reload], [Call::Reload, Call::Reload]] {
        let name = "calls and reloads without an invalidation";
        every(name, &[Way::Never], &SETTINGS, |play, service, way| {
            enter(play, service, "a", calls[0]);
            enter(play, service, "b", calls[1]);
            mutate(play, service, way);
        });
    }
}

#[test]
fn a_call_that_is_dropped_and_one_that_waits() {
    let name = "a call that is dropped and one that waits";
    every(name, &FEW, &[SIBLINGS_ONLY], |play, service, way| {
        enter(play, service, "dropped", Call::Method);
        enter(play, service, "other", Call::Method);
        mutate(play, service, way);
        play.dropper(0);
    });
}

#[test]
fn a_call_that_fails_and_one_that_waits() {
    let name = "a call that fails and one that waits";
    every(
        name,
        &WAYS,
        &[NOTHING, SIBLINGS_ONLY],
        |play, service, way| {
            enter(play, service, "failing", Call::Failing);
            enter(play, service, "other", Call::Method);
            mutate(play, service, way);
        },
    );
}

#[test]
fn keys_that_come_in_between() {
    every(
        "a call, and keys that come in between",
        &WAYS,
        &SETTINGS[..2],
        |play, service, way| {
            enter(play, service, "call", Call::Method);
            mutate(play, service, way);
            for key in SIBLINGS {
                let service = Arc::clone(service);
                play.actor(key, async move { service.store(key, &policy::STATIC, 0) });
            }
        },
    );
}

#[test]
fn an_answer_made_of_another() {
    let ways = [
        Way::ClearAll,
        Way::Mutator(End::Ok),
        Way::Mutator(End::Panic),
        Way::DroppedMutator,
    ];
    every(
        "an answer made of another",
        &ways,
        &SETTINGS,
        |play, service, way| {
            enter(play, service, "pair", Call::Pair);
            play.stopping(Stops::Nowhere);
            enter(play, service, "row", Call::Method);
            play.stopping(Stops::Nowhere);
            mutate(play, service, way);
        },
    );
}

#[test]
fn one_call_stopped_everywhere() {
    every(
        "one call stopped everywhere",
        &FEW,
        &[NOTHING, OLD_AMONG_SIBLINGS],
        |play, service, way| {
            enter(play, service, "call", Call::Method);
            play.stopping(Stops::Everywhere);
            enter(play, service, "get", Call::Get);
            play.stopping(Stops::Everywhere);
            mutate(play, service, way);
        },
    );
}

#[test]
fn two_mutators() {
    let others = [
        Way::Update(End::Ok),
        Way::Update(End::Err),
        Way::DroppedUpdate,
        Way::Mutator(End::Ok),
        Way::Remove,
        Way::Below,
        Way::Clear,
        Way::Insert,
        Way::Transaction,
        Way::Expire,
    ];
    let settings = [NOTHING, OLD_AMONG_SIBLINGS];
    every(
        "an update, another mutator and a call",
        &others,
        &settings,
        |play, service, other| {
            mutate(play, service, Way::Update(End::Ok));
            mutate(play, service, other);
            enter(play, service, "call", Call::Method);
        },
    );
}

#[test]
fn late_answers() {
    every(
        "late answers",
        &WAYS,
        &LATE_SETTINGS,
        |play, service, way| {
            enter(play, service, "a", Call::Late);
            enter(play, service, "b", Call::Late);
            play.like(0);
            mutate(play, service, way);
        },
    );
}

#[test]
fn late_answers_loaded_in_the_background() {
    let name = "late answers loaded in the background";
    every(name, &FEW, &LATE_SETTINGS, |play, service, way| {
        enter(play, service, "background", Call::Background);
        enter(play, service, "other", Call::Late);
        mutate(play, service, way);
        play.runtime();
    });
}

#[test]
fn late_answers_whose_loads_fail() {
    // What is past its time may stand in for a load that fails.
    let ways: Vec<Way> = (WAYS.iter().copied())
        .filter(|way| !format!("{way:?}").starts_with("Expire"))
        .collect();
    let name = "late answers whose loads fail";
    every(name, &ways, &LATE_SETTINGS, |play, service, way| {
        enter(play, service, "failing", Call::LateFailing);
        enter(play, service, "other", Call::Late);
        mutate(play, service, way);
    });
}

#[test]
fn late_answers_whose_loader_is_dropped() {
    let name = "late answers whose loader is dropped";
    every(name, &FEW, &LATE_SETTINGS[2..], |play, service, way| {
        enter(play, service, "dropped", Call::Late);
        enter(play, service, "other", Call::Late);
        mutate(play, service, way);
        play.dropper(0);
    });
}

#[test]
fn tagged_answers() {
    let ways = [Way::Tag, Way::TagPrefix, Way::Prefix, Way::Mutator(End::Ok)];
    let settings = [
        NOTHING,
        setting(Some(Old::Tagged), false),
        setting(Some(Old::Tagged), true),
    ];
    for other in [Call::Tagged, Call::TaggedReload] {
        every("tagged answers", &ways, &settings, |play, service, way| {
            enter(play, service, "a", Call::Tagged);
            enter(play, service, "b", other);
            mutate(play, service, way);
        });
    }
}

#[test]
fn a_load_that_is_given_up() {
    let name = "a load that is given up, and a call that waits";
    every(
        name,
        &FEW,
        &[NOTHING, OLD_AMONG_SIBLINGS],
        |play, service, way| {
            enter(play, service, "given up", Call::TimedOut);
            enter(play, service, "other", Call::Method);
            mutate(play, service, way);
            play.time(2 * DEADLINE);
        },
    );
}
