//! What `#[coherent]` was given.

use proc_macro2::TokenStream;

use super::args::stray;
use super::{Argument, Texts, Written, arguments};
use crate::option::Attribute;
use crate::report::Errors;

/// `#[coherent(…)]`
#[derive(Default)]
pub(crate) struct CoherentArgs {
    /// Caches, or names of tags, that others have keys of too.
    pub(crate) elsewhere: Texts,
}

impl CoherentArgs {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        for argument in arguments(tokens, Attribute::Coherent, errors) {
            match argument {
                Argument::Option(_, Written::Texts(names)) => {
                    args.elsewhere.fill("a cache", &names, errors);
                }
                Argument::Bare(value) => {
                    args.elsewhere.faulty = true;
                    errors.push(stray(&value));
                }
                Argument::Option(..) | Argument::Meant(_) => args.elsewhere.faulty = true,
            }
        }
        args
    }
}
