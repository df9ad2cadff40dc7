//! The list for people, the one for programs, and the test that users write.

use std::panic::catch_unwind;

use super::*;

fn sample() -> Audit {
    let never = Declaration {
        template: "instances:<id>",
        function: "instance",
        ..LIST
    };
    let short = Declaration {
        policy: Policy::new(Duration::from_secs(5)),
        function: "listing",
        location: Location {
            file: "src/store/listing.rs",
            ..at(100)
        },
        ..LIST
    };
    audit_of(
        &[short, LIST, never],
        &[mutator(&[
            "conversations:user:<id>*",
            "conversations:usr:<id>*",
        ])],
        &["conversation"],
    )
}

#[test]
fn people_read_aligned_columns_and_errors_first() {
    let expected = include_str!("list.txt").trim_end();
    assert_eq!(sample().to_string(), expected, "\n{}", sample());
    assert_eq!(
        audit_of(&[LIST], &[mutator(&["conversations:*"])], &[]).to_string(),
        "nothing found in 1 cached method and 1 mutator"
    );
}

#[test]
fn the_order_is_that_of_the_source_whatever_that_of_the_linker() {
    let [one, two, three] = ["a:<x>", "b:<x>", "c:<x>"].map(|it| method(it, "Row", 60, 1));
    let first = audit_of(&[one, two, three], &[], &["sessions", "quotas"]);
    let [one, two, three] = ["a:<x>", "b:<x>", "c:<x>"].map(|it| method(it, "Row", 60, 1));
    assert_eq!(
        audit_of(&[three, one, two], &[], &["quotas", "sessions"]),
        first
    );
    let subjects: Vec<_> = first.findings().iter().map(Finding::subject).collect();
    assert_eq!(subjects, ["a:<x>", "b:<x>", "c:<x>", "quotas", "sessions"]);
}

#[test]
fn what_is_meant_can_be_taken_off() {
    let audit = sample();
    assert!(!audit.is_sound());
    let rest = audit.except(|finding| finding.severity() == Severity::Error);
    assert!(rest.is_sound());
    assert_eq!(rest.findings().len(), 1);
    rest.assert_sound();
}

#[test]
fn a_test_that_fails_says_what_to_do() {
    let message = |audit: Audit| {
        let panic = catch_unwind(|| audit.assert_sound()).unwrap_err();
        let formatted = panic.downcast_ref::<String>().cloned();
        formatted.unwrap_or_else(|| (*panic.downcast_ref::<&str>().unwrap()).to_owned())
    };
    let told = message(sample());
    assert!(told.starts_with(
        "the attributes of this program contradict each other\n\nerror[two-policies]"
    ));
    for way_out in [
        "did you mean `conversations:user:<id>*`?",
        "use my_services as _;",
        "audit().except(",
    ] {
        assert!(told.contains(way_out), "{told}");
    }
    let told = message(audit_of(&[], &[], &[]));
    assert!(told.starts_with("this program has no attributes"), "{told}");
}
