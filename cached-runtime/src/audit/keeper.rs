//! Attributes that keep values, held against each other: those that fill the same keys must agree on what lies there.

use std::collections::BTreeSet;

use cached_key::{Part, PatternTemplate, Template, overlap};

use super::{Finding, stored_type::stored_type};
use crate::{
    policy::Policy,
    registry::{Declaration, Location, MutatorDeclaration, UpdateDeclaration},
};

/// A `#[cached]` or an `#[updates]`.
pub(super) struct Keeper {
    pub(super) text: &'static str,
    pub(super) template: Template,
    pub(super) tags: &'static [&'static str],
    pub(super) function: &'static str,
    pub(super) location: Location,
    value: &'static str,
    policy: Policy,
    updates: bool,
}

impl Keeper {
    pub(super) fn cached(declaration: &'static Declaration) -> Option<Self> {
        Some(Self {
            text: declaration.template,
            template: Template::parse(declaration.template).ok()?,
            tags: declaration.tags,
            function: declaration.function,
            location: declaration.location,
            value: declaration.value,
            policy: declaration.policy,
            updates: false,
        })
    }

    pub(super) fn updates(mutator: &'static MutatorDeclaration) -> impl Iterator<Item = Self> {
        let keeper = |update: &'static UpdateDeclaration| {
            Some(Self {
                text: update.template,
                template: Template::parse(update.template).ok()?,
                tags: update.tags,
                function: mutator.function,
                location: mutator.location,
                value: update.value,
                policy: update.policy,
                updates: true,
            })
        };
        mutator.updates.iter().filter_map(keeper)
    }

    /// Whether some values make it fill a key of `other`.
    pub(super) fn may_fill(&self, other: &Self) -> bool {
        PatternTemplate::parse(self.text).is_ok_and(|keys| overlap(&keys, &other.template))
    }

    fn shares_keys_with(&self, other: &Self) -> bool {
        if self.updates == other.updates {
            outline(&self.template) == outline(&other.template)
        } else {
            self.may_fill(other)
        }
    }

    /// What is wrong if both fill the same keys.
    fn conflict(&self, other: &Self) -> Option<Finding> {
        let template = self.text;
        let locations = [self.location, other.location];
        let types = [stored_type(self.value), stored_type(other.value)];
        if types[0] != types[1] {
            return Some(Finding::TwoTypes {
                template,
                types,
                locations,
            });
        }
        if outlines(self.tags) != outlines(other.tags) {
            return Some(Finding::TwoTags {
                template,
                tags: [self.tags, other.tags],
                locations,
            });
        }
        // Nobody updates a value to its absence.
        let lasting = |policy: Policy| Policy {
            none_ttl: policy.none_ttl.filter(|_| self.updates == other.updates),
            ..policy
        };
        (lasting(self.policy) != lasting(other.policy)).then(|| Finding::TwoPolicies {
            template,
            policies: Box::new([self.policy, other.policy]),
            locations,
        })
    }
}

/// The first fault of each pair.
pub(super) fn conflicts(cached: &[Keeper], updates: &[Keeper]) -> Vec<Finding> {
    let keepers: Vec<_> = cached.iter().chain(updates).collect();
    let mut findings = Vec::new();
    for (n, first) in keepers.iter().enumerate() {
        for second in keepers.iter().skip(n + 1) {
            if first.shares_keys_with(second) {
                findings.extend(first.conflict(second));
            }
        }
    }
    findings
}

/// A template without the names of its placeholders, which differ from method to method.
fn outline(template: &Template) -> Vec<Option<&str>> {
    let parts = template.parts().iter();
    parts
        .map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Value(_) => None,
        })
        .collect()
}

fn outlines(tags: &'static [&'static str]) -> BTreeSet<Vec<Option<String>>> {
    let templates = tags.iter().filter_map(|tag| Template::parse(tag).ok());
    let owned = |part: Option<&str>| part.map(str::to_owned);
    templates
        .map(|tag| outline(&tag).into_iter().map(owned).collect())
        .collect()
}
