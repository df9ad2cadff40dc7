//! Settings held against the caches that attributes name.

use std::collections::BTreeSet;

use cached_key::nearest;

use super::{
    declared::Declared,
    finding::{Finding, Kind, Severity},
};

/// Settings for caches that no attribute names.
pub(super) fn unknown<'a>(
    configured: impl Iterator<Item = &'a str>,
    declared: &Declared,
    findings: &mut Vec<Finding>,
) {
    let names: BTreeSet<&str> = declared.keepers().map(|it| it.template.cache()).collect();
    for name in configured.filter(|name| !names.contains(name)) {
        let meant = nearest(name, names.iter().copied()).map(str::to_owned);
        findings.push(Finding {
            kind: Kind::UnknownCache,
            severity: if meant.is_some() {
                Severity::Error
            } else {
                Severity::Remark
            },
            subject: name.to_owned(),
            message: format!("settings for cache `{name}`, which no attribute names"),
            places: Vec::new(),
            did_you_mean: meant,
            note: None,
        });
    }
}
