//! What a program's attributes do: programs with the same effect keep and clear the same answers.

use std::collections::BTreeSet;

use cached_key::{Meeting, PatternTemplate, Template, meeting, overlap, pairs};

use crate::declared::Declared;

/// One thing that is so.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    /// A mutator clears those answers of a method whose placeholders, by number, have the values of these placeholders of its own.
    /// Where two meet as written nothing else decides: text is the same on both sides, and what the pattern does not name may be
    /// anything.
    Clears {
        mutator: &'static str,
        cached: &'static str,
        where_equal: Vec<(usize, String)>,
    },
    /// The same for a pattern that meets in any other way: that is only equal to itself.
    ClearsSome {
        mutator: &'static str,
        cached: &'static str,
        pattern: String,
    },
    /// A method keeps its answers in this cache.
    Keeps { cached: &'static str, cache: String },
    /// A key may be that of both.
    Shares([&'static str; 2]),
}

pub(crate) fn effect(program: &[Declared]) -> BTreeSet<Fact> {
    let mut facts = BTreeSet::new();
    let cached: Vec<_> = program.iter().filter_map(Declared::cached).collect();
    for this in &cached {
        let template = Template::parse(this.template).unwrap();
        let keys = PatternTemplate::parse(this.template).unwrap();
        for other in &cached {
            if overlap(&keys, &Template::parse(other.template).unwrap()) {
                facts.insert(Fact::Shares([this.function, other.function]));
            }
        }
        facts.insert(Fact::Keeps {
            cached: this.function,
            cache: template.cache().to_owned(),
        });
        let names: Vec<_> = template
            .placeholders()
            .map(|(path, _)| path.to_string())
            .collect();
        for mutator in program.iter().filter_map(Declared::mutator) {
            let keys = mutator
                .patterns
                .iter()
                .map(|pattern| (*pattern, this.template));
            let tags = mutator.tags.iter();
            let tags = tags.flat_map(|pattern| this.tags.iter().map(move |tag| (*pattern, *tag)));
            for (pattern, template) in keys.chain(tags) {
                facts.extend(clears(
                    [mutator.function, this.function],
                    pattern,
                    template,
                    &names,
                ));
            }
        }
    }
    facts
}

/// `names` are the placeholders of the method's key, which those of its tags are among.
fn clears(
    [mutator, cached]: [&'static str; 2],
    pattern: &str,
    template: &str,
    names: &[String],
) -> Option<Fact> {
    let own = PatternTemplate::parse(pattern).unwrap();
    let template = Template::parse(template).unwrap();
    let where_equal = || {
        let pairs = pairs(&own, &template);
        let number = |name: String| names.iter().position(|it| *it == name);
        let pairs = pairs.map(|(own, other)| Some((number(other.to_string())?, own.to_string())));
        pairs.collect::<Option<Vec<_>>>()
    };
    match meeting(&own, &template)? {
        Meeting::AsWritten => {
            let mut where_equal = where_equal()?;
            where_equal.sort();
            Some(Fact::Clears {
                mutator,
                cached,
                where_equal,
            })
        }
        Meeting::ByValue | Meeting::ByChance => Some(Fact::ClearsSome {
            mutator,
            cached,
            pattern: format!("{pattern} {template}"),
        }),
    }
}
