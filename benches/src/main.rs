//! Measures this toolkit beside its peers, all in one run. See the README beside it for the questions.

mod annotations;
mod cli;
mod contestants;
mod database;
mod hits;
mod invalidation;
mod machine;
mod maintenance;
mod memory;
mod misses;
mod neighbours;
mod poll;
mod report;
mod rounds;
mod stampede;
mod trace;
mod workload;

use anyhow::{Context as _, Result, ensure};
use clap::Parser as _;
use tokio::runtime::{self, Runtime};

use crate::{
    cli::Cli,
    machine::{Begun, Machine},
    report::{Page, Report},
};

/// What is asked, by one module each.
struct Question {
    /// Names its plots, its samples and its section.
    slug: &'static str,
    title: &'static str,
    measure: fn(&Cli, &Runtime, &mut Page) -> Result<()>,
}

/// In the order of the report.
const QUESTIONS: [Question; 9] = [
    Question {
        slug: "hits",
        title: "What does a hit cost?",
        measure: hits::measure,
    },
    Question {
        slug: "misses",
        title: "What does a miss cost, and storing under churn?",
        measure: misses::measure,
    },
    Question {
        slug: "memory",
        title: "How much memory does an entry take?",
        measure: memory::measure,
    },
    Question {
        slug: "stampede",
        title: "How long do 10,000 callers of one cold key wait?",
        measure: stampede::measure,
    },
    Question {
        slug: "invalidation",
        title: "What does an invalidation cost?",
        measure: invalidation::measure,
    },
    Question {
        slug: "maintenance",
        title: "How slow are hits while others store, expire and invalidate?",
        measure: maintenance::measure,
    },
    Question {
        slug: "ratio",
        title: "How many accesses of a trace hit?",
        measure: trace::measure,
    },
    Question {
        slug: "database",
        title: "What is a cache worth before a database?",
        measure: database::measure,
    },
    Question {
        slug: "annotations",
        title: "What does an annotated function cost the compiler?",
        measure: annotations::measure,
    },
];

fn main() -> Result<()> {
    let cli = Cli::parse();
    // For those of the peers that ask for one; no hit waits for it.
    let runtime = runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let machine = Machine::new();
    let report = Report::new(
        &cli.output,
        QUESTIONS.iter().map(|question| question.slug).collect(),
    );
    let wanted = QUESTIONS
        .iter()
        .filter(|question| cli.wants(question.slug, question.title));
    ensure!(wanted.clone().count() > 0, "no question is called so");
    for question in wanted {
        let mut page = Page::new(question.slug, question.title);
        let begun = Begun::now();
        (question.measure)(&cli, &runtime, &mut page)
            .with_context(|| format!("while asking: {}", question.title))?;
        if page.is_answered() {
            page.text(&machine.describe(&cli.rounds_in_words(), &begun));
            report.save(&page)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plots are told apart by their names: `hits-sizes.svg` must not be one of a question `hits` and one of `hits-sizes`.
    #[test]
    fn no_question_has_the_plots_of_another() {
        for question in &QUESTIONS {
            for other in &QUESTIONS {
                let part = other.slug.strip_prefix(question.slug);
                assert!(
                    part.is_none_or(|rest| rest.is_empty() || !rest.starts_with('-')),
                    "{} and {}",
                    question.slug,
                    other.slug
                );
            }
        }
    }
}
