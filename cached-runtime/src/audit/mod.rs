//! The attributes of the whole program held against each other.

mod breadth;
mod declared;
mod finding;
mod json;
mod keeper;
mod outline;
mod policies;
mod reach;
mod report;
mod settings;
mod stored_type;
#[cfg(test)]
mod tests;

use self::declared::Declared;
pub use self::finding::{Finding, Kind, Place, Severity};
use crate::{
    caches::Caches,
    registry::{self, Declaration, MutatorDeclaration},
};

/// What an audit found. Its `Display` is a list for people, [`to_json`](Self::to_json) one for programs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    findings: Vec<Finding>,
    cached: usize,
    mutators: usize,
}

impl Audit {
    /// All findings, errors first, each kind in the order of the places in the source.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether there is no error among them.
    pub fn is_sound(&self) -> bool {
        self.errors() == 0
    }

    fn errors(&self) -> usize {
        let severities = self.findings.iter().map(Finding::severity);
        severities.filter(|it| *it == Severity::Error).count()
    }

    /// The same without findings that are meant to be so.
    ///
    /// ```no_run
    /// use cached_runtime::{audit, Kind};
    ///
    /// // Reports are written by hand.
    /// audit().except(|finding| finding.kind() == Kind::DeadPattern && finding.subject() == "reports:<id>*").assert_sound();
    /// ```
    #[must_use]
    pub fn except(mut self, is_meant: impl FnMut(&Finding) -> bool) -> Self {
        let mut is_meant = is_meant;
        self.findings.retain(|finding| !is_meant(finding));
        self
    }

    /// Passes if there is no error.
    ///
    /// # Panics
    ///
    /// If there is one, with the whole list; and if there is no attribute in the program, since that would always pass.
    #[track_caller]
    pub fn assert_sound(&self) {
        assert!(
            self.cached + self.mutators > 0,
            "this program has no attributes to hold against each other\n   \
             = help: to link the crate that has them: `use my_services as _;`"
        );
        assert!(
            self.is_sound(),
            "the attributes of this program contradict each other\n\n{self}\n   \
             = help: where cached methods are in a crate that nothing here refers to, link it: `use my_services as _;`\n   \
             = help: what is meant to be so: `audit().except(|finding| finding.subject() == \"…\").assert_sound()`"
        );
    }
}

#[doc = include_str!("../../docs/audit.md")]
pub fn audit() -> Audit {
    let configured = Caches::installed().into_iter().flat_map(Caches::configured);
    run(&registry::cached(), &registry::mutators(), configured)
}

pub(crate) fn audit_with(caches: &Caches) -> Audit {
    run(
        &registry::cached(),
        &registry::mutators(),
        caches.configured(),
    )
}

/// Passes if [`audit()`] finds no error. Meant as the one line of a test:
///
/// ```
/// #[test]
/// fn caches_are_sound() {
///     cached_runtime::assert_sound();
/// }
/// ```
///
/// # Panics
///
/// If there is an error, with the whole list; and if there is no attribute in the program.
#[track_caller]
pub fn assert_sound() {
    audit().assert_sound();
}

/// What an audit would find in a program that says this.
pub(crate) fn run<'a>(
    cached: &[&'static Declaration],
    mutators: &[&'static MutatorDeclaration],
    configured: impl Iterator<Item = &'a str>,
) -> Audit {
    let declared = Declared::read(cached, mutators);
    let mut findings = Vec::new();
    let named = reach::patterns(&declared, &mut findings);
    reach::updates(&declared, &mut findings);
    keeper::conflicts(&declared, &mut findings);
    settings::unknown(configured, &declared, &mut findings);
    reach::never(&declared, &named, &mut findings);
    breadth::over_matches(&declared, &mut findings);
    findings.sort_by(|one, other| one.order().cmp(&other.order()));
    Audit {
        findings,
        cached: cached.len(),
        mutators: mutators.len(),
    }
}
