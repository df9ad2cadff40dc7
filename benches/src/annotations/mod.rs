//! What an attribute costs the compiler and the program, for each function.

mod anew;
mod build;
mod expansion;
mod generate;

use anyhow::Result;
use tokio::runtime::Runtime;

use self::{
    build::{Step, Workspace},
    generate::{KINDS, PLAIN},
};
use crate::{
    cli::Cli,
    report::{Bar, Bars, Group, Page, Scale, figure, spread},
    rounds::{Series, play},
};

/// The difference of two programs is that of 100 functions, and whatever a program costs by itself is not in it.
const SIZES: [u32; 2] = [10, 110];
/// In a quick run.
const SMALL: [u32; 2] = [10, 40];

pub(crate) fn measure(cli: &Cli, _runtime: &Runtime, page: &mut Page) -> Result<()> {
    let (rounds, sizes) = if cli.quick { (1, SMALL) } else { (2, SIZES) };
    let [few, many] = sizes;
    let functions = f64::from(many - few);
    let workspace = Workspace::create(&KINDS, &sizes)?;
    let kinds: Vec<Box<_>> = KINDS.iter().map(Box::new).collect();
    let mut failed = None;
    let times = play(&kinds, rounds, |kind| {
        let mut each = |step| {
            let [few, many] = sizes.map(|size| workspace.time(step, &kind.package(size)));
            let difference = few.and_then(|few| Ok(many?.as_secs_f64() - few.as_secs_f64()));
            difference.map_or_else(
                |error| {
                    failed = Some(error);
                    f64::NAN
                },
                |difference| difference * 1e3 / functions,
            )
        };
        [each(Step::Check), each(Step::Build)]
    });
    if let Some(error) = failed {
        return Err(error);
    }
    page.text(&format!(
        "Programs with {few} and with {many} methods of a service, each called once; the difference, divided by {functions}. Milliseconds that cargo \
         takes for the program alone, everything that it depends on being built: `cargo check`, and `cargo build --release`; and bytes \
         of machine code in it (`.text`). Median over {rounds} rounds; what is beyond a method without attribute in brackets. \
         *By hand* renders a key with `format!` and calls moka's `try_get_with`."
    ));
    let texts: Vec<f64> = KINDS
        .iter()
        .map(|kind| {
            let [few, many] = sizes.map(|size| workspace.text(&kind.package(size)).map(f64::from));
            few.zip(many)
                .map_or(f64::NAN, |(few, many)| (many - few) / functions)
        })
        .collect();
    let plain = KINDS.iter().position(|kind| kind.slug == PLAIN);
    let plain = plain.and_then(|at| times.get(at).zip(texts.get(at)));
    let beyond = |value: f64, of: Option<f64>| match of {
        Some(of) => format!("{} ({:+.1})", figure(value), value - of),
        None => figure(value),
    };
    let mut rows = Vec::new();
    let mut groups = [
        ("cargo check", Vec::new()),
        ("cargo build --release", Vec::new()),
    ];
    for ((kind, [check, build]), text) in KINDS.iter().zip(&times).zip(&texts) {
        let name = kind.name;
        let bytes: Series = [*text].into_iter().collect();
        page.samples("cargo check", name, &[], "ms a function", check);
        page.samples("cargo build --release", name, &[], "ms a function", build);
        page.samples("text", name, &[], "bytes a function", &bytes);
        rows.push(vec![
            name.to_owned(),
            beyond(check.median(), plain.map(|([check, _], _)| check.median())),
            spread(check),
            beyond(build.median(), plain.map(|([_, build], _)| build.median())),
            spread(build),
            beyond(*text, plain.map(|(_, text)| *text)),
        ]);
        for ((_, bars), series) in groups.iter_mut().zip([check, build]) {
            bars.push(Bar::new(name, series.clone()));
        }
    }
    page.table(
        &[
            "",
            "ms to check",
            "spread",
            "ms to build",
            "spread",
            "bytes of code",
        ],
        rows,
    );
    anew::measure(&workspace, many, if cli.quick { 3 } else { 7 }, page)?;
    expansion::measure(page)?;
    page.bars(
        "",
        &Bars {
            title: String::from("Compiling one function"),
            axis: String::from("milliseconds a function"),
            scale: Scale::Linear,
            groups: groups
                .into_iter()
                .map(|(title, bars)| Group {
                    title: title.to_owned(),
                    bars,
                })
                .collect(),
        },
    )
}
