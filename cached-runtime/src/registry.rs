//! What the attributes declare, collected by the linker.

use std::{collections::BTreeSet, fmt};

use cached_key::{Part, PatternTemplate, Template, overlap};
use once_cell::sync::OnceCell;

use crate::{policy::Policy, site::Site};

/// Where an attribute stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The module path.
    pub module: &'static str,
    /// The source file, as the compiler was given it.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl Location {
    /// What locations are told apart by, for the order in which people expect them.
    pub(crate) fn in_source(self) -> (&'static str, u32, u32) {
        (self.file, self.line, self.column)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// What a `#[cached]` says.
#[derive(Debug)]
pub struct Declaration {
    /// The key template.
    pub template: &'static str,
    /// The name of the function.
    pub function: &'static str,
    /// Its return type as it is written.
    pub value: &'static str,
    /// How long answers are kept.
    pub policy: Policy,
    /// The templates of its tags.
    pub tags: &'static [&'static str],
    /// Where the attribute stands.
    pub location: Location,
}

/// What the `#[invalidates]` and `#[updates]` of one method say.
#[derive(Debug)]
pub struct MutatorDeclaration {
    /// The patterns.
    pub patterns: &'static [&'static str],
    /// The patterns of tags.
    pub tags: &'static [&'static str],
    /// What is stored when the call succeeds.
    pub updates: &'static [UpdateDeclaration],
    /// The name of the function.
    pub function: &'static str,
    /// Where the attribute stands.
    pub location: Location,
}

/// What an `#[updates]` says.
#[derive(Debug)]
pub struct UpdateDeclaration {
    /// The key template.
    pub template: &'static str,
    /// The return type of the function as it is written.
    pub value: &'static str,
    /// How long the value is kept.
    pub policy: Policy,
    /// The templates of its tags.
    pub tags: &'static [&'static str],
}

/// The place of an `#[invalidates]` in the program.
#[derive(Debug)]
pub struct MutatorSite {
    pub(crate) declaration: MutatorDeclaration,
    /// Of each update, whether it stores.
    stores: OnceCell<Box<[bool]>>,
}

impl MutatorSite {
    /// A place that says this.
    pub const fn new(declaration: MutatorDeclaration) -> Self {
        Self {
            declaration,
            stores: OnceCell::new(),
        }
    }

    /// The update of this number, and whether it stores. Where cached methods fill its keys with tags that it does not name, it
    /// only invalidates: an invalidation of these tags would not find the value.
    pub(crate) fn update(&self, index: usize) -> Option<(&UpdateDeclaration, bool)> {
        let updates = self.declaration.updates;
        let find = || {
            let cached = cached();
            let stores = |update| cached.iter().all(|cached| keeps_tags(update, cached));
            updates.iter().map(stores).collect()
        };
        let stores = self.stores.get_or_init(find);
        Some((updates.get(index)?, *stores.get(index)?))
    }
}

/// Whether what `update` stores in the place of an answer of `cached` can be found by the same tags.
fn keeps_tags(update: &UpdateDeclaration, cached: &Declaration) -> bool {
    let named = |tag: &&str| {
        let tag = outline(tag);
        update.tags.iter().any(|other| outline(other) == tag)
    };
    if cached.tags.iter().all(named) {
        return true;
    }
    match (
        PatternTemplate::parse(update.template),
        Template::parse(cached.template),
    ) {
        (Ok(update), Ok(cached)) => !overlap(&update, &cached),
        _ => false,
    }
}

/// A template without the names of its placeholders, which differ from method to method.
fn outline(template: &str) -> String {
    let Ok(template) = Template::parse(template) else {
        return template.to_owned();
    };
    let parts = template.parts().iter();
    parts
        .map(|part| match part {
            Part::Text(text) => text.as_str(),
            Part::Value(_) => "<>",
        })
        .collect()
}

/// An entry of the linker's list of cached methods.
pub struct Registration(pub &'static Site);

/// An entry of the linker's list of mutators.
pub struct MutatorRegistration(pub &'static MutatorSite);

inventory::collect!(Registration);
inventory::collect!(MutatorRegistration);

/// The cached methods of the program, in the order of their places.
pub(crate) fn cached() -> Vec<&'static Declaration> {
    let entries = inventory::iter::<Registration>.into_iter();
    let mut found: Vec<_> = entries.map(|entry| entry.0.declaration()).collect();
    found.sort_by_key(|declaration| declaration.location);
    found
}

/// The mutators of the program, in the order of their places.
pub(crate) fn mutators() -> Vec<&'static MutatorDeclaration> {
    let entries = inventory::iter::<MutatorRegistration>.into_iter();
    let mut found: Vec<_> = entries.map(|entry| &entry.0.declaration).collect();
    found.sort_by_key(|declaration| declaration.location);
    found
}

/// The caches that `#[cached]` attributes name, each once and in order. Attributes that come with a library loaded later are
/// not among them.
pub(crate) fn cache_names() -> &'static [&'static str] {
    static NAMES: OnceCell<Box<[&str]>> = OnceCell::new();
    NAMES.get_or_init(|| {
        let entries = inventory::iter::<Registration>.into_iter();
        let names = entries.map(|entry| cache_of(entry.0.declaration().template));
        names.collect::<BTreeSet<_>>().into_iter().collect()
    })
}

/// The first segment, which names the cache.
pub(crate) fn cache_of(template: &str) -> &str {
    template.split(':').next().unwrap_or_default()
}
