//! All that expanded code may name, and what the toolkit's own tests need of it. No promise is made to anybody else.

use cached_key::KeyMemory;
pub use cached_key::{Key, KeyWriter, Pattern, Tail};
pub use cached_macros::keyed;
pub use inventory;

use std::{borrow::Borrow, marker::PhantomData, pin::Pin, time::Duration};

pub use crate::{__cached_site as cached_site, __mutator_site as mutator_site};
use crate::{
    audit::{self, Audit},
    caches::Caches,
    error::LoadTimeout,
    key_part::KeyPart,
    shape::{MayBeAbsent, MayTimeOut, Shape},
    value::CacheValue,
};
pub use crate::{
    call::{Lookup, Missed},
    in_place::InPlace,
    key_part::part::Value,
    mutator::{Drafts, Holes, Invalidation, On},
    policy::Policy,
    registry::{
        Declaration, Location, MutatorDeclaration, MutatorRegistration, MutatorSite, Registration,
        UpdateDeclaration,
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
    message = "`caches` takes a `Caches`, not `{Self}`",
    label = "not a set of caches",
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

/// The same for `timeout`. What it gives is the answer of a load that took too long.
#[inline]
pub const fn may_time_out<S: MayTimeOut>(_: S) -> fn(LoadTimeout) -> S::Answer {
    S::timed_out
}

/// What a `background` method may be called on.
#[diagnostic::on_unimplemented(
    message = "`background` needs `{Self}: Clone + Send + Sync + 'static`",
    label = "can't be taken along into a task of its own",
    note = "derive `Clone` for it (an `Arc` inside makes that cheap), or remove `background`; a method of a trait takes `where Self: Clone + Send + Sync + 'static`"
)]
pub trait BackgroundReceiver {
    /// The receiver itself: where that is unknown, so is its size, and the compiler has nothing more to say.
    type Own;

    fn own(&self) -> Self::Own;
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> BackgroundReceiver for T {
    type Own = Self;

    #[inline]
    fn own(&self) -> Self {
        self.clone()
    }
}

/// What a `background` method may take by value.
#[diagnostic::on_unimplemented(
    message = "`background` can't take an argument of type `{Self}` along",
    label = "must be `Send + 'static`",
    note = "take it by reference, or remove `background`"
)]
pub trait BackgroundArgument: Send + 'static {}

impl<T: Send + 'static> BackgroundArgument for T {}

/// What a `background` method may take by reference.
#[diagnostic::on_unimplemented(
    message = "`background` needs an owned form of `{Self}`",
    label = "what is owned of it must be `Send + Sync + 'static`",
    note = "derive `Clone` for it, or remove `background`"
)]
pub trait BackgroundBorrowed: ToOwned<Owned: Send + Sync + 'static> + 'static {}

impl<T: ToOwned<Owned: Send + Sync + 'static> + ?Sized + 'static> BackgroundBorrowed for T {}

#[inline]
pub fn own_receiver<T: BackgroundReceiver + ?Sized>(receiver: &T) -> T::Own {
    receiver.own()
}

#[inline]
pub const fn own_argument<T: BackgroundArgument>(_: &T) {}

/// The owned form `O` of what a method takes as `&T`.
pub struct Borrowed<T: ?Sized, O>(O, PhantomData<fn(&T)>);

#[inline]
pub fn own_borrowed<T: BackgroundBorrowed + ?Sized>(argument: &T) -> Borrowed<T, T::Owned> {
    Borrowed(argument.to_owned(), PhantomData)
}

#[inline]
pub fn own_optional<T: BackgroundBorrowed + ?Sized>(
    argument: Option<&T>,
) -> Option<Borrowed<T, T::Owned>> {
    argument.map(own_borrowed)
}

#[inline]
pub fn lend<T: ?Sized, O: Borrow<T>>(owned: &Borrowed<T, O>) -> &T {
    owned.0.borrow()
}

#[inline]
pub fn lend_optional<T: ?Sized, O: Borrow<T>>(owned: &Option<Borrowed<T, O>>) -> Option<&T> {
    owned.as_ref().map(lend)
}

/// A `timeout` that is a constant.
///
/// # Panics
///
/// If it is zero, which is a compile error where it is written.
#[track_caller]
pub const fn deadline(timeout: Duration) -> Duration {
    assert!(!timeout.is_zero(), "`timeout` must be longer than zero");
    timeout
}

