//! What a miss costs whose load does nothing, and storing into a cache that is full, beside a hit of the same toolkit.

mod attributes;
mod inserters;
mod loaders;

use std::{
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use anyhow::Result;
use tokio::runtime::Runtime;

use self::loaders::Room;
use crate::{
    cli::Cli,
    report::{Bar, Bars, Group, Page, Scale, figure, grouped, spread},
    rounds::{Series, play},
    workload::{Call, Conversations, NoSuchUser, rendered},
};

/// Calls a slice.
const CALLS: u32 = 20_000;
/// Entries in the caches that are full, and in those that hits ask.
const ENTRIES: u32 = 10_000;

/// What every load brings, and how many there were.
#[derive(Clone)]
struct Load {
    answer: Conversations,
    loads: Arc<AtomicU64>,
}

impl Load {
    #[inline]
    #[expect(clippy::unnecessary_wraps, reason = "it stands for one that can fail")]
    fn bring(&self, _user_id: u64, _status: Option<&str>) -> Result<Conversations, NoSuchUser> {
        self.loads.fetch_add(1, Ordering::Relaxed);
        Ok(self.answer.clone())
    }

    fn count(&self) -> u64 {
        self.loads.load(Ordering::Relaxed)
    }
}

/// One of those that are measured.
trait Storing: Sync {
    fn name(&self) -> &'static str;

    /// How many calls make a slice.
    fn slice(&self) -> u32 {
        CALLS
    }

    /// Makes the calls: where nothing is there, each stores an entry.
    fn run(&self, runtime: &Runtime, calls: &[Call]);

    /// Lets everything go, and gives its memory back.
    fn clear(&self, _runtime: &Runtime) {}
}

/// Writes the loop around one way to store. Not all of them get by without a runtime, so all have one. Those who take keys
/// by reference get a buffer that is used again.
macro_rules! storing {
    (
        $name:expr, $type:ty, |$this:ident, $call:ident, $key:ident| $stored:expr
        $(, $slice:ident)?
        $(; clear |$cleared:ident, $with:ident| $clear:block)?
    ) => {
        impl $crate::misses::Storing for $type {
            fn name(&self) -> &'static str {
                $name
            }

            $(fn slice(&self) -> u32 {
                self.$slice
            })?

            #[inline(never)]
            fn run(&self, runtime: &::tokio::runtime::Runtime, calls: &[$crate::workload::Call]) {
                runtime.block_on(async {
                    let $this = self;
                    let mut buffer = String::with_capacity(128);
                    let $key = &mut buffer;
                    for &$call in calls {
                        ::std::hint::black_box($stored);
                    }
                });
            }

            $(fn clear(&self, $with: &::tokio::runtime::Runtime) {
                let $cleared = self;
                $clear
            })?
        }
    };
}
use storing;

/// One that stores, and a cache of the same make that has all it is asked for.
struct Pair<'a> {
    stores: Box<dyn Storing>,
    has: &'a dyn Storing,
}

/// One group of the table.
struct Kind {
    name: &'static str,
    /// Calls made before the clock starts.
    fill: u32,
    /// Whether each call runs the load.
    loads: bool,
    /// Whether each round begins with nothing.
    clears: bool,
    stores: Vec<Box<dyn Storing>>,
}

