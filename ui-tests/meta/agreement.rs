//! The catalogue and the cases say the same: every fault has its case, every case its fault.

use std::collections::BTreeSet;

use crate::cases::Case;
use crate::catalogue::Fault;
use crate::golden::Told;

/// The fault that an error of `case` tells: of those whose headline it has, the one that says most. The compiler has one
/// headline for many faults, so there the case decides.
pub(crate) fn told<'a>(faults: &'a [Fault], case: &str, error: &Told) -> Result<&'a Fault, String> {
    let matching: Vec<_> = faults
        .iter()
        .filter(|fault| fault.headline.matches(&error.headline))
        .collect();
    let most = matching.iter().map(|fault| fault.headline.weight()).max();
    let best: Vec<_> = matching
        .into_iter()
        .filter(|fault| Some(fault.headline.weight()) == most)
        .collect();
    match best[..] {
        [] => Err(unknown(case, error)),
        [fault] => Ok(fault),
        [first, second, ..] if first.is_ours() || second.is_ours() => Err(format!(
            "\"{}\" ({case}) is the headline of two faults: {} and {}",
            error.headline, first.name, second.name
        )),
        _ => {
            let own: Vec<_> = best.into_iter().filter(|fault| fault.has(case)).collect();
            match own[..] {
                [fault] => Ok(fault),
                _ => Err(format!(
                    "{case}: {} faults of the catalogue explain \"{}\" here, and it must be one",
                    own.len(),
                    error.headline
                )),
            }
        }
    }
}

fn unknown(case: &str, error: &Told) -> String {
    let (topic, name) = case.split_once('/').unwrap_or_default();
    format!(
        "{case}: no fault of the catalogue has this headline; if it is new, catalogue/{topic}.toml takes\n\n  [{name}]\n  \
         headline = {:?}\n",
        error.headline
    )
}

pub(crate) fn check(faults: &[Fault], cases: &[Case]) -> Vec<String> {
    let mut complaints = headlines(faults);
    for fault in faults {
        for name in fault.cases() {
            if !cases.iter().any(|case| case.name == name) {
                complaints.push(format!("{}: there is no case fail/{name}.rs", fault.name));
            }
        }
        let names: BTreeSet<_> = fault.cases().collect();
        if names.len() < fault.cases().count() {
            complaints.push(format!("{}: a case is named twice", fault.name));
        }
    }
    for case in cases {
        complaints.extend(of_case(faults, case));
    }
    complaints
}

/// Different faults have different headlines, but where the compiler speaks.
fn headlines(faults: &[Fault]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (index, fault) in faults.iter().enumerate() {
        let earlier = faults.iter().take(index);
        for other in earlier.filter(|other| other.headline == fault.headline) {
            if fault.is_ours() || other.is_ours() {
                complaints.push(format!(
                    "{} and {} have the same headline: \"{}\"",
                    other.name, fault.name, fault.headline
                ));
            }
        }
    }
    complaints
}

