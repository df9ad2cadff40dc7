//! A crate of annotated functions beside one of wrappers by hand that do the same, each checked from nothing.

use anyhow::Result;

use super::{
    build::{Step, Workspace},
    generate::{COUNTERPARTS, KINDS, Kind, PLAIN},
};
use crate::{
    report::{Page, figure, spread},
    rounds::{Series, play},
};

pub(super) fn measure(
    workspace: &Workspace,
    functions: u32,
    rounds: usize,
    page: &mut Page,
) -> Result<()> {
    let wanted =
        |kind: &&Kind| kind.slug == PLAIN || COUNTERPARTS.as_flattened().contains(&kind.slug);
    let kinds: Vec<Box<_>> = KINDS.iter().filter(wanted).map(Box::new).collect();
    let mut failed = None;
    let times = play(&kinds, rounds, |kind| {
        let time = workspace.time(Step::CheckAnew, &kind.package(functions));
        [time.map_or_else(
            |error| {
                failed = Some(error);
                f64::NAN
            },
            |time| time.as_secs_f64() * 1e3,
        )]
    });
    if let Some(error) = failed {
        return Err(error);
    }
    page.part(&format!(
        "A crate of {functions} functions, checked from nothing"
    ));
    page.text(&format!(
        "Milliseconds of `cargo check` without incremental compilation. The wrappers by hand do what the attributes do, with the body in an `async` block, \
         in which `?` and `return` mean what they mean in a body; they do not appear in audits. Median over {rounds} rounds."
    ));
    let of = |slug: &str| {
        let at = kinds.iter().position(|kind| kind.slug == slug);
        at.and_then(|at| times.get(at)).map(|[time]| time)
    };
    let rows = kinds.iter().zip(&times).map(|(kind, [time])| {
        page.samples("cargo check, anew", kind.name, &[], "ms", time);
        let counterpart = COUNTERPARTS
            .iter()
            .find_map(|[annotated, wrapper]| (*annotated == kind.slug).then(|| of(wrapper))?);
        let ratio = counterpart.map_or_else(String::new, |other| ratio(time, other));
        vec![
            kind.name.to_owned(),
            figure(time.median()),
            spread(time),
            ratio,
        ]
    });
    let rows: Vec<_> = rows.collect();
    page.table(&["", "ms to check", "spread", "of that by hand"], rows);
    Ok(())
}

fn ratio(one: &Series, other: &Series) -> String {
    format!("× {:.2}", one.median() / other.median())
}
