//! The audit sees the attributes of the whole program.

use cached_runtime::{Caches, Finding, Kind, Settings, Severity, audit};
use cached_tests_services::Invoices;

#[tokio::test]
async fn attributes_of_dependencies_count() {
    assert_eq!(Invoices.of_year(1, 2026).await, 12_026);
    assert_eq!(Invoices.misspelt(1).await, 1);
    let audit = audit();
    assert!(!audit.is_sound());
    let of_services = |finding: &&Finding| {
        let place = finding.places().first();
        place.is_some_and(|it| it.location().module.starts_with("cached_tests_services"))
    };
    let dead = |finding: &&Finding| finding.kind() == Kind::DeadPattern;
    let dead: Vec<_> = audit
        .findings()
        .iter()
        .filter(of_services)
        .filter(dead)
        .collect();
    let [dead] = dead.as_slice() else {
        panic!("{dead:?}");
    };
    assert_eq!(dead.severity(), Severity::Error);
    assert_eq!(dead.subject(), "invoices:custmer:<customer>*");
    assert_eq!(dead.did_you_mean(), Some("invoices:customer:<customer>*"));
    let file = dead.places()[0].location().file;
    assert!(file.ends_with("services/src/lib.rs"), "{file}");
}

#[test]
fn settings_are_audited_with_the_caches_they_are_for() {
    let caches = Caches::builder()
        .settings("invoces", Settings::new().capacity(5))
        .build()
        .unwrap();
    let report = caches.audit().to_string();
    assert!(
        report.contains(
            "settings for cache `invoces`, which no attribute names\n   = help: did you mean `invoices`?"
        ),
        "{report}"
    );
}

#[test]
fn an_unsound_program_fails_its_test_with_the_list() {
    let message = std::panic::catch_unwind(cached_runtime::assert_sound).unwrap_err();
    let message = message.downcast_ref::<String>().unwrap();
    assert!(
        message.contains("invoices:custmer:<customer>*"),
        "{message}"
    );
}