/// A case tells exactly the faults that name it.
fn of_case(faults: &[Fault], case: &Case) -> Vec<String> {
    let name = case.name.as_str();
    let Some(golden) = &case.golden else {
        return vec![format!(
            "{name}: there is no golden; TRYBUILD=overwrite writes it"
        )];
    };
    let mut complaints = Vec::new();
    let mut seen = BTreeSet::new();
    for error in golden {
        match told(faults, name, error) {
            Ok(fault) => {
                if !fault.has(name) {
                    complaints.push(format!(
                        "{name}: it tells {} too, which does not name it: \"{}\"",
                        fault.name, error.headline
                    ));
                }
                seen.insert(fault.name.as_str());
            }
            Err(complaint) => complaints.push(complaint),
        }
    }
    let listed: Vec<_> = faults.iter().filter(|fault| fault.has(name)).collect();
    if listed.is_empty() {
        complaints.push(format!("{name}: no fault of the catalogue names this case"));
    }
    for fault in listed {
        if !seen.contains(fault.name.as_str()) {
            complaints.push(format!(
                "{name}: it does not tell {}: \"{}\"",
                fault.name, fault.headline
            ));
        }
    }
    complaints
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

    fn complaint(faults: &str, cases: &[Case]) -> String {
        check(&parse("t", faults).unwrap(), cases).join("\n")
    }

    const ONE: &str = "[a]\nheadline = \"`…` is new\"";

    #[test]
    fn what_agrees_is_left_alone() {
        let cases = [case("t/a", &["`x` is new", "`y` is new"])];
        assert_eq!(complaint(ONE, &cases), "");
        let both = [
            case("t/a", &["`x` is new"]),
            case("t/b", &["`x` is new", "`ttl` is new"]),
        ];
        let faults =
            "[a]\nheadline = \"`…` is new\"\nalso = [\"t/b\"]\n[b]\nheadline = \"`ttl` is new\"";
        assert_eq!(complaint(faults, &both), "");
    }

    #[test]
    fn a_fault_without_a_case() {
        assert!(complaint(ONE, &[]).contains("t/a: there is no case fail/t/a.rs"));
        let also = "[a]\nheadline = \"`…` is new\"\nalso = [\"t/b\"]";
        assert!(
            complaint(also, &[case("t/a", &["`x` is new"])])
                .contains("t/a: there is no case fail/t/b.rs")
        );
    }

    #[test]
    fn a_case_without_a_fault() {
        let cases = [case("t/a", &["`x` is new"]), case("t/b", &["`x` is new"])];
        let told = complaint(ONE, &cases);
        assert!(
            told.contains("t/b: no fault of the catalogue names this case"),
            "{told}"
        );
        assert!(told.contains("t/b: it tells t/a too"), "{told}");
    }

    #[test]
    fn a_case_without_a_golden() {
        let mut cases = [case("t/a", &[])];
        cases[0].golden = None;
        assert!(complaint(ONE, &cases).contains("t/a: there is no golden"));
    }

    #[test]
    fn a_case_named_twice() {
        let twice = "[a]\nheadline = \"`…` is new\"\nalso = [\"t/a\"]";
        assert!(
            complaint(twice, &[case("t/a", &["`x` is new"])]).contains("a case is named twice")
        );
    }

    #[test]
    fn one_headline_for_two_faults() {
        let same = "[a]\nheadline = \"`…` is new\"\n[b]\nheadline = \"`…` is new\"";
        let cases = [case("t/a", &["`x` is new"]), case("t/b", &["`x` is new"])];
        assert!(complaint(same, &cases).contains("t/a and t/b have the same headline"));
        // Neither says more than the other.
        let alike = "[a]\nheadline = \"a … c\"\n[b]\nheadline = \"… b c\"";
        let cases = [case("t/a", &["a b c"]), case("t/b", &["a b c"])];
        assert!(complaint(alike, &cases).contains("is the headline of two faults"));
    }

    #[test]
    fn the_compiler_may_repeat_itself() {
        let same = "[a]\nheadline = \"mismatched types\"\nby = \"rustc\"\n[b]\nheadline = \"mismatched types\"\nby = \"rustc\"";
        let cases = [
            case("t/a", &["mismatched types"]),
            case("t/b", &["mismatched types"]),
        ];
        assert_eq!(complaint(same, &cases), "");
        let other = [
            case("t/a", &["mismatched types"]),
            case("t/b", &["mismatched types"]),
            case("t/c", &["mismatched types"]),
        ];
        assert!(complaint(same, &other).contains("t/c: 0 faults of the catalogue explain"));
    }

    #[test]
    fn a_headline_that_no_fault_has() {
        let told = complaint(ONE, &[case("t/a", &["`x` is new", "what \"now\""])]);
        assert!(
            told.contains("  [a]\n  headline = \"what \\\"now\\\"\""),
            "{told}"
        );
    }

    #[test]
    fn a_case_that_does_not_tell_its_fault() {
        let told = complaint(ONE, &[case("t/a", &[])]);
        assert!(told.contains("t/a: it does not tell t/a"), "{told}");
    }
}
