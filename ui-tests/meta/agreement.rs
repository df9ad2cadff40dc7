//! The catalogue and the cases say the same: every fault has its case, every case its faults, and no two faults have one
//! headline.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::cases::Case;
use crate::catalogue::Entry;
use crate::golden::Told;
use crate::template::Template;

/// The fault that an error tells: of those whose headline it has, the one that says most.
pub(crate) fn told<'a>(catalogue: &'a [Entry], error: &Told) -> Result<&'a Entry, String> {
    let weight = |entry: &Entry| entry.headline.as_ref().map(Template::weight);
    let matching = || {
        catalogue.iter().filter(|entry| {
            let headline = entry.headline.as_ref();
            headline.is_some_and(|headline| headline.matches(&error.headline))
        })
    };
    let most = matching().filter_map(weight).max();
    let mut best = matching().filter(|entry| weight(entry) == most);
    match (best.next(), best.next()) {
        (None, _) => Err(format!("no fault has the headline {:?}", error.headline)),
        (Some(fault), None) => Ok(fault),
        (Some(first), Some(second)) => Err(format!(
            "\"{}\" is the headline of two faults: {} and {}",
            error.headline, first.name, second.name
        )),
    }
}

pub(crate) fn check(catalogue: &[Entry], cases: &[Case]) -> Vec<String> {
    let mut complaints = headlines(catalogue);
    for entry in catalogue {
        complaints.extend(of_entry(entry, catalogue, cases));
    }
    for case in cases {
        complaints.extend(of_case(catalogue, case));
    }
    complaints
}

/// Different faults have different headlines.
fn headlines(catalogue: &[Entry]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (index, entry) in catalogue.iter().enumerate() {
        let Some(headline) = &entry.headline else {
            continue;
        };
        let mut earlier = catalogue.iter().take(index);
        if let Some(other) = earlier.find(|other| other.headline.as_ref() == Some(headline)) {
            complaints.push(format!(
                "{} and {} have the same headline: \"{headline}\"",
                other.name, entry.name
            ));
        }
    }
    complaints
}

fn of_entry(entry: &Entry, catalogue: &[Entry], cases: &[Case]) -> Vec<String> {
    let mut complaints = Vec::new();
    let name = &entry.name;
    if entry.is_ours() && !cases.iter().any(|case| case.name == *name) {
        complaints.push(format!("{name}: there is no case fail/{name}.rs"));
    }
    if !entry.is_ours() && !catalogue.iter().any(|other| other.shows.contains(name)) {
        complaints.push(format!("{name}: no case shows it"));
    }
    for fault in &entry.shows {
        let known = |other: &Entry| other.name == *fault && other.headline.is_some();
        if !catalogue.iter().any(known) {
            complaints.push(format!("{name}: there is no fault {fault}"));
        }
    }
    complaints
}

/// A case tells exactly what its entry says.
fn of_case(catalogue: &[Entry], case: &Case) -> Vec<String> {
    let name = case.name.as_str();
    let Some(golden) = &case.golden else {
        return vec![format!(
            "{name}: there is no golden; TRYBUILD=overwrite writes it"
        )];
    };
    let mut complaints = Vec::new();
    let mut tells = BTreeSet::new();
    for error in golden {
        match told(catalogue, error) {
            Ok(fault) => {
                tells.insert(fault.name.as_str());
            }
            Err(complaint) => complaints.push(format!("{name}: {complaint}")),
        }
    }
    let own = catalogue.iter().find(|entry| entry.name == name);
    let listed: Vec<_> = own.map_or_else(Vec::new, |entry| {
        let fault = entry.headline.as_ref().map(|_| entry.name.as_str());
        fault
            .into_iter()
            .chain(entry.shows.iter().map(String::as_str))
            .collect()
    });
    if own.is_none()
        || listed.len() != tells.len()
        || !listed.iter().all(|fault| tells.contains(fault))
    {
        complaints.push(format!(
            "{name}: its entry does not say what it tells; in catalogue/{}",
            proposed(name, own, &tells, golden)
        ));
    }
    complaints
}

