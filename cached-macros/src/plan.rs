//! What is left when all is well: data only, nothing in it can still be wrong.

use cached_key::Tail;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use syn::{Expr, ExprPath, Path, Type};

pub(crate) use crate::shape::{Boxed, Shape};

/// The function to wrap.
pub(crate) struct Wrapped {
    /// Everything before the body, untouched.
    pub(crate) head: TokenStream,
    pub(crate) body: Group,
    pub(crate) shape: Shape,
    pub(crate) name: String,
    /// What a call gives once it is awaited.
    pub(crate) output: Type,
}

/// Where the runtime and the caches are.
pub(crate) struct Place {
    pub(crate) runtime: Option<Path>,
    pub(crate) caches: Option<Expr>,
}

/// `#[cached]`
pub(crate) struct Cached {
    pub(crate) function: Wrapped,
    pub(crate) place: Place,
    pub(crate) template: String,
    pub(crate) key: Vec<Piece>,
    /// The return type in words.
    pub(crate) value: String,
    pub(crate) policy: Policy,
    pub(crate) store_if: Option<Expr>,
}

pub(crate) struct Policy {
    pub(crate) base: Base,
    pub(crate) tti: Option<Lifetime>,
    pub(crate) none_ttl: Option<Lifetime>,
    pub(crate) jitter: Option<u8>,
}

pub(crate) enum Base {
    Ttl(Lifetime),
    Constant {
        policy: ExprPath,
        ttl: Option<Lifetime>,
    },
}

pub(crate) enum Lifetime {
    Millis(u64),
    Constant(ExprPath),
}

/// `#[invalidates]`
pub(crate) struct Invalidates {
    pub(crate) function: Wrapped,
    pub(crate) place: Place,
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) only_on_ok: bool,
}

pub(crate) struct Pattern {
    pub(crate) text: String,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) tail: Tail,
}

pub(crate) enum Piece {
    Text(String),
    Value(Value),
    /// A part of the value that the function returns: known only afterwards.
    Hole(Value),
    AnySegment,
}

/// `root.field.field`
pub(crate) struct Value {
    pub(crate) root: Ident,
    /// Names and numbers, with spans at which they are complained about.
    pub(crate) fields: Vec<TokenTree>,
    /// Where the type of the value is complained about.
    pub(crate) blame: Span,
}
