//! Attributes that keep values, held against each other: those that fill the same keys must agree on what lies there.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    breadth::shares_by_name,
    declared::{Declared, Keeper},
    finding::{Finding, Kind, Severity},
    outline::outline,
    policies::{agree, differences},
    stored_type::{are_one_type, stored_type},
};

/// What does not agree, once for all that fill the same keys, and once for each update of some keys of a method.
pub(super) fn conflicts(declared: &Declared, findings: &mut Vec<Finding>) {
    let mut same: BTreeMap<_, Vec<&Keeper>> = BTreeMap::new();
    for keeper in declared.keepers() {
        same.entry(outline(&keeper.template))
            .or_default()
            .push(keeper);
    }
    findings.extend(same.values().filter_map(|keepers| conflict(keepers)));
    for update in &declared.updates {
        for cached in &declared.cached {
            if outline(&update.template) != outline(&cached.template) && update.fills(cached) {
                findings.extend(conflict(&[cached, update]));
            }
        }
    }
}

/// The first thing in which they differ.
fn conflict(keepers: &[&Keeper]) -> Option<Finding> {
    let (first, rest) = keepers.split_first()?;
    let differ = |agree: fn(&Keeper, &Keeper) -> bool| rest.iter().any(|it| !agree(first, it));
    if differ(|one, other| are_one_type(&stored_type(one.value), &stored_type(other.value))) {
        let says = |it: &Keeper| format!("`{}`", stored_type(it.value));
        let note = "each finds values of a type that is not its own, and loads again";
        return Some(finding(
            Kind::TwoTypes,
            keepers,
            "holds values of different types",
            note,
            says,
        ));
    }
    if differ(|one, other| tags(one) == tags(other)) {
        let note = "an invalidation by tag finds what some of them have stored, and not the rest";
        return Some(finding(
            Kind::TwoTags,
            keepers,
            "has different tags",
            note,
            listed,
        ));
    }
    if differ(agree) {
        let policies: Vec<_> = keepers.iter().map(|it| it.policy).collect();
        let says = |it: &Keeper| differences(it.policy, &policies);
        let note =
            "who loads first decides; one `const Policy` that all of them name keeps them together";
        return Some(finding(
            Kind::TwoPolicies,
            keepers,
            "is kept under different policies",
            note,
            says,
        ));
    }
    let cached: Vec<&Keeper> = keepers.iter().filter(|it| !it.is_update).copied().collect();
    let (first, rest) = cached.split_first()?;
    rest.iter().any(|it| !shares_by_name(first, it)).then(|| {
        let note =
            "where they mean different things, one caller gets the answer to another's question";
        let says = |it: &Keeper| format!("`{}`", it.text);
        let message = "is the key of different questions, to go by its placeholders";
        Finding {
            severity: Severity::Remark,
            ..finding(Kind::SharedKeys, &cached, message, note, says)
        }
    })
}

fn finding(
    kind: Kind,
    keepers: &[&Keeper],
    what: &str,
    note: &'static str,
    says: impl Fn(&Keeper) -> String,
) -> Finding {
    let subject = keepers.first().map(|first| first.text).unwrap_or_default();
    let place = |it: &&Keeper| it.place(Some(says(it)));
    Finding {
        kind,
        severity: Severity::Error,
        subject: subject.to_owned(),
        message: format!("`{subject}` {what}"),
        places: keepers.iter().map(place).collect(),
        did_you_mean: None,
        note: Some(note),
    }
}

fn tags(keeper: &Keeper) -> BTreeSet<Vec<Option<String>>> {
    keeper.tags().map(|tag| outline(&tag)).collect()
}

fn listed(keeper: &Keeper) -> String {
    let names: Vec<_> = keeper.tags.iter().map(|tag| format!("`{tag}`")).collect();
    if names.is_empty() {
        "no tags".to_owned()
    } else {
        names.join(" and ")
    }
}
