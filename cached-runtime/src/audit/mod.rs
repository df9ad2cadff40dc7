//! The attributes of the whole program held against each other.

mod finding;
mod keeper;
mod stored_type;
mod suggestion;
#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, fmt};

use cached_key::{PatternTemplate, Template, nearest, overlap};

pub use self::finding::Finding;
use self::{keeper::Keeper, suggestion::better_pattern};
use crate::{
    caches::Caches,
    registry::{self, Declaration, Location, MutatorDeclaration},
};

/// What an audit found, faults first. Its `Display` is a list for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    findings: Vec<Finding>,
}

impl Audit {
    /// All findings, faults first, each kind in the order of the places in the source.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether there is no fault among them.
    pub fn is_sound(&self) -> bool {
        !self.findings.iter().any(Finding::is_fault)
    }
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.findings.is_empty() {
            return f.write_str("nothing found");
        }
        for (n, finding) in self.findings.iter().enumerate() {
            let kind = if finding.is_fault() { "fault" } else { "info " };
            let line_end = if n + 1 < self.findings.len() {
                "\n"
            } else {
                ""
            };
            write!(f, "{kind}  {finding}{line_end}")?;
        }
        Ok(())
    }
}

/// Holds all `#[cached]`, `#[invalidates]` and `#[updates]` of the program, those of its dependencies included, against each other,
/// and against the settings of the global caches if these are there already.
///
/// A crate is seen if something of it is linked in; for one that is only depended on write `use my_services as _;`.
pub fn audit() -> Audit {
    let configured = Caches::installed().into_iter().flat_map(Caches::configured);
    run(&registry::cached(), &registry::mutators(), configured)
}

pub(crate) fn audit_with(caches: &Caches) -> Audit {
    run(
        &registry::cached(),
        &registry::mutators(),
        caches.configured(),
    )
}

/// Passes if [`audit()`] finds no fault. Meant as the one line of a test, say `caches_are_sound`.
///
/// ```no_run
/// cached_runtime::assert_sound();
/// ```
///
/// # Panics
///
/// If there is a fault, with the whole list.
pub fn assert_sound() {
    let audit = audit();
    assert!(
        audit.is_sound(),
        "the attributes contradict each other:\n{audit}"
    );
}

/// A pattern of a mutator.
struct Pattern {
    text: &'static str,
    template: PatternTemplate,
    function: &'static str,
    location: Location,
}

/// The patterns that `texts` picks of each mutator. The macros have parsed every one of them before.
fn patterns(
    mutators: &[&'static MutatorDeclaration],
    texts: fn(&'static MutatorDeclaration) -> &'static [&'static str],
) -> Vec<Pattern> {
    let all = mutators
        .iter()
        .flat_map(|&mutator| texts(mutator).iter().map(move |&text| (mutator, text)));
    all.filter_map(|(mutator, text)| {
        Some(Pattern {
            text,
            template: PatternTemplate::parse(text).ok()?,
            function: mutator.function,
            location: mutator.location,
        })
    })
    .collect()
}

fn parsed<'a>(templates: impl IntoIterator<Item = &'a &'static str>) -> Vec<Template> {
    let templates = templates.into_iter();
    templates
        .filter_map(|text| Template::parse(text).ok())
        .collect()
}

fn run<'a>(
    cached: &[&'static Declaration],
    mutators: &[&'static MutatorDeclaration],
    configured: impl Iterator<Item = &'a str>,
) -> Audit {
    let cached: Vec<Keeper> = cached.iter().filter_map(|it| Keeper::cached(it)).collect();
    let updates: Vec<Keeper> = mutators.iter().flat_map(|it| Keeper::updates(it)).collect();
    let patterns_of_keys = patterns(mutators, |mutator| mutator.patterns);
    let patterns_of_tags = patterns(mutators, |mutator| mutator.tags);
    let templates: Vec<_> = cached
        .iter()
        .map(|cached| cached.template.clone())
        .collect();
    let tags = parsed(cached.iter().flat_map(|cached| cached.tags));

    let mut findings = Vec::new();
    for pattern in dead(&patterns_of_keys, &templates) {
        findings.push(Finding::DeadPattern {
            pattern: pattern.text,
            function: pattern.function,
            location: pattern.location,
            did_you_mean: better_pattern(pattern.text, &templates),
        });
    }
    for pattern in dead(&patterns_of_tags, &tags) {
        findings.push(Finding::DeadTag {
            pattern: pattern.text,
            function: pattern.function,
            location: pattern.location,
            did_you_mean: better_pattern(pattern.text, &tags),
        });
    }
    for update in &updates {
        if !cached.iter().any(|cached| update.may_fill(cached)) {
            findings.push(Finding::DeadUpdate {
                template: update.text,
                function: update.function,
                location: update.location,
                did_you_mean: better_pattern(update.text, &templates),
            });
        }
    }
    findings.extend(keeper::conflicts(&cached, &updates));

    let names: BTreeSet<&str> = templates.iter().map(Template::cache).collect();
    for name in configured.filter(|name| !names.contains(name)) {
        findings.push(Finding::UnknownCache {
            name: name.to_owned(),
            did_you_mean: nearest(name, names.iter().copied()).map(str::to_owned),
        });
    }
    for keeper in &cached {
        let own_tags = parsed(keeper.tags);
        let invalidated = patterns_of_keys
            .iter()
            .any(|pattern| overlap(&pattern.template, &keeper.template))
            || patterns_of_tags
                .iter()
                .any(|pattern| own_tags.iter().any(|tag| overlap(&pattern.template, tag)))
            || updates.iter().any(|update| update.may_fill(keeper));
        if !invalidated {
            findings.push(Finding::NeverInvalidated {
                template: keeper.text,
                function: keeper.function,
                location: keeper.location,
            });
        }
    }
    Audit { findings }
}

/// The patterns that none of `templates` can meet.
fn dead<'a>(
    patterns: &'a [Pattern],
    templates: &'a [Template],
) -> impl Iterator<Item = &'a Pattern> {
    let meets = |pattern: &Pattern| templates.iter().any(|it| overlap(&pattern.template, it));
    patterns.iter().filter(move |pattern| !meets(pattern))
}
