//! The body goes into an `async` block of its own, once and untouched.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::Type;
use syn::spanned::Spanned as _;

use super::site;
use crate::plan::{Boxed, Shape, Wrapped, split};

/// What becomes of the statements of a body before they are wrapped.
pub(super) type Prepare<'a> = dyn Fn(TokenStream) -> TokenStream + 'a;

/// Puts `before` and what `call` makes of the wrapped body in the place of the body.
pub(super) fn function(
    function: Wrapped,
    before: &TokenStream,
    prepare: &Prepare<'_>,
    call: impl FnOnce(TokenStream) -> TokenStream,
) -> TokenStream {
    let Wrapped {
        head,
        body,
        shape,
        output,
        ..
    } = function;
    let rewrite = |block: &Group| {
        let (inner, statements) = split(block.stream());
        let call = call(future(&output, &prepare(statements), block.span()));
        group(Delimiter::Brace, mixed!(#inner #before #call), block.span())
    };
    let body = match shape {
        Shape::Boxed(boxed) => {
            let Boxed {
                before,
                parentheses,
                keywords,
                block,
                ..
            } = *boxed;
            let block = rewrite(&block);
            let parentheses = group(
                Delimiter::Parenthesis,
                mixed!(#keywords #block),
                parentheses.span(),
            );
            group(Delimiter::Brace, mixed!(#before #parentheses), body.span())
        }
        Shape::Async | Shape::Plain => rewrite(&body),
    };
    mixed!(#head #body)
}

/// The first statement, which does nothing, tells the compiler the type of the block: a wrong value in the body is then
/// reported at that value and as a wrong value, not as a wrong future.
fn future(output: &Type, statements: &TokenStream, span: Span) -> TokenStream {
    let edge = quote_spanned! {site(output.span())=>
        if let ::core::option::Option::Some(edge) = ::core::option::Option::None::<#output> {
            return edge;
        }
    };
    let block = group(Delimiter::Brace, mixed!(#edge #statements), site(span));
    mixed!(async move #block)
}

fn group(delimiter: Delimiter, stream: TokenStream, span: Span) -> TokenStream {
    let mut group = Group::new(delimiter, stream);
    group.set_span(span);
    group.into_token_stream()
}
