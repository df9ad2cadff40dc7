//! The primitives that concurrent code is built on.
//!
//! With `--cfg cached_model`, unit tests are built with those of a model checker in their place, see `cache::model`.

#[cfg(cached_model)]
#[cfg(test)]
mod model;
#[cfg(not(all(test, cached_model)))]
mod real;

#[cfg(all(test, cached_model))]
pub(crate) use self::model::*;
#[cfg(not(all(test, cached_model)))]
pub(crate) use self::real::*;
