//! What is named together though it is named for different things.

use cached_key::{Meeting, Path, pairs};

use super::{
    declared::{Declared, Keeper, Pattern, meeting_of},
    finding::{Finding, Kind, Severity},
    outline::are_related,
};

/// Patterns that also clear keys with something else in the place of one of their placeholders.
pub(super) fn over_matches(declared: &Declared, findings: &mut Vec<Finding>) {
    for pattern in &declared.patterns {
        let met: Vec<_> = declared
            .cached
            .iter()
            .filter(|it| meeting_of(&pattern.template, &it.template) == Some(Meeting::AsWritten))
            .collect();
        for (own, _) in pattern.template.placeholders() {
            findings.extend(over_match(pattern, own, &met));
        }
    }
}

fn over_match(pattern: &Pattern, own: &Path, met: &[&Keeper]) -> Option<Finding> {
    let others = met.iter().filter_map(|cached| {
        let mut pairs = pairs(&pattern.template, &cached.template);
        let (_, other) = pairs.find(|(path, _)| *path == own)?;
        Some((*cached, other))
    });
    let others: Vec<_> = others.collect();
    let meant: Vec<_> = others
        .iter()
        .filter(|(_, it)| are_related(own, it))
        .collect();
    // Where no name is that of the pattern's, nobody can tell which was meant.
    let stray = others.iter().filter(|(_, it)| {
        let differs = |(_, other): &(&Keeper, &Path)| !are_related(it, other);
        if meant.is_empty() {
            others.iter().any(differs)
        } else {
            !are_related(own, it) && meant.iter().all(|meant| differs(meant))
        }
    });
    let mut places = vec![pattern.place()];
    places.extend(stray.map(|(cached, it)| cached.place(Some(format!("`<{it}>`")))));
    (places.len() > 1).then(|| Finding {
        kind: Kind::OverMatch,
        severity: Severity::Remark,
        subject: pattern.text.to_owned(),
        message: if meant.is_empty() {
            format!(
                "pattern `{}` clears keys with different things as `<{own}>`",
                pattern.text
            )
        } else {
            format!(
                "pattern `{}` also clears keys with something else as `<{own}>`",
                pattern.text
            )
        },
        places,
        did_you_mean: None,
        note: Some("a literal segment before the placeholder tells such keys apart"),
    })
}

/// Whether two methods with the same keys name a placeholder for different things.
pub(super) fn shares_by_name(one: &Keeper, other: &Keeper) -> bool {
    let paths = one
        .template
        .placeholders()
        .zip(other.template.placeholders());
    paths
        .into_iter()
        .all(|((one, _), (other, _))| are_related(one, other))
}
