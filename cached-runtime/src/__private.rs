//! All that expanded code may name. No promise is made to anybody else.

pub use cached_key::{Key, KeyBuf, Pattern, Tail};
pub use inventory;

use crate::{
    caches::Caches,
    key_part::KeyPart,
    shape::{MayBeAbsent, Shape},
    value::CacheValue,
};
pub use crate::{
    call::Lookup,
    key_part::part::Value,
    mutator::{Drafts, Holes, Invalidation, On},
    policy::Policy,
    registry::{
        Declaration, Location, MutatorDeclaration, MutatorRegistration, MutatorSite, Registration,
    },
    shape::probe::Probe,
    site::{Site, Source},
};

/// To be imported where a [`Probe`] is asked for its shape.
pub mod shape {
    pub use crate::shape::probe::{
        Always as _, FallibleAlone as _, FallibleOptionalAlone as _, FallibleOptionalTogether as _,
        FallibleTogether as _,
    };
}

/// To be imported where a [`Value`] is asked for its part.
pub mod part {
    pub use crate::key_part::part::{
        Displays as _, Floats as _, OptionalDisplays as _, Others as _, Parts as _, Texts as _,
    };
}

#[inline]
pub const fn global() -> Source<'static> {
    Source::Global
}

/// What `caches = …` takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no `Caches`",
    label = "`caches` takes a set of caches",
    note = "write `caches = self.caches`, with a field of type `cached_runtime::Caches`"
)]
pub trait HasCaches {
    fn caches(&self) -> &Caches;
}

impl<C: AsRef<Caches> + ?Sized> HasCaches for C {
    #[inline]
    fn caches(&self) -> &Caches {
        self.as_ref()
    }
}

#[inline]
pub fn caches<C: HasCaches + ?Sized>(caches: &C) -> Source<'_> {
    Source::Given(caches.caches())
}

/// Lets the compiler say what is wrong with the type of a value, at the place of the type.
#[inline]
pub const fn value<S: Shape<Value: CacheValue>>(shape: S) -> S {
    shape
}

/// The same for `none_ttl`.
#[inline]
pub const fn may_be_absent<S: MayBeAbsent>(shape: S) -> S {
    shape
}

#[inline]
pub fn write(key: &mut KeyBuf, part: impl KeyPart) {
    key.value(|out| part.write(out));
}

pub fn key(key: &KeyBuf) -> Key {
    Key::from(key)
}

pub fn pattern(write: impl FnOnce(&mut Drafts)) -> Pattern {
    let mut drafts = Drafts::default();
    write(&mut drafts);
    drafts.into_pattern()
}

#[inline]
#[expect(
    clippy::needless_pass_by_value,
    reason = "expanded code makes it in place"
)]
pub fn lookup<S: Shape<Value: CacheValue>>(
    site: &'static Site,
    source: Source<'_>,
    shape: S,
    render: impl FnOnce(&mut KeyBuf),
) -> Lookup<S> {
    site.lookup(&source, shape, render)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "expanded code makes it in place"
)]
pub fn invalidation<S: Shape>(
    site: &'static MutatorSite,
    source: Source<'_>,
    shape: S,
    on: On,
    write: impl FnOnce(&mut Drafts),
) -> Invalidation<S> {
    Invalidation::new(site, &source, shape, on, write)
}
