//! How the answer of a method divides into what is stored and what is not, decided by its type.
//!
//! `#[cached]` finds the shape of a method's return type by itself. By hand it is named, see
//! [`Cache::get_or_load_as`](crate::Cache::get_or_load_as).

use std::{any::Any, marker::PhantomData};

use crate::error::LoadTimeout;

/// What an answer holds.
#[derive(Debug)]
pub enum Outcome<'a, T> {
    /// A value; it is stored.
    Value(&'a T),
    /// The source has nothing there; it is stored where the policy has a `none_ttl`.
    Absent,
    /// The load failed; nothing is stored.
    Failed,
}

/// An error as those who waited for the same load see it.
pub type Shared = dyn Any + Send + Sync;

/// An error on its way to those who waited for the same load.
pub type SharedError = Box<Shared>;

/// The shape of an answer: which part of it is the value.
pub trait Shape: Copy {
    /// What the method returns.
    type Answer;
    /// What is stored.
    type Value;

    /// The answer that a stored value gives.
    fn found(value: Self::Value) -> Self::Answer;

    /// The answer that a stored absence gives; `None` for methods that always have a value.
    fn absent() -> Option<Self::Answer>;

    /// What an answer holds.
    fn outcome(answer: &Self::Answer) -> Outcome<'_, Self::Value>;

    /// The error of a failed answer, if it can be handed to several callers.
    fn share(answer: &Self::Answer) -> Option<SharedError>;

    /// The answer that a shared error gives.
    fn failed(error: &Shared) -> Option<Self::Answer>;
}

/// A shape whose answers can say that there is nothing.
#[diagnostic::on_unimplemented(
    message = "`none_ttl` needs an answer that can be `None`",
    label = "never `None`",
    note = "return an `Option`, or remove `none_ttl`"
)]
pub trait MayBeAbsent: Shape {}

impl<T> MayBeAbsent for Optional<T> {}
impl<T, E, S: Sharing<E>> MayBeAbsent for FallibleOptional<T, E, S> {}

/// A shape whose answers can say that the load took too long.
#[diagnostic::on_unimplemented(
    message = "`timeout` needs an error that can be made from `LoadTimeout`",
    label = "no `Result` whose error is `From<LoadTimeout>`",
    note = "return a `Result<_, E>` with `impl From<cached_runtime::LoadTimeout> for E`, or remove `timeout`"
)]
pub trait MayTimeOut: Shape {
    /// The answer of a load that took too long.
    fn timed_out(timeout: LoadTimeout) -> Self::Answer;
}

#[diagnostic::do_not_recommend]
impl<T, E: From<LoadTimeout>, S: Sharing<E>> MayTimeOut for Fallible<T, E, S> {
    fn timed_out(timeout: LoadTimeout) -> Self::Answer {
        Err(timeout.into())
    }
}

#[diagnostic::do_not_recommend]
impl<T, E: From<LoadTimeout>, S: Sharing<E>> MayTimeOut for FallibleOptional<T, E, S> {
    fn timed_out(timeout: LoadTimeout) -> Self::Answer {
        Err(timeout.into())
    }
}

/// Whether an error can be handed to all who waited for the load.
pub trait Sharing<E>: Copy {
    /// A copy of the error, if it can be copied.
    fn share(error: &E) -> Option<SharedError>;
    /// The error again.
    fn receive(error: &Shared) -> Option<E>;
}

/// The error goes to one caller; those who waited try for themselves, a few at a time.
#[derive(Clone, Copy, Debug)]
pub struct Alone;

impl<E> Sharing<E> for Alone {
    fn share(_: &E) -> Option<SharedError> {
        None
    }

    fn receive(_: &Shared) -> Option<E> {
        None
    }
}

/// The error is cloned for all who waited.
#[derive(Clone, Copy, Debug)]
pub struct Together;

impl<E: Clone + Send + Sync + 'static> Sharing<E> for Together {
    fn share(error: &E) -> Option<SharedError> {
        Some(Box::new(error.clone()))
    }

    fn receive(error: &Shared) -> Option<E> {
        error.downcast_ref().cloned()
    }
}

macro_rules! shape {
    ($(#[$doc:meta])* $name:ident<$($parameter:ident),+>) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<$($parameter),+>(PhantomData<fn() -> ($($parameter,)+)>);

        impl<$($parameter),+> $name<$($parameter),+> {
            /// The shape itself; it holds nothing.
            #[must_use]
            pub const fn new() -> Self {
                Self(PhantomData)
            }
        }

        impl<$($parameter),+> Clone for $name<$($parameter),+> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<$($parameter),+> Copy for $name<$($parameter),+> {}

        impl<$($parameter),+> Default for $name<$($parameter),+> {
            fn default() -> Self {
                Self::new()
            }
        }
    };
}

shape! {
    /// `T`: every answer is stored.
    Plain<T>
}

impl<T> Shape for Plain<T> {
    type Answer = T;
    type Value = T;

    fn found(value: T) -> T {
        value
    }

    fn absent() -> Option<T> {
        None
    }

    fn outcome(answer: &T) -> Outcome<'_, T> {
        Outcome::Value(answer)
    }

    fn share(_: &T) -> Option<SharedError> {
        None
    }

    fn failed(_: &Shared) -> Option<T> {
        None
    }
}