pub(crate) fn measure(cli: &Cli, runtime: &Runtime, page: &mut Page) -> Result<()> {
    let load = Load {
        answer: Arc::new(Vec::new()),
        loads: Arc::default(),
    };
    page.text(&format!(
        "Keys that were never there; the load counts itself and returns an `Arc` that exists. The first caches had as many \
         entries before, which are gone, so that there is room and memory at hand; the *growing* ones take new memory for each \
         entry and make their tables larger; the *full* ones have {entries} entries, so each call also evicts one. Beside it, in the same round, a hit of the same toolkit in a cache with {entries} \
         entries, and what it takes to allocate a key and a value: a `String` with the key and a `Box` for the `Arc`, all kept. The last \
         column is what a miss takes beyond that allocation, in hits. Nanoseconds a call, median over the rounds.",
        entries = grouped(ENTRIES.into())
    ));
    let kinds = [
        Kind {
            name: "miss",
            fill: CALLS,
            loads: true,
            clears: true,
            stores: loaders::all(Room::Emptied, &load, runtime)?,
        },
        Kind {
            name: "miss, growing",
            fill: CALLS,
            loads: true,
            clears: false,
            stores: loaders::all(Room::Growing, &load, runtime)?,
        },
        Kind {
            name: "miss, full",
            fill: ENTRIES,
            loads: true,
            clears: false,
            stores: loaders::all(Room::Full, &load, runtime)?,
        },
        Kind {
            name: "insert, full",
            fill: ENTRIES,
            loads: false,
            clears: false,
            stores: inserters::all(&load, runtime)?,
        },
    ];
    // Made once, because a call site is at its best with the first caches that it meets.
    let resident = loaders::all(Room::Resident, &load, runtime)?;
    let mut rows = Vec::new();
    let mut groups = Vec::new();
    for kind in kinds {
        let title = kind.name;
        let answers = kind.measure(cli.rounds(), &load, &resident, runtime);
        let mut bars = Vec::new();
        for (name, [stored, hit, allocation]) in answers {
            page.samples(title, name, &[("call", "that stores")], "ns", &stored);
            page.samples(title, name, &[("call", "a hit")], "ns", &hit);
            page.samples(title, name, &[("call", "an allocation")], "ns", &allocation);
            let in_hits = stored.less(&allocation).over(&hit);
            rows.push(vec![
                format!("{title}: {name}"),
                figure(stored.median()),
                spread(&stored),
                figure(hit.median()),
                figure(allocation.median()),
                figure(in_hits.median()),
                spread(&in_hits),
            ]);
            bars.push(Bar::new(name, stored));
        }
        groups.push(Group {
            title: title.to_owned(),
            bars,
        });
    }
    page.table(
        &[
            "",
            "ns",
            "spread",
            "a hit",
            "an allocation",
            "beyond it, in hits",
            "spread",
        ],
        rows,
    );
    page.bars(
        "",
        &Bars {
            title: String::from("A miss, and storing under churn"),
            axis: String::from("nanoseconds a call"),
            scale: Scale::Log,
            groups,
        },
    )
}

impl Kind {
    /// For each contestant: storing, a hit, an allocation.
    fn measure(
        self,
        rounds: usize,
        load: &Load,
        resident: &[Box<dyn Storing>],
        runtime: &Runtime,
    ) -> Vec<(&'static str, [Series; 3])> {
        let pairs: Vec<Box<Pair<'_>>> = self
            .stores
            .into_iter()
            .zip(resident)
            .map(|(stores, has)| {
                let has = &**has;
                Box::new(Pair { stores, has })
            })
            .collect();
        let asked: Vec<Call> = (0..ENTRIES).map(Call).collect();
        let mut next = 0;
        for pair in &pairs {
            pair.stores.run(runtime, &fresh(&mut next, self.fill));
            pair.has.run(runtime, &asked);
        }
        let series = play(&pairs, rounds, |pair| {
            if self.clears {
                pair.stores.clear(runtime);
            }
            let calls = fresh(&mut next, pair.stores.slice());
            let loads = if self.loads { calls.len() as u64 } else { 0 };
            [
                timed(&*pair.stores, runtime, &calls, load, loads),
                timed(pair.has, runtime, &asked, load, 0),
                allocation(&calls, &load.answer),
            ]
        });
        let names = pairs.iter().map(|pair| pair.stores.name());
        names.zip(series).collect()
    }
}

/// Nanoseconds a call, of which `loads` load.
fn timed(
    contestant: &dyn Storing,
    runtime: &Runtime,
    calls: &[Call],
    load: &Load,
    loads: u64,
) -> f64 {
    let before = load.count();
    let begun = Instant::now();
    contestant.run(runtime, calls);
    let elapsed = begun.elapsed();
    let name = contestant.name();
    assert_eq!(load.count() - before, loads, "loads of {name}");
    nanos_each(elapsed, calls)
}

fn allocation(calls: &[Call], value: &Conversations) -> f64 {
    let mut kept = Vec::with_capacity(calls.len());
    let begun = Instant::now();
    for call in calls {
        let key = rendered(call.user_id(), call.status());
        kept.push((key, Box::new(value.clone())));
    }
    let elapsed = begun.elapsed();
    black_box(kept);
    nanos_each(elapsed, calls)
}

fn nanos_each(elapsed: std::time::Duration, calls: &[Call]) -> f64 {
    elapsed.as_secs_f64() * 1e9 / f64::from(u32::try_from(calls.len()).unwrap_or(u32::MAX))
}

fn fresh(next: &mut u32, count: u32) -> Vec<Call> {
    let first = *next;
    *next += count;
    (first..*next).map(Call).collect()
}
