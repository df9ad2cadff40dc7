//! How much memory an entry takes beyond its key and its value, counted in processes of their own.

mod child;

use std::thread;

use anyhow::{Result, anyhow};
use tokio::runtime::Runtime;

use self::child::Answer;
use crate::{
    cli::Cli,
    report::{Bar, Bars, Group, Page, Scale, figure, grouped},
    rounds::Series,
};

/// Whom the others are compared with: moka with the keys that take the least.
const BASE: &str = "moka, sync::Cache<Box<str>, _>";

/// From this size on once is enough: chance has little to say in sums over so many entries.
const LARGE: u32 = 1_000_000;

/// What one contestant took in all repeats, in bytes an entry.
struct Taken {
    name: String,
    allocated: Series,
    resident: Series,
    cleared: Series,
    expired: Series,
    tidied: Series,
}

pub(crate) fn measure(cli: &Cli, _runtime: &Runtime, page: &mut Page) -> Result<()> {
    let sizes: &[u32] = if cli.quick {
        &[10_000]
    } else {
        &[10_000, 100_000, LARGE]
    };
    page.text(
        "Bytes an entry beyond the text of its key and eight bytes of value, all of a cache that is full to eight ninths. *Allocated* is \
         what it asked the allocator for; *resident* what the process takes more, unused room in the allocator's pages included. Then the bytes an \
         entry that are still allocated after everything was cleared; two seconds after everything has expired, when nobody asked \
         the cache for anything; and when it was then asked to tidy up.",
    );
    let mut groups = Vec::new();
    for &entries in sizes {
        let repeats = if cli.quick || entries >= LARGE { 1 } else { 3 };
        let taken = take(entries, repeats)?;
        let title = format!("{} entries", grouped(entries.into()));
        page.part(&title);
        tabulate(page, entries, &taken);
        groups.push(Group {
            title,
            bars: taken
                .into_iter()
                .map(|taken| Bar::new(&taken.name, taken.allocated))
                .collect(),
        });
    }
    page.bars(
        "",
        &Bars {
            title: String::from("Memory beyond key and value"),
            axis: String::from("bytes an entry"),
            scale: Scale::Linear,
            groups,
        },
    )
}

fn take(entries: u32, repeats: usize) -> Result<Vec<Taken>> {
    let mut all: Vec<Taken> = child::names()?.into_iter().map(Taken::new).collect();
    for _ in 0..repeats {
        // Bytes are the same beside others, and most of the time is spent waiting for lifetimes to end.
        thread::scope(|scope| {
            let asked: Vec<_> = all
                .iter_mut()
                .map(|taken| {
                    scope.spawn(move || {
                        let answer = child::ask(&taken.name, entries)?;
                        taken.push(&answer, entries);
                        anyhow::Ok(())
                    })
                })
                .collect();
            asked
                .into_iter()
                .try_for_each(|asked| asked.join().map_err(|_| anyhow!("a thread panicked"))?)
        })?;
    }
    Ok(all)
}

impl Taken {
    fn new(name: String) -> Self {
        Self {
            name,
            allocated: Series::default(),
            resident: Series::default(),
            cleared: Series::default(),
            expired: Series::default(),
            tidied: Series::default(),
        }
    }

    fn push(&mut self, answer: &Answer, entries: u32) {
        let entries = f64::from(entries);
        let payload = answer.payload.allocated;
        self.allocated
            .push((answer.full.allocated - payload) / entries);
        self.resident
            .push((answer.full.resident - payload) / entries);
        self.cleared.push(answer.cleared.allocated / entries);
        self.expired.push(answer.expired.allocated / entries);
        self.tidied.push(answer.tidied.allocated / entries);
    }
}

fn tabulate(page: &mut Page, entries: u32, all: &[Taken]) {
    let size = grouped(entries.into());
    let base = all.iter().find(|taken| taken.name == BASE);
    let rows = all.iter().map(|taken| {
        let ratio = base.map_or(f64::NAN, |base| {
            taken.allocated.over(&base.allocated).median()
        });
        vec![
            taken.name.clone(),
            shown(taken.allocated.median()),
            figure(ratio),
            shown(taken.resident.median()),
            shown(taken.cleared.median()),
            shown(taken.expired.median()),
            shown(taken.tidied.median()),
        ]
    });
    let rows: Vec<_> = rows.collect();
    for taken in all {
        for (what, series) in [
            ("allocated", &taken.allocated),
            ("resident", &taken.resident),
            ("cleared", &taken.cleared),
            ("expired", &taken.expired),
            ("tidied", &taken.tidied),
        ] {
            page.samples(
                what,
                &taken.name,
                &[("entries", &size)],
                "bytes an entry",
                series,
            );
        }
    }
    page.table(
        &[
            "",
            "allocated",
            "× moka",
            "resident",
            "cleared",
            "expired, unasked",
            "expired, tidied up",
        ],
        rows,
    );
}

fn shown(bytes: f64) -> String {
    if bytes.is_finite() {
        format!("{bytes:.1}")
    } else {
        String::from("–")
    }
}
