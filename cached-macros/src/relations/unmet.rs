//! What mutators name, against the keys and the tags of a block.

use std::collections::BTreeSet;
use std::ops::Range;

use cached_key::{Correction, Meeting, PatternTemplate, Tail, Template, meeting};

use super::found::{Named, What};
use super::shortened;
use crate::report::Report;
use crate::spelling;

/// How many templates a note names.
const NAMED: usize = 4;

/// Something named that nothing in the block answers to, though it should.
pub(super) fn unmet(named: &Named, owned: &[&Template]) -> Option<Report> {
    let Named {
        text,
        template,
        what,
    } = named;
    let of_cache = |template: &&&Template| template.cache() == named.template.cache();
    let same: Vec<&Template> = owned.iter().filter(of_cache).copied().collect();
    let met = same
        .iter()
        .filter_map(|owned| meeting(template, owned))
        .max();
    if met == Some(Meeting::AsWritten) {
        return None;
    }
    let meant = Correction::of_pattern(template, owned.iter().copied());
    let is_slip = meant.as_ref().is_some_and(|meant| {
        let meant_template = PatternTemplate::parse(meant.text());
        meant.is_slip()
            && meant_template.is_ok_and(|meant| {
                owned
                    .iter()
                    .any(|owned| meeting(&meant, owned) == Some(Meeting::AsWritten))
            })
    });
    // What is found for some values may be meant so; what belongs to others is none of this block's business.
    if (met == Some(Meeting::ByValue) || same.is_empty()) && !is_slip {
        return None;
    }
    let cache = shortened(template.cache());
    let thing = if *what == What::Tag { "tag" } else { "key" };
    let (headline, range, label) = if same.is_empty() {
        let headline = match what {
            What::Tag => format!("`{cache}` is no tag of this block"),
            What::Pattern | What::Update => format!("`{cache}` is no cache of this block"),
        };
        (headline, 0..template.cache().len(), "")
    } else {
        let headline = match what {
            What::Update => "no cached method of this block reads this key".to_owned(),
            What::Pattern | What::Tag => format!("no {thing} of `{cache}` matches this pattern"),
        };
        let (range, label) = fault(template, &same);
        (headline, range, label)
    };
    let mut report = text.fault(headline, &range, label);
    let meant =
        meant.filter(|meant| *what != What::Update || Template::parse(meant.text()).is_ok());
    if let Some(meant) = meant {
        report = report.help(format!("did you mean `{}`?", meant.text()));
    }
    let (when, note) = if same.is_empty() {
        let kind = if *what == What::Tag { "tags" } else { "caches" };
        let caches = owned.iter().map(|template| template.cache().to_owned());
        let note = format!("{kind} of this block: {}", listed(caches));
        (format!("where `{cache}` is meant"), note)
    } else {
        let texts = same.iter().map(ToString::to_string);
        let note = format!("{thing}s of `{cache}` in this block: {}", listed(texts));
        (format!("where there are more {thing}s of `{cache}`"), note)
    };
    let way_out = format!("{when}: `#[coherent(elsewhere(\"{}\"))]`", template.cache());
    Some(report.help(way_out).note(note))
}

/// Where a pattern leaves the last of the templates, and what stands there.
fn fault(pattern: &PatternTemplate, templates: &[&Template]) -> (Range<usize>, &'static str) {
    let text = pattern.to_string();
    let meets = |text: &str| {
        PatternTemplate::parse(text).is_ok_and(|part| {
            templates
                .iter()
                .any(|template| meeting(&part, template) >= Some(Meeting::ByValue))
        })
    };
    let mut start = 0;
    for segment in text.split(':') {
        let end = start + segment.len();
        let is_last = end == text.len();
        let head = text.get(..end).unwrap_or_default().trim_end_matches('*');
        let goes_on = meets(&format!("{head}:*"));
        let range = start..start + segment.trim_end_matches('*').len().max(1);
        if is_last {
            let label = match pattern.tail() {
                Tail::Exact if goes_on => "keys go on here",
                Tail::Below if meets(head) => "keys end here",
                _ => "no key has this here",
            };
            return (range, label);
        }
        if !goes_on {
            let label = if meets(head) {
                "keys end here"
            } else {
                "no key has this here"
            };
            return (range, label);
        }
        start = end + 1;
    }
    (0..text.len(), "")
}

fn listed(texts: impl Iterator<Item = String>) -> String {
    let texts: BTreeSet<String> = texts.collect();
    spelling::listed(&texts, NAMED)
}