/// The entry that would do.
fn proposed(name: &str, own: Option<&Entry>, tells: &BTreeSet<&str>, golden: &[Told]) -> String {
    let (topic, fault) = name.split_once('/').unwrap_or_default();
    let mut entry = format!("{topic}.toml\n\n  [{fault}]\n");
    if let Some(headline) = own.and_then(|own| own.headline.as_ref()) {
        let _ = writeln!(entry, "  headline = {:?}", headline.to_string());
    } else if let (true, Some(first)) = (tells.is_empty(), golden.first()) {
        let _ = writeln!(entry, "  headline = {:?}", first.headline);
    }
    let shows: Vec<_> = tells.iter().filter(|fault| **fault != name).collect();
    if !shows.is_empty() {
        let _ = writeln!(entry, "  shows = {shows:?}");
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::parse;

    fn case(name: &str, headlines: &[&str]) -> Case {
        let golden = headlines.iter().map(|headline| Told {
            headline: (*headline).to_owned(),
            ..Told::default()
        });
        Case {
            name: name.to_owned(),
            source: String::new(),
            golden: Some(golden.collect()),
        }
    }

    fn complaint(catalogue: &str, cases: &[Case]) -> String {
        let mut entries = parse("t", catalogue).unwrap();
        entries.extend(parse("rustc", "[types]\nheadline = \"mismatched types\"").unwrap());
        entries.extend(parse("t", "[typed]\nshows = [\"rustc/types\"]").unwrap());
        let typed = case("t/typed", &["mismatched types"]);
        let cases: Vec<_> = cases.iter().cloned().chain([typed]).collect();
        check(&entries, &cases).join("\n")
    }

    const ONE: &str = "[a]\nheadline = \"`…` is new\"\n";

    #[test]
    fn what_agrees_is_left_alone() {
        let a = || case("t/a", &["`x` is new", "`y` is new"]);
        assert_eq!(complaint(ONE, &[a()]), "");
        let also = format!("{ONE}[b]\nshows = [\"t/a\", \"rustc/types\"]");
        let b = case("t/b", &["`x` is new", "mismatched types"]);
        assert_eq!(complaint(&also, &[a(), b]), "");
        let special = format!("{ONE}[b]\nheadline = \"`ttl` is new\"\nshows = [\"t/a\"]");
        let b = case("t/b", &["`ttl` is new", "`x` is new"]);
        assert_eq!(complaint(&special, &[a(), b]), "");
    }

    #[test]
    fn a_fault_without_a_case() {
        assert!(complaint(ONE, &[]).contains("t/a: there is no case fail/t/a.rs"));
        let catalogue = parse("rustc", "[types]\nheadline = \"mismatched types\"").unwrap();
        assert_eq!(check(&catalogue, &[]), ["rustc/types: no case shows it"]);
    }

    #[test]
    fn a_case_without_an_entry() {
        let told = complaint(
            ONE,
            &[case("t/a", &["`x` is new"]), case("t/b", &["`x` is new"])],
        );
        assert!(told.contains("t/b: its entry does not say"), "{told}");
        assert!(
            told.contains("t.toml\n\n  [b]\n  shows = [\"t/a\"]"),
            "{told}"
        );
    }

    #[test]
    fn a_case_without_a_golden() {
        let mut without = case("t/a", &[]);
        without.golden = None;
        assert!(complaint(ONE, &[without]).contains("t/a: there is no golden"));
    }

    #[test]
    fn one_headline_for_two_faults() {
        let same = "[a]\nheadline = \"`…` is new\"\n[b]\nheadline = \"`…` is new\"";
        let cases = [case("t/a", &["`x` is new"]), case("t/b", &["`x` is new"])];
        assert!(complaint(same, &cases).contains("t/a and t/b have the same headline"));
        // Neither says more than the other.
        let alike = "[a]\nheadline = \"a … c\"\n[b]\nheadline = \"… b c\"";
        let cases = [case("t/a", &["a b c"]), case("t/b", &["a b c"])];
        assert!(complaint(alike, &cases).contains("is the headline of two faults: t/a and t/b"));
    }

    #[test]
    fn a_fault_with_the_headline_of_the_compiler() {
        let same = "[a]\nheadline = \"mismatched types\"";
        let told = complaint(same, &[case("t/a", &["mismatched types"])]);
        assert!(
            told.contains("t/a and rustc/types have the same headline"),
            "{told}"
        );
    }

    #[test]
    fn a_headline_that_no_fault_has() {
        let told = complaint(ONE, &[case("t/a", &["`x` is new", "what \"now\""])]);
        assert!(
            told.contains("t/a: no fault has the headline \"what \\\"now\\\"\""),
            "{told}"
        );
        let told = complaint(ONE, &[case("t/a", &["`x` is new"]), case("t/b", &["now"])]);
        assert!(told.contains("  [b]\n  headline = \"now\""), "{told}");
    }

    #[test]
    fn a_case_that_tells_more_or_less() {
        let told = complaint(ONE, &[case("t/a", &[])]);
        assert!(told.contains("t/a: its entry does not say"), "{told}");
        let told = complaint(ONE, &[case("t/a", &["`x` is new", "mismatched types"])]);
        assert!(told.contains("shows = [\"rustc/types\"]"), "{told}");
        let more = format!("{ONE}[b]\nshows = [\"t/a\", \"rustc/types\"]");
        let told = complaint(
            &more,
            &[case("t/a", &["`x` is new"]), case("t/b", &["`x` is new"])],
        );
        assert!(told.contains("t/b: its entry does not say"), "{told}");
        assert!(told.contains("  [b]\n  shows = [\"t/a\"]"), "{told}");
    }

    #[test]
    fn an_entry_that_names_no_fault() {
        let more = format!("{ONE}[b]\nshows = [\"t/c\"]");
        let told = complaint(
            &more,
            &[case("t/a", &["`x` is new"]), case("t/b", &["`x` is new"])],
        );
        assert!(told.contains("t/b: there is no fault t/c"), "{told}");
    }
}
