//! The table and the verdict.

use std::time::Duration;

use anyhow::Result;
use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};

use crate::{check::Verdict, counts::Count, drive::Round, measure::Times, topic::Topic};

const NOTHING: &str = "–";

/// The run with the cache beside the run without it.
pub(crate) fn table(with: &Round, without: &Round) -> Result<Table> {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header([
        "",
        "calls",
        "hit rate",
        "database queries\nper 1,000 calls\ncached / direct",
        "p50\n\ncached / direct",
        "p99\n\ncached / direct",
        "loads\ncoalesced",
        "loads\ndiscarded\nby the fence",
    ]);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let readers: Vec<Topic> = Topic::ALL
        .into_iter()
        .filter(|topic| *topic != Topic::Mutators)
        .collect();
    for topic in &readers {
        table.add_row(row(topic.name(), &[*topic], with, without)?);
    }
    table.add_row(row("all reads", &readers, with, without)?);
    table.add_row(row(
        Topic::Mutators.name(),
        &[Topic::Mutators],
        with,
        without,
    )?);
    Ok(table)
}

fn row(name: &str, topics: &[Topic], with: &Round, without: &Round) -> Result<Vec<String>> {
    let (cached, direct) = (with.tally.of(topics)?, without.tally.of(topics)?);
    let (count, direct_count) = (with.counts.of(topics), without.counts.of(topics));
    let of_cache = |number: u64| match count.hit_rate() {
        Some(_) => grouped(number),
        None => String::from(NOTHING),
    };
    Ok(vec![
        name.to_owned(),
        grouped(cached.calls()),
        count.hit_rate().map_or(String::from(NOTHING), |rate| {
            format!("{:.1} %", 100.0 * rate)
        }),
        format!(
            "{} / {}",
            per_thousand(&count, &cached),
            per_thousand(&direct_count, &direct)
        ),
        format!(
            "{} / {}",
            time(cached.quantile(0.5)),
            time(direct.quantile(0.5))
        ),
        format!(
            "{} / {}",
            time(cached.quantile(0.99)),
            time(direct.quantile(0.99))
        ),
        of_cache(count.coalesced),
        of_cache(count.discarded),
    ])
}

/// What the run did, in sentences.
pub(crate) fn summary(with: &Round, without: &Round) -> Result<String> {
    let line = |name: &str, round: &Round| -> Result<String> {
        let calls = round.tally.of(&Topic::ALL)?.calls();
        if calls == 0 {
            return Ok(String::new());
        }
        Ok(format!(
            "{name}: {} calls in {:.1} s, {} a second; {} database queries.\n",
            grouped(calls),
            round.elapsed.as_secs_f64(),
            grouped(a_second(calls, round.elapsed)),
            grouped(round.counts.of(&Topic::ALL).queries),
        ))
    };
    let mutations = |round: &Round| -> Result<u64> {
        let calls = round.tally.of(&[Topic::Mutators])?.calls();
        Ok(a_second(calls, round.elapsed))
    };
    let rounds = line("With the cache", with)? + &line("Without it", without)?;
    Ok(match (mutations(with)?, mutations(without)?) {
        // Or the mutators' times in the table would look as if the cache made them slow.
        (with @ 1.., without @ 1..) => format!(
            "{rounds}Mutators queue for SQLite's one writer: {} a second came with the cache, {} without it.\n",
            grouped(with),
            grouped(without),
        ),
        _ => rounds,
    })
}

/// Whether the promise was kept.
pub(crate) fn verdict(verdict: &Verdict) -> String {
    let Verdict {
        answers,
        compared,
        overtaken,
        faults,
        examples,
    } = verdict;
    let checked = format!(
        "{} answers checked against the changes before them, {} compared with the database row by row ({} more were \
         overtaken by a change).",
        grouped(*answers),
        grouped(*compared),
        grouped(*overtaken),
    );
    if *faults == 0 {
        return format!("Every answer was right. {checked}");
    }
    let mut text = format!("{} answers were WRONG. {checked}", grouped(*faults));
    for fault in examples {
        text.push_str("\n  ");
        text.push_str(&fault.to_string());
    }
    if u64::try_from(examples.len()).is_ok_and(|shown| shown < *faults) {
        text += "\n  …";
    }
    text
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "for people to read"
)]
fn a_second(calls: u64, elapsed: Duration) -> u64 {
    (calls as f64 / elapsed.as_secs_f64().max(1e-9)) as u64
}

fn per_thousand(count: &Count, times: &Times) -> String {
    match (count.queries * 1000).checked_div(times.calls()) {
        Some(queries) => grouped(queries),
        None => String::from(NOTHING),
    }
}

#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
fn time(time: Option<Duration>) -> String {
    let Some(time) = time else {
        return String::from(NOTHING);
    };
    let nanos = time.as_nanos() as f64;
    let (value, unit) = match nanos {
        ..1e3 => (nanos, "ns"),
        ..1e6 => (nanos / 1e3, "µs"),
        ..1e9 => (nanos / 1e6, "ms"),
        _ => (nanos / 1e9, "s"),
    };
    let digits = usize::from(value < 10.0 && unit != "ns");
    format!("{value:.digits$} {unit}")
}

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn times_have_a_fitting_unit() {
        let text = |nanos| time(Some(Duration::from_nanos(nanos)));
        assert_eq!(text(850), "850 ns");
        assert_eq!(text(1_200), "1.2 µs");
        assert_eq!(text(45_000), "45 µs");
        assert_eq!(text(2_300_000), "2.3 ms");
        assert_eq!(time(None), NOTHING);
    }
}
