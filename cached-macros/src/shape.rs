//! How a function becomes a future: `async fn`, or the boxed future that `#[async_trait]` leaves.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;
use syn::{ReturnType, Signature, Type};

use crate::spelling::boxed_output;

pub(crate) enum Shape {
    Async,
    Boxed(Box<Boxed>),
    /// Nothing that could be wrapped.
    Plain,
}

/// `… Box::pin(async move { block })`
pub(crate) struct Boxed {
    pub(crate) output: Type,
    /// Up to the parentheses.
    pub(crate) before: TokenStream,
    pub(crate) parentheses: Group,
    /// `async move`
    pub(crate) keywords: TokenStream,
    pub(crate) block: Group,
}

impl Shape {
    pub(crate) fn of(sig: &Signature, body: &Group) -> Self {
        if sig.asyncness.is_some() {
            return Self::Async;
        }
        let ReturnType::Type(_, ty) = &sig.output else {
            return Self::Plain;
        };
        match boxed_output(ty).and_then(|output| boxed(output.clone(), body)) {
            Some(boxed) => Self::Boxed(Box::new(boxed)),
            None => Self::Plain,
        }
    }
}

fn boxed(output: Type, body: &Group) -> Option<Boxed> {
    let mut before: Vec<TokenTree> = body.stream().into_iter().collect();
    let parentheses = match before.pop()? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => group,
        _ => return None,
    };
    let mut callee = before.iter().rev().map(ToString::to_string);
    if [
        callee.next()?,
        callee.next()?,
        callee.next()?,
        callee.next()?,
    ] != ["pin", ":", ":", "Box"]
    {
        return None;
    }
    let mut keywords: Vec<TokenTree> = parentheses.stream().into_iter().collect();
    keywords.pop_if(|last| matches!(last, TokenTree::Punct(comma) if comma.as_char() == ','));
    let block = match keywords.pop()? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => group,
        _ => return None,
    };
    let first = keywords.first().map(ToString::to_string);
    let short = keywords.len() <= 2 && first.as_deref() == Some("async");
    short.then(|| Boxed {
        output,
        before: before.into_iter().collect(),
        keywords: keywords.into_iter().collect(),
        parentheses,
        block,
    })
}

/// `#![…]` has to stay in front.
pub(crate) fn split(body: TokenStream) -> (TokenStream, TokenStream) {
    let mut inner = TokenStream::new();
    let mut rest = body.into_iter().peekable();
    let is = |token: Option<&TokenTree>, sign: char| matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == sign);
    while is(rest.peek(), '#') {
        let hash = rest.next();
        if !is(rest.peek(), '!') {
            let hash: TokenStream = hash.into_iter().collect();
            let rest: TokenStream = rest.collect();
            return (inner, quote!(#hash #rest));
        }
        inner.extend(hash);
        inner.extend(rest.next());
        inner.extend(rest.next());
    }
    (inner, rest.collect())
}
