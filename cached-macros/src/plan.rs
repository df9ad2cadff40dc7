//! What is left when all is well: data only, nothing in it can still be wrong.

use cached_key::Tail;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use syn::{Expr, ExprPath, LitStr, Path, Type};

use crate::option::Attribute;
use crate::reference::Keyed;
pub(crate) use crate::shape::{Boxed, Shape, split};

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
    pub(crate) key: Filled,
    pub(crate) tags: Vec<Filled>,
    /// The return type in words.
    pub(crate) value: String,
    pub(crate) policy: Policy,
    pub(crate) store_if: Option<Expr>,
    pub(crate) timeout: Option<Lifetime>,
    pub(crate) background: Option<Background>,
}

/// What the parameters fill: a key, or a tag.
pub(crate) enum Filled {
    Text {
        template: String,
        pieces: Vec<Piece>,
    },
    Keyed(KeyedCall),
}

/// A key of a keyspace, whose template is not known here.
pub(crate) struct KeyedCall {
    pub(crate) keyed: Keyed,
    pub(crate) attribute: Attribute,
    /// The function's name; `None` where there are only variables in scope.
    pub(crate) function: Option<String>,
    pub(crate) params: Vec<Ident>,
    pub(crate) skip: Vec<Ident>,
}

/// Patterns to be held against the templates of a keyspace.
pub(crate) struct Within {
    pub(crate) keyspace: Path,
    pub(crate) patterns: Vec<LitStr>,
}

/// What a body takes along into a task of its own.
pub(crate) struct Background {
    pub(crate) receiver: Option<Taken>,
    pub(crate) params: Vec<Taken>,
}

pub(crate) struct Taken {
    pub(crate) name: Ident,
    pub(crate) mutable: bool,
    pub(crate) form: Form,
    /// Where the type is complained about.
    pub(crate) blame: Span,
}

/// How something is taken along.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As it is.
    Value,
    /// In the owned form of what is behind the reference.
    Reference,
    /// `Option<&T>`
    OptionalReference,
}

pub(crate) struct Policy {
    pub(crate) base: Base,
    pub(crate) tti: Option<Lifetime>,
    pub(crate) none_ttl: Option<Lifetime>,
    pub(crate) jitter: Option<u8>,
    pub(crate) stale_while_revalidate: Option<Lifetime>,
    pub(crate) stale_if_error: Option<Lifetime>,
    pub(crate) refresh_ahead: Option<Ahead>,
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

/// When a value is loaded anew before its end.
#[derive(Clone, Copy)]
pub(crate) enum Ahead {
    Percent(u8),
    Auto,
}

/// The `#[invalidates]` and `#[updates]` of one function that make one act.
pub(crate) struct Mutator {
    pub(crate) function: Wrapped,
    pub(crate) place: Place,
    pub(crate) targets: Vec<Target>,
    pub(crate) within: Vec<Within>,
    pub(crate) updates: Vec<Update>,
    /// The return type in words.
    pub(crate) value: String,
}

/// What is invalidated.
pub(crate) struct Target {
    pub(crate) named: Named,
    pub(crate) only_on_ok: bool,
    /// It means tags, not keys.
    pub(crate) of_tags: bool,
}

/// How it is named.
pub(crate) enum Named {
    Pattern(Pattern),
    Keyed(KeyedCall),
}

/// `#[updates]`
pub(crate) struct Update {
    pub(crate) key: Filled,
    pub(crate) tags: Vec<Filled>,
    pub(crate) policy: Policy,
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
    /// Its type goes into keys as it is; of others the compiler has to find out how they do.
    pub(crate) plain: bool,
}
