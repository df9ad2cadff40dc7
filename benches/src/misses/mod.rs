//! What a miss costs whose load does nothing, and storing into a cache that is full.

mod attributes;
mod inserters;
mod loaders;

use std::{sync::Arc, time::Instant};

use tokio::runtime::Runtime;

use crate::{
    cli::Cli,
    report::{Bar, Bars, Group, Page, Scale, figure, grouped, spread},
    rounds::play,
    workload::{Call, Conversations, NoSuchUser},
};

/// Calls a slice.
const CALLS: u32 = 20_000;
/// Entries in the caches that are full.
const FULL: u32 = 10_000;

/// What every load brings.
#[derive(Clone)]
struct Load(Conversations);

impl Load {
    #[inline]
    #[expect(clippy::unnecessary_wraps, reason = "it stands for one that can fail")]
    fn bring(&self, _user_id: u64, _status: Option<&str>) -> Result<Conversations, NoSuchUser> {
        Ok(self.0.clone())
    }
}

/// One of those that are measured.
trait Storing: Sync {
    fn name(&self) -> &'static str;

    /// How many calls make a slice.
    fn slice(&self) -> u32 {
        CALLS
    }

    /// Stores an entry for each call.
    fn run(&self, runtime: &Runtime, calls: &[Call]);
}

/// Writes the loop around one way to store. Not all of them get by without a runtime, so all have one.
macro_rules! storing {
    ($name:expr, $type:ty, |$this:ident, $call:ident| $stored:expr $(, $slice:ident)?) => {
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
                    for &$call in calls {
                        ::std::hint::black_box($stored);
                    }
                });
            }
        }
    };
}
use storing;

pub(crate) fn measure(cli: &Cli, runtime: &Runtime, page: &mut Page) -> anyhow::Result<()> {
    let load = Load(Arc::new(Vec::new()));
    page.text(&format!(
        "Keys that were never there; the load returns at once with an `Arc` that exists. Nanoseconds a call: median over the \
         rounds, then the least and the most. *Full* is a cache of {} entries, so each call also evicts one.",
        grouped(FULL.into())
    ));
    let mut rows = Vec::new();
    let mut groups = Vec::new();
    let full = Some(u64::from(FULL));
    for (what, fill, contestants) in [
        (
            "miss, ample room",
            CALLS,
            loaders::all(None, &load, runtime)?,
        ),
        ("miss, full", FULL, loaders::all(full, &load, runtime)?),
        (
            "insert, full",
            FULL,
            inserters::all(FULL.into(), &load, runtime)?,
        ),
    ] {
        let mut next = 0;
        for contestant in &contestants {
            contestant.run(runtime, &fresh(&mut next, fill));
        }
        let series = play(&contestants, cli.rounds(), |contestant| {
            let calls = fresh(&mut next, contestant.slice());
            let begun = Instant::now();
            contestant.run(runtime, &calls);
            [begun.elapsed().as_secs_f64() * 1e9 / f64::from(contestant.slice())]
        });
        let mut bars = Vec::new();
        for (contestant, [series]) in contestants.iter().zip(series) {
            let name = contestant.name();
            page.samples(what, name, &[], "ns", &series);
            rows.push(vec![
                format!("{what}: {name}"),
                figure(series.median()),
                spread(&series),
            ]);
            bars.push(Bar::new(name, series));
        }
        groups.push(Group {
            title: what.to_owned(),
            bars,
        });
    }
    page.table(&["", "ns", "spread"], rows);
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

fn fresh(next: &mut u32, count: u32) -> Vec<Call> {
    let first = *next;
    *next += count;
    (first..*next).map(Call).collect()
}
