//! What a hit costs.

mod calls;
mod field;
mod matrix;

use anyhow::Result;
use tokio::runtime::Runtime;

use self::{
    calls::Distribution,
    field::{Field, Measured, SLICES, threads},
    matrix::Matrix,
};
use crate::{
    cli::Cli,
    contestants::{
        BASE, Case, FourParts, Integer, IntegerAndString, LOCK_FREE, LongStrings, NoParts, OURS,
        ShortStrings, SmallCopy, Text, UserAndStatus, Uuids,
    },
    report::{Bars, Group, Lines, Page, Scale, grouped},
    rounds::Series,
};

/// Where only the key or the value varies.
const MIDDLE: u32 = 10_000;
const UNIFORM: &str = "uniform";
const ZIPF: &str = "Zipf";

pub(crate) fn measure(cli: &Cli, runtime: &Runtime, page: &mut Page) -> Result<()> {
    let bench = Bench {
        rounds: cli.rounds(),
        runtime,
    };
    page.text(
        "An annotated async method, awaited in a loop, whose answer is there. All numbers are medians over the rounds, in \
         brackets the least and the most; ratios are taken within a round. Unless it says otherwise the key is \
         `conversations:user:<user_id>:status:<status>` and the answer an `Arc<Vec<_>>`. A row that begins with a dash is there \
         for reference.",
    );
    bench.sizes(cli.quick, page)?;
    bench.keys(page)?;
    bench.values(page)
}

struct Bench<'a> {
    rounds: usize,
    runtime: &'a Runtime,
}

impl Bench<'_> {
    fn field<C: Case>(&self, keys: u32) -> Field<'_, C> {
        Field::new(keys, self.rounds, self.runtime)
    }

    /// Sizes, distributions and threads, and peers that are given their keys.
    fn sizes(&self, quick: bool, page: &mut Page) -> Result<()> {
        let sizes: &[u32] = if quick {
            &[1_000, 100_000]
        } else {
            &[1_000, 100_000, 1_000_000]
        };
        let mut by_threads: [Matrix; SLICES] = Default::default();
        let mut keys_at_hand = Matrix::default();
        for size in sizes {
            let entries = grouped(u64::from(*size));
            let field = self.field::<UserAndStatus>(*size);
            for (name, distribution) in
                [(UNIFORM, Distribution::Uniform), (ZIPF, Distribution::Zipf)]
            {
                let measured = field.together(distribution);
                push_all(&mut by_threads, &format!("{entries}, {name}"), &measured);
            }
            let rendering = field.alone(Distribution::Uniform);
            let at_hand = field.by_keys(Distribution::Uniform);
            keys_at_hand.push(&entries, rendered_by_us(rendering, at_hand));
        }
        let one_key = [
            (
                "one key, `Arc`",
                self.field::<UserAndStatus>(MIDDLE)
                    .together(Distribution::OneKey),
            ),
            (
                "one key, `Copy`",
                self.field::<SmallCopy>(MIDDLE)
                    .together(Distribution::OneKey),
            ),
        ];
        for (name, measured) in one_key {
            push_all(&mut by_threads, name, &measured);
        }

        let [one, two, more] = &by_threads;
        in_short(page, one, two);
        alone(page, one)?;
        without_keys(page, &keys_at_hand);
        for (slice, matrix) in [(1, two), (2, more)] {
            if let Some(threads) = threads(slice) {
                together(page, one, matrix, threads)?;
            }
        }
        Ok(())
    }

    fn keys(&self, page: &mut Page) -> Result<()> {
        let mut shapes = Matrix::default();
        self.add::<NoParts>(&mut shapes);
        self.add::<Integer>(&mut shapes);
        self.add::<Uuids>(&mut shapes);
        self.add::<IntegerAndString>(&mut shapes);
        self.add::<ShortStrings>(&mut shapes);
        self.add::<LongStrings>(&mut shapes);
        self.add::<FourParts>(&mut shapes);
        page.part("Keys of other shapes");
        page.text(&format!(
            "One thread, {} entries, uniform; a key without placeholders is one entry. A column says how many placeholders there \
             are, and of what. Nanoseconds a call:",
            grouped(MIDDLE.into())
        ));
        ratios(page, &shapes);
        shapes.samples(page, "hit", "key", 1);
        page.lines(
            "keys",
            &Lines {
                title: String::from("A hit by the shape of its key"),
                axis: String::from("nanoseconds a call, one thread"),
                scale: Scale::Log,
                steps: String::from("placeholders"),
                at: plain(shapes.columns()),
                all: shapes.lines(),
            },
        )
    }

    fn values(&self, page: &mut Page) -> Result<()> {
        let mut values = Matrix::default();
        let arc = self
            .field::<IntegerAndString>(MIDDLE)
            .alone(Distribution::Uniform);
        values.push("`Arc<Vec<_>>`", first(arc));
        self.add::<SmallCopy>(&mut values);
        self.add::<Text>(&mut values);
        page.part("Values of other kinds");
        page.text(&format!(
            "One thread, {} entries, uniform. A `String` is allocated and copied for each answer. Nanoseconds a call:",
            grouped(MIDDLE.into())
        ));
        ratios(page, &values);
        values.samples(page, "hit", "value", 1);
        let groups = values.columns().iter().map(|column| Group {
            title: column.replace('`', ""),
            bars: values.bars(column),
        });
        page.bars(
            "values",
            &Bars {
                title: String::from("A hit by the kind of its value"),
                axis: String::from("nanoseconds a call, one thread"),
                scale: Scale::Linear,
                groups: groups.collect(),
            },
        )
    }

    fn add<C: Case>(&self, matrix: &mut Matrix) {
        let measured = self.field::<C>(MIDDLE).alone(Distribution::Uniform);
        matrix.push(C::NAME, first(measured));
    }
}