/// A policy whose windows past the `ttl` are both about to be set: neither is to be held against an old one.
pub const fn without_windows(mut policy: Policy) -> Policy {
    policy.stale_while_revalidate = None;
    policy.stale_if_error = None;
    policy
}

#[inline(always)]
pub fn write(key: &mut KeyWriter<'_>, part: impl KeyPart) {
    key.value(|out| part.write(out));
}

/// What the value of a placeholder is written into.
pub trait TakesPart {
    fn take(&mut self, part: impl KeyPart);
}

impl TakesPart for KeyWriter<'_> {
    #[inline(always)]
    fn take(&mut self, part: impl KeyPart) {
        write(self, part);
    }
}

impl TakesPart for Drafts {
    fn take(&mut self, part: impl KeyPart) {
        self.write(part);
    }
}

impl TakesPart for Holes {
    fn take(&mut self, part: impl KeyPart) {
        self.write(part);
    }
}

pub fn key(write: impl FnOnce(&mut KeyWriter<'_>)) -> Key {
    let mut memory = KeyMemory::new();
    let mut key = KeyWriter::new(&mut memory);
    write(&mut key);
    Key::from(&key)
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
    render: impl FnOnce(&mut KeyWriter<'_>),
) -> Lookup<S> {
    site.lookup(&source, shape, render)
}

/// [`Missed::load`] of a body that stays where it is. That it is known to be pinned spares the compiler finding out.
#[inline]
pub fn load<S: Shape<Value: CacheValue>, F: Future<Output = S::Answer>>(
    missed: Missed<S>,
    body: Pin<&mut Option<F>>,
) -> impl Future<Output = S::Answer> + use<'_, S, F> {
    missed.load_if(|_: &S::Value| true, in_place(body))
}

/// The same for [`Missed::load_if`], which takes any future.
#[inline]
pub const fn in_place<F: Future>(body: Pin<&mut Option<F>>) -> InPlace<'_, F> {
    InPlace::new(body)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "expanded code makes it in place"
)]
pub fn invalidation<S: Shape>(
    site: &'static MutatorSite,
    source: Source<'_>,
    shape: S,
    write: impl FnOnce(&mut Drafts),
) -> Invalidation<S> {
    Invalidation::new(site, &source, shape, write)
}

/// What `audit` finds in a program that has these attributes and no settings: the tests change one letter in those of another.
pub fn audit_of(
    cached: &[&'static Declaration],
    mutators: &[&'static MutatorDeclaration],
) -> Audit {
    audit::run(cached, mutators, std::iter::empty())
}

/// The place of a `#[cached]`, and its entry in the linker's list. Written out here, it costs the macro nothing.
#[doc(hidden)]
#[macro_export]
macro_rules! __cached_site {
    ($site:ident, $template:expr, $function:literal, $value:literal, $policy:expr, [$($tag:expr),*]) => {
        static $site: $crate::__private::Site =
            $crate::__private::Site::new($crate::__private::Declaration {
                template: $template,
                function: $function,
                value: $value,
                policy: $policy,
                tags: &[$($tag),*],
                location: $crate::__location!(),
            });
        $crate::__private::inventory::submit! { $crate::__private::Registration(&$site) }
    };
}

/// The same for the `#[invalidates]` and `#[updates]` of a function.
#[doc(hidden)]
#[macro_export]
macro_rules! __mutator_site {
    (
        $site:ident, $function:literal, [$($pattern:expr),*], [$($tag:expr),*],
        [$(($template:expr, $value:literal, $policy:expr, [$($of_update:expr),*])),*]
    ) => {
        static $site: $crate::__private::MutatorSite =
            $crate::__private::MutatorSite::new($crate::__private::MutatorDeclaration {
                patterns: &[$($pattern),*],
                tags: &[$($tag),*],
                updates: &[$($crate::__private::UpdateDeclaration {
                    template: $template,
                    value: $value,
                    policy: $policy,
                    tags: &[$($of_update),*],
                }),*],
                function: $function,
                location: $crate::__location!(),
            });
        $crate::__private::inventory::submit! { $crate::__private::MutatorRegistration(&$site) }
    };
}

/// Where the attribute stands that is being expanded.
#[doc(hidden)]
#[macro_export]
macro_rules! __location {
    () => {
        $crate::__private::Location {
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
            column: ::core::column!(),
        }
    };
}
