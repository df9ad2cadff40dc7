//! What the attributes say, read once.

use cached_key::{Meeting, PatternTemplate, Template, meeting};

use super::finding::Place;
use crate::{
    policy::Policy,
    registry::{Declaration, Location, MutatorDeclaration, UpdateDeclaration},
};

/// All that is held against each other. The macros have parsed every text before.
pub(super) struct Declared {
    pub(super) cached: Vec<Keeper>,
    pub(super) updates: Vec<Keeper>,
    pub(super) patterns: Vec<Pattern>,
    pub(super) tag_patterns: Vec<Pattern>,
}

/// A `#[cached]` or an `#[updates]`: it keeps values under keys.
pub(super) struct Keeper {
    pub(super) text: &'static str,
    pub(super) template: Template,
    pub(super) tags: &'static [&'static str],
    pub(super) value: &'static str,
    pub(super) policy: Policy,
    pub(super) is_update: bool,
    function: &'static str,
    location: Location,
}

/// A pattern of a mutator.
pub(super) struct Pattern {
    pub(super) text: &'static str,
    pub(super) template: PatternTemplate,
    function: &'static str,
    location: Location,
}

impl Declared {
    /// In the order of the source, so that findings do not depend on that of the linker.
    pub(super) fn read(
        cached: &[&'static Declaration],
        mutators: &[&'static MutatorDeclaration],
    ) -> Self {
        let updates = mutators.iter().flat_map(|mutator| {
            let updates = mutator.updates.iter();
            updates.filter_map(|update| Keeper::updates(update, mutator))
        });
        let mut declared = Self {
            cached: cached.iter().filter_map(|it| Keeper::cached(it)).collect(),
            updates: updates.collect(),
            patterns: patterns(mutators, |mutator| mutator.patterns),
            tag_patterns: patterns(mutators, |mutator| mutator.tags),
        };
        for keepers in [&mut declared.cached, &mut declared.updates] {
            keepers.sort_by_key(|it| (it.location.in_source(), it.text));
        }
        for patterns in [&mut declared.patterns, &mut declared.tag_patterns] {
            patterns.sort_by_key(|it| (it.location.in_source(), it.text));
        }
        declared
    }

    pub(super) fn keepers(&self) -> impl Iterator<Item = &Keeper> {
        self.cached.iter().chain(&self.updates)
    }
}

impl Keeper {
    fn cached(declaration: &Declaration) -> Option<Self> {
        Some(Self {
            text: declaration.template,
            template: Template::parse(declaration.template).ok()?,
            tags: declaration.tags,
            value: declaration.value,
            policy: declaration.policy,
            is_update: false,
            function: declaration.function,
            location: declaration.location,
        })
    }

    fn updates(update: &UpdateDeclaration, mutator: &MutatorDeclaration) -> Option<Self> {
        Some(Self {
            text: update.template,
            template: Template::parse(update.template).ok()?,
            tags: update.tags,
            value: update.value,
            policy: update.policy,
            is_update: true,
            function: mutator.function,
            location: mutator.location,
        })
    }

    /// The templates of its tags.
    pub(super) fn tags(&self) -> impl Iterator<Item = Template> {
        self.tags
            .iter()
            .filter_map(|tag| Template::parse_tag(tag).ok())
    }

    /// Its keys as a pattern.
    pub(super) fn keys(&self) -> Option<PatternTemplate> {
        PatternTemplate::parse(self.text).ok()
    }

    /// Whether it fills keys of `other`, and not by chance only.
    pub(super) fn fills(&self, other: &Self) -> bool {
        self.keys()
            .is_some_and(|keys| meets(&keys, &other.template))
    }

    pub(super) fn place(&self, says: Option<String>) -> Place {
        Place {
            function: self.function,
            location: self.location,
            says,
        }
    }
}

impl Pattern {
    pub(super) fn place(&self) -> Place {
        Place {
            function: self.function,
            location: self.location,
            says: None,
        }
    }
}

/// How they meet. Most are of different caches, which is cheap to see.
pub(super) fn meeting_of(pattern: &PatternTemplate, template: &Template) -> Option<Meeting> {
    (pattern.cache() == template.cache())
        .then(|| meeting(pattern, template))
        .flatten()
}

/// Whether `pattern` clears what `template` names, and not by chance only.
pub(super) fn meets(pattern: &PatternTemplate, template: &Template) -> bool {
    meeting_of(pattern, template) >= Some(Meeting::ByValue)
}

fn patterns(
    mutators: &[&'static MutatorDeclaration],
    texts: fn(&'static MutatorDeclaration) -> &'static [&'static str],
) -> Vec<Pattern> {
    let all = mutators
        .iter()
        .flat_map(|&mutator| texts(mutator).iter().map(move |&text| (mutator, text)));
    let read = all.filter_map(|(mutator, text)| {
        Some(Pattern {
            text,
            template: PatternTemplate::parse(text).ok()?,
            function: mutator.function,
            location: mutator.location,
        })
    });
    read.collect()
}