fn first(measured: Measured<1>) -> impl Iterator<Item = (&'static str, Series)> {
    measured.into_iter().map(|(name, [series])| (name, series))
}

fn push_all(matrices: &mut [Matrix; SLICES], column: &str, measured: &Measured<SLICES>) {
    for (slice, matrix) in matrices.iter_mut().enumerate() {
        let series = measured
            .iter()
            .filter_map(|(name, series)| Some((*name, series.get(slice)?.clone())));
        matrix.push(column, series);
    }
}

/// Ours with its own rendering, the others without any.
fn rendered_by_us(
    rendering: Measured<1>,
    at_hand: Measured<1>,
) -> impl Iterator<Item = (&'static str, Series)> {
    let both = first(rendering).zip(first(at_hand));
    both.map(|((name, ours), (_, at_hand))| (name, if name == OURS { ours } else { at_hand }))
}

/// Of the name of a situation.
fn entries(column: &str) -> &str {
    column
        .rsplit_once(", ")
        .map_or(column, |(entries, _)| entries)
}

/// Without what is only for Markdown.
fn plain(columns: &[String]) -> Vec<String> {
    columns
        .iter()
        .map(|column| column.replace('`', ""))
        .collect()
}

fn ratios(page: &mut Page, nanos: &Matrix) {
    nanos.table(page);
    page.text("In relation to the look-up in `hashbrown`:");
    nanos.over_row(BASE).table(page);
    times_as_fast(page, nanos, "This toolkit is so many times as fast as:");
}

fn times_as_fast(page: &mut Page, nanos: &Matrix, text: &str) {
    page.text(text);
    nanos.over_row(OURS).without(OURS).table(page);
}

