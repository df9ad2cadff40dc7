//! The same invalidation of few and of many, each when as much memory has gone by since the last one.

use super::{
    field::Contestant,
    rows::{Group, How, Rows},
    turns,
};
use crate::{
    report::{Page, figure, grouped, spread},
    rounds::Series,
};

/// Invalidations of each group in a round.
const REPEATS: usize = 5;

pub(super) fn measure(page: &mut Page, rows: &Rows, contestants: &[Contestant], rounds: usize) {
    let prefixes: Vec<(usize, &Group)> = rows
        .groups
        .iter()
        .enumerate()
        .filter(|(_, group)| matches!(group.how, How::Prefix { .. }))
        .collect();
    let Some(&(largest, most)) = prefixes.last() else {
        return;
    };
    page.part("As much memory gone by");
    page.text(&format!(
        "After {} rows have been put back, little of what the next invalidation needs is near the processor. In the table above that is \
         so for the largest group alone; here as many rows are stored before each invalidation of a prefix, and \
         these are not timed. Microseconds until the call returned, median of {} calls.",
        grouped(most.rows.len() as u64),
        REPEATS * rounds,
    ));
    let mut costs: Vec<Vec<Series>> = Vec::new();
    costs.resize_with(contestants.len(), || {
        prefixes.iter().map(|_| Series::default()).collect()
    });
    for round in 0..rounds {
        for turn in turns(contestants.len(), round) {
            let (Some(contestant), Some(costs)) = (contestants.get(turn), costs.get_mut(turn))
            else {
                continue;
            };
            if contestant.cache.scans(most.how) {
                continue;
            }
            for _ in 0..REPEATS {
                for ((at, _), cost) in prefixes.iter().zip(costs.iter_mut()) {
                    contestant.restore_group(rows, largest);
                    if let Some(took) = contestant.invalidate(rows, *at, false) {
                        cost.push(took.returned.as_secs_f64() * 1e6);
                    }
                    contestant.restore_group(rows, *at);
                }
            }
        }
    }
    let mut table = Vec::new();
    for (contestant, costs) in contestants.iter().zip(&costs) {
        let name = contestant.cache.name();
        for ((_, group), cost) in prefixes.iter().zip(costs) {
            if contestant.cache.scans(group.how) {
                continue;
            }
            let matching = grouped(group.rows.len() as u64);
            let parameters = [("by", "prefix, far"), ("matching", matching.as_str())];
            page.samples("returned", name, &parameters, "µs", cost);
            table.push(vec![
                format!("{name}: prefix"),
                matching,
                figure(cost.median()),
                spread(cost),
            ]);
        }
    }
    page.table(&["", "matching", "µs until it returned", "spread"], table);
}