shape! {
    /// `Option<T>`: `Some` is stored, `None` is an absence.
    Optional<T>
}

impl<T> Shape for Optional<T> {
    type Answer = Option<T>;
    type Value = T;

    fn found(value: T) -> Option<T> {
        Some(value)
    }

    fn absent() -> Option<Option<T>> {
        Some(None)
    }

    fn outcome(answer: &Option<T>) -> Outcome<'_, T> {
        answer.as_ref().map_or(Outcome::Absent, Outcome::Value)
    }

    fn share(_: &Option<T>) -> Option<SharedError> {
        None
    }

    fn failed(_: &Shared) -> Option<Option<T>> {
        None
    }
}

shape! {
    /// `Result<T, E>`: `Ok` is stored. `S` is [`Together`] or [`Alone`].
    Fallible<T, E, S>
}

impl<T, E, S: Sharing<E>> Shape for Fallible<T, E, S> {
    type Answer = Result<T, E>;
    type Value = T;

    fn found(value: T) -> Result<T, E> {
        Ok(value)
    }

    fn absent() -> Option<Result<T, E>> {
        None
    }

    fn outcome(answer: &Result<T, E>) -> Outcome<'_, T> {
        answer.as_ref().map_or(Outcome::Failed, Outcome::Value)
    }

    fn share(answer: &Result<T, E>) -> Option<SharedError> {
        S::share(answer.as_ref().err()?)
    }

    fn failed(error: &Shared) -> Option<Result<T, E>> {
        S::receive(error).map(Err)
    }
}

shape! {
    /// `Result<Option<T>, E>`: `Ok(Some)` is stored, `Ok(None)` is an absence. `S` is [`Together`] or [`Alone`].
    FallibleOptional<T, E, S>
}

impl<T, E, S: Sharing<E>> Shape for FallibleOptional<T, E, S> {
    type Answer = Result<Option<T>, E>;
    type Value = T;

    fn found(value: T) -> Self::Answer {
        Ok(Some(value))
    }

    fn absent() -> Option<Self::Answer> {
        Some(Ok(None))
    }

    fn outcome(answer: &Self::Answer) -> Outcome<'_, T> {
        match answer {
            Ok(Some(value)) => Outcome::Value(value),
            Ok(None) => Outcome::Absent,
            Err(_) => Outcome::Failed,
        }
    }

    fn share(answer: &Self::Answer) -> Option<SharedError> {
        S::share(answer.as_ref().err()?)
    }

    fn failed(error: &Shared) -> Option<Self::Answer> {
        S::receive(error).map(Err)
    }
}

/// How expanded code finds the shape of a type: the impl with the most references in front wins.
#[expect(missing_docs, reason = "only expanded code sees it")]
pub(crate) mod probe {
    use std::marker::PhantomData;

    use super::{Alone, Fallible, FallibleOptional, Optional, Plain, Together};

    pub struct Probe<R>(PhantomData<fn() -> R>);

    #[expect(clippy::new_without_default, reason = "only expanded code makes one")]
    impl<R> Probe<R> {
        pub const fn new() -> Self {
            Self(PhantomData)
        }
    }

    macro_rules! level {
        ($trait:ident: $(impl($($parameter:tt)*) $probe:ty => $shape:ty $(where $error:ident)?;)+) => {
            pub trait $trait {
                type Shape;
                fn shape(&self) -> Self::Shape;
            }

            $(impl<$($parameter)*> $trait for $probe $(where $error: Clone + Send + Sync + 'static)? {
                type Shape = $shape;

                #[inline]
                fn shape(&self) -> $shape {
                    <$shape>::new()
                }
            })+
        };
    }

    level! { FallibleOptionalTogether: impl(T, E) &&&&Probe<Result<Option<T>, E>> => FallibleOptional<T, E, Together> where E; }
    level! { FallibleOptionalAlone: impl(T, E) &&&Probe<Result<Option<T>, E>> => FallibleOptional<T, E, Alone>; }
    level! {
        FallibleTogether:
        impl(T, E) &&Probe<Result<T, E>> => Fallible<T, E, Together> where E;
        impl(T) &&Probe<Option<T>> => Optional<T>;
    }
    level! { FallibleAlone: impl(T, E) &Probe<Result<T, E>> => Fallible<T, E, Alone>; }
    level! { Always: impl(T) Probe<T> => Plain<T>; }
}