/// What is to be reached, and how far it is.
fn in_short(page: &mut Page, one: &Matrix, two: &Matrix) {
    let ratios = one.over_row(BASE);
    let gain = two.gain(one, 2);
    let quotient = gain.over_row(LOCK_FREE);
    let rows = one.columns().iter().enumerate().map(|(at, column)| {
        let ours = |matrix: &Matrix| matrix.row(OURS).get(at).map_or_else(dash, Series::shown);
        let peer = nearest_peer(one, at);
        vec![
            column.clone(),
            ours(one),
            ours(&ratios),
            peer.as_ref()
                .map_or_else(dash, |(name, _)| (*name).to_owned()),
            peer.map_or_else(dash, |(_, times)| times.shown()),
            ours(&gain),
            ours(&quotient),
        ]
    });
    page.part("In short");
    page.text(
        "This toolkit: nanoseconds a call on one thread, in relation to the bare look-up in `hashbrown`; the peer that comes \
         nearest or is ahead, and how many times as fast as it this toolkit is; what two threads gain over one, and that in \
         relation to what two gain who read a bare `papaya`.",
    );
    page.table(
        &[
            "situation",
            "ns",
            "× hashbrown",
            "nearest peer",
            "times as fast",
            "gain of 2 threads",
            "÷ that of papaya",
        ],
        rows,
    );
}

fn dash() -> String {
    String::from("–")
}

/// The fastest of those that are more than a map.
fn nearest_peer(nanos: &Matrix, column: usize) -> Option<(&'static str, Series)> {
    let times_as_fast = nanos.over_row(OURS);
    let peers = times_as_fast.column(column);
    peers
        .filter(|(name, _)| !name.starts_with('–') && ![OURS, BASE, LOCK_FREE].contains(name))
        .min_by(|(_, a), (_, b)| a.median().total_cmp(&b.median()))
}

fn alone(page: &mut Page, nanos: &Matrix) -> Result<()> {
    page.part("One thread");
    page.text("Nanoseconds a call, by entries and distribution:");
    ratios(page, nanos);
    nanos.samples(page, "hit", "situation", 1);
    for (file, distribution) in [("uniform", UNIFORM), ("zipf", ZIPF)] {
        let of_it = nanos.filtered(|column| column.ends_with(distribution));
        page.lines(
            file,
            &Lines {
                title: format!("A hit by the number of entries, {distribution}"),
                axis: String::from("nanoseconds a call, one thread"),
                scale: Scale::Log,
                steps: String::from("entries"),
                at: of_it
                    .columns()
                    .iter()
                    .map(|column| entries(column).to_owned())
                    .collect(),
                all: of_it.lines(),
            },
        )?;
    }
    Ok(())
}

fn without_keys(page: &mut Page, nanos: &Matrix) {
    page.part("Peers that need not render their keys");
    page.text(
        "Here the keys of all others have been rendered before the clock starts, while this toolkit renders its own. One \
         thread, uniform, by entries; nanoseconds a call:",
    );
    nanos.table(page);
    times_as_fast(
        page,
        nanos,
        "This toolkit, rendering included, is so many times as fast as:",
    );
    nanos.samples(page, "hit, keys at hand", "entries", 1);
}

fn together(page: &mut Page, one: &Matrix, nanos: &Matrix, threads: u32) -> Result<()> {
    page.part(&format!("{threads} threads"));
    page.text(
        "Uniform threads have keys of their own; under Zipf's law they have the same favourites. On one key an `Arc` is counted \
         up and down by all of them, whoever caches it, so there is a value beside it that is `Copy`, where nothing need be \
         shared. Nanoseconds a call in each thread:",
    );
    ratios(page, nanos);
    nanos.samples(page, "hit", "situation", threads);
    page.text(&format!(
        "The gain: what {threads} threads do in the time in which one, in the same round, does its share. {threads} would be \
         perfect, if the processors shared nothing:"
    ));
    let gain = nanos.gain(one, threads);
    gain.table(page);
    page.text("The gain in relation to that of `papaya`, a bare map whose readers share nothing:");
    gain.over_row(LOCK_FREE).table(page);
    let groups = gain.columns().iter().map(|column| Group {
        title: column.replace('`', ""),
        bars: gain.bars(column),
    });
    page.bars(
        &format!("gain-{threads}"),
        &Bars {
            title: format!("The gain of {threads} threads over one"),
            axis: String::from("times the throughput of one thread"),
            scale: Scale::Linear,
            groups: groups.collect(),
        },
    )
}
