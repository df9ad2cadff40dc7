//! Who plays, and what must hold whatever the order.

use std::{
    io::{Write, stdout},
    rc::Rc,
};

use cached_tests::Read;

use crate::{
    play::{Play, Stops, every_schedule, now},
    service::{Call, End, Service, caches},
    ways::{WAYS, Way},
};

/// What lies in the cache before the play begins. Siblings are keys that share segments with the row, so that an
/// invalidation of many keys marks a node above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Setting {
    Nothing,
    Old,
    Siblings,
    OldAmongSiblings,
}

const SETTINGS: [Setting; 4] = [
    Setting::Nothing,
    Setting::Old,
    Setting::Siblings,
    Setting::OldAmongSiblings,
];

const SIBLINGS: [&str; 2] = ["rows:user:1:status:closed", "rows:user:2:status:open"];

impl Setting {
    fn prepare(self, service: &Service) {
        if matches!(self, Self::Old | Self::OldAmongSiblings) {
            service.store(Service::key().as_str());
        }
        if matches!(self, Self::Siblings | Self::OldAmongSiblings) {
            SIBLINGS.iter().for_each(|key| service.store(key));
        }
    }
}

/// Goes through all schedules of a cast, for each way and setting.
fn every(
    name: &str,
    ways: &[Way],
    settings: &[Setting],
    cast: impl Fn(&Rc<Play>, &Rc<Service>, Way),
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
    // Not by a macro, whose output a test harness keeps to itself.
    writeln!(stdout(), "{schedules:>7} schedules of {name}").unwrap();
}

fn keeps_its_promises(play: &Play, service: &Service, way: Way) -> Result<(), String> {
    let invalidated = service.history.borrow().invalidations[0].span;
    let since = if way == Way::Never {
        0
    } else {
        invalidated.start
    };
    let youngest = youngest(&service.history.borrow().reads, |read| {
        // Where a load can be stopped before its body begins, it may have been overtaken all the same.
        let begun = if play.stops_everywhere() {
            read.span.start
        } else {
            read.began
        };
        begun >= since
    });

    let loads = service.loads();
    now(service.ask(Call::Method));
    let probe = service.history.borrow().reads.last().cloned().unwrap();
    now(service.ask(Call::Pair));
    service
        .history
        .borrow()
        .check()
        .map_err(|broken| broken.to_string())?;

    if way != Way::Never && probe.saw[0].1 != service.version() {
        return Err(format!(
            "the source has version {}, but {probe:?}",
            service.version()
        ));
    }
    // What was loaded for nothing is a promise broken too.
    if (youngest.is_some() || way == Way::Insert) && service.loads() != loads {
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

fn enter(play: &Rc<Play>, service: &Rc<Service>, name: &'static str, call: Call) {
    let service = Rc::clone(service);
    play.actor(name, async move { service.ask(call).await });
}

fn mutate(play: &Rc<Play>, service: &Rc<Service>, way: Way) {
    play.actor("mutation", way.mutate(Rc::clone(service)));
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
    let settings = [Setting::Nothing, Setting::OldAmongSiblings];
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
    let settings = [Setting::Nothing, Setting::OldAmongSiblings];
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
    every(
        "two reloads",
        &WAYS,
        &[Setting::Old],
        |play, service, way| {
            enter(play, service, "a", Call::Reload);
            enter(play, service, "b", Call::Reload);
            play.like(0);
            mutate(play, service, way);
        },
    );
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
    every(
        name,
        &WAYS,
        &[Setting::Nothing, Setting::Siblings],
        |play, service, way| {
            enter(play, service, "dropped", Call::Method);
            enter(play, service, "other", Call::Method);
            mutate(play, service, way);
            play.dropper(0);
        },
    );
}

#[test]
fn a_call_that_fails_and_one_that_waits() {
    let name = "a call that fails and one that waits";
    every(
        name,
        &WAYS,
        &[Setting::Nothing, Setting::Siblings],
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
                let service = Rc::clone(service);
                play.actor(key, async move { service.store(key) });
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
        &WAYS,
        &SETTINGS,
        |play, service, way| {
            enter(play, service, "call", Call::Method);
            play.stopping(Stops::Everywhere);
            enter(play, service, "get", Call::Get);
            play.stopping(Stops::Everywhere);
            mutate(play, service, way);
        },
    );
}
