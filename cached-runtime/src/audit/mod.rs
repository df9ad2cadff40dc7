//! The attributes of the whole program held against each other.

mod finding;
mod stored_type;

use std::{collections::BTreeSet, fmt};

use cached_key::{Part, PatternTemplate, Template, nearest, overlap};

pub use self::finding::Finding;
use self::stored_type::stored_type;
use crate::{
    caches::Caches,
    registry::{self, Declaration, MutatorDeclaration},
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

/// Holds all `#[cached]` and `#[invalidates]` of the program, those of its dependencies included, against each other,
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

struct Cached {
    declaration: &'static Declaration,
    template: Template,
}

fn run<'a>(
    cached: &[&'static Declaration],
    mutators: &[&'static MutatorDeclaration],
    configured: impl Iterator<Item = &'a str>,
) -> Audit {
    // The macros have parsed every one of these before.
    let cached: Vec<Cached> = cached
        .iter()
        .filter_map(|&declaration| {
            let template = Template::parse(declaration.template).ok()?;
            Some(Cached {
                declaration,
                template,
            })
        })
        .collect();
    let patterns: Vec<(&'static MutatorDeclaration, &'static str, PatternTemplate)> = mutators
        .iter()
        .flat_map(|&mutator| mutator.patterns.iter().map(move |&text| (mutator, text)))
        .filter_map(|(mutator, text)| Some((mutator, text, PatternTemplate::parse(text).ok()?)))
        .collect();

    let mut findings = Vec::new();
    for (mutator, text, pattern) in &patterns {
        if !cached
            .iter()
            .any(|cached| overlap(pattern, &cached.template))
        {
            findings.push(Finding::DeadPattern {
                pattern: text,
                function: mutator.function,
                location: mutator.location,
                did_you_mean: better_pattern(text, pattern, &cached),
            });
        }
    }
    findings.extend(conflicts(&cached));

    let names: BTreeSet<&str> = cached
        .iter()
        .map(|cached| cached.template.cache())
        .collect();
    for name in configured.filter(|name| !names.contains(name)) {
        findings.push(Finding::UnknownCache {
            name: name.to_owned(),
            did_you_mean: nearest(name, names.iter().copied()).map(str::to_owned),
        });
    }
    for Cached {
        declaration,
        template,
    } in &cached
    {
        if !patterns
            .iter()
            .any(|(_, _, pattern)| overlap(pattern, template))
        {
            findings.push(Finding::NeverInvalidated {
                template: declaration.template,
                function: declaration.function,
                location: declaration.location,
            });
        }
    }
    Audit { findings }
}

/// The pattern with one segment replaced by that of a template, where this makes it match.
fn better_pattern(text: &str, pattern: &PatternTemplate, cached: &[Cached]) -> Option<String> {
    let segments: Vec<&str> = text.split(':').collect();
    for Cached { declaration, .. } in cached {
        for (n, (wrong, right)) in segments
            .iter()
            .zip(declaration.template.split(':'))
            .enumerate()
        {
            let star = if wrong.ends_with('*') { "*" } else { "" };
            let bare = wrong.trim_end_matches('*');
            if bare == right || nearest(bare, [right]).is_none() {
                continue;
            }
            let mut better = segments.clone();
            let segment = format!("{right}{star}");
            better.splice(n..=n, [segment.as_str()]);
            let better = better.join(":");
            let matches = PatternTemplate::parse(&better).is_ok_and(|better| {
                cached
                    .iter()
                    .any(|cached| overlap(&better, &cached.template))
            });
            if matches {
                return Some(better);
            }
        }
    }
    let templates = cached.iter().map(|cached| cached.declaration.template);
    nearest(&pattern.to_string(), templates).map(str::to_owned)
}

fn conflicts(cached: &[Cached]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (n, first) in cached.iter().enumerate() {
        for second in cached.iter().skip(n + 1) {
            if !same_keys(&first.template, &second.template) {
                continue;
            }
            let (a, b) = (first.declaration, second.declaration);
            let types = [stored_type(a.value), stored_type(b.value)];
            let locations = [a.location, b.location];
            if types[0] != types[1] {
                findings.push(Finding::TwoTypes {
                    template: a.template,
                    types,
                    locations,
                });
            } else if a.policy != b.policy {
                findings.push(Finding::TwoPolicies {
                    template: a.template,
                    policies: Box::new([a.policy, b.policy]),
                    locations,
                });
            }
        }
    }
    findings
}

/// Whether two templates differ in the names of their placeholders only.
fn same_keys(a: &Template, b: &Template) -> bool {
    let alike = |pair: (&Part, &Part)| match pair {
        (Part::Text(a), Part::Text(b)) => a == b,
        (Part::Value(_), Part::Value(_)) => true,
        _ => false,
    };
    a.parts().len() == b.parts().len() && a.parts().iter().zip(b.parts()).all(alike)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{policy::Policy, registry::Location};
    use std::time::Duration;

    const fn at(line: u32) -> Location {
        Location {
            module: "chat",
            file: "src/chat.rs",
            line,
            column: 5,
        }
    }

    const fn method(
        template: &'static str,
        value: &'static str,
        seconds: u64,
        line: u32,
    ) -> Declaration {
        Declaration {
            template,
            function: "list",
            value,
            policy: Policy::new(Duration::from_secs(seconds)),
            tags: &[],
            location: at(line),
        }
    }

    const fn mutator(patterns: &'static [&'static str]) -> MutatorDeclaration {
        MutatorDeclaration {
            patterns,
            tags: &[],
            updates: &[],
            function: "send",
            location: at(99),
        }
    }

    fn report(
        cached: &[Declaration],
        mutators: &[MutatorDeclaration],
        configured: &[&str],
    ) -> String {
        let cached: Vec<&'static Declaration> = cached.iter().map(leak).collect();
        let mutators: Vec<&'static MutatorDeclaration> = mutators
            .iter()
            .map(|mutator| -> &'static MutatorDeclaration {
                Box::leak(Box::new(MutatorDeclaration { ..*mutator }))
            })
            .collect();
        run(&cached, &mutators, configured.iter().copied()).to_string()
    }

    fn leak(declaration: &Declaration) -> &'static Declaration {
        Box::leak(Box::new(Declaration { ..*declaration }))
    }

    const LIST: Declaration = method(
        "conversations:user:<user_id>:status:<status>",
        "Vec<Row>",
        60,
        10,
    );

    #[test]
    fn a_sound_program_has_no_findings() {
        assert_eq!(
            report(
                &[LIST],
                &[mutator(&["conversations:user:<id>*"])],
                &["conversations"]
            ),
            "nothing found"
        );
    }

    #[test]
    fn a_misspelt_pattern_is_named_with_its_correction() {
        assert_eq!(
            report(
                &[LIST],
                &[mutator(&[
                    "conversations:usr:<id>*",
                    "conversations:user:*"
                ])],
                &[]
            ),
            "fault  src/chat.rs:99: pattern `conversations:usr:<id>*` of `send` matches no key of any cached method; \
             did you mean `conversations:user:<id>*`?"
        );
        assert_eq!(
            report(
                &[LIST],
                &[mutator(&["convesations:user:<id>*", "conversations:*"])],
                &[]
            ),
            "fault  src/chat.rs:99: pattern `convesations:user:<id>*` of `send` matches no key of any cached method; \
             did you mean `conversations:user:<id>*`?"
        );
    }

    #[test]
    fn a_template_that_nothing_invalidates_is_information() {
        assert_eq!(
            report(&[LIST], &[], &[]),
            "info   src/chat.rs:10: no mutator invalidates `conversations:user:<user_id>:status:<status>` of `list`"
        );
    }

    #[test]
    fn one_template_with_two_types_or_policies_is_a_fault() {
        let rows = method("a:<id>", "Result<Vec<Row>, Error>", 60, 1);
        let user = method("a:<user_id>", "Result < User , Error >", 60, 2);
        let other = method("a:<n>", "std::io::Result<Vec<Row>>", 30, 3);
        let clear = mutator(&["a:*"]);
        assert_eq!(
            report(&[rows, user], &[clear], &[]),
            "fault  src/chat.rs:1: `a:<id>` holds `Vec<Row>` here and `User` at src/chat.rs:2"
        );
        let rows = method("a:<id>", "Result<Vec<Row>, Error>", 60, 1);
        assert_eq!(
            report(&[rows, other], &[mutator(&["a:*"])], &[]),
            "fault  src/chat.rs:1: `a:<id>` is kept for 60s here and for 30s at src/chat.rs:3"
        );
    }

    #[test]
    fn settings_for_an_unknown_cache_are_a_fault() {
        assert_eq!(
            report(&[LIST], &[mutator(&["conversations:*"])], &["conversation"]),
            "fault  settings for cache `conversation`, which no attribute names; did you mean `conversations`?"
        );
    }
}
