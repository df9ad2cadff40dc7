//! Keys of keyspaces: their macro is asked, which alone knows the template, and answers through `keyed!`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::spanned::Spanned as _;

use super::Runtime;
use crate::plan::{KeyedCall, Within};

/// The closure that writes the key.
pub(super) fn key(call: &KeyedCall, runtime: &Runtime) -> TokenStream {
    ask(call, "key", &TokenStream::new(), runtime)
}

/// The template.
pub(super) fn template(call: &KeyedCall) -> TokenStream {
    let (ask, name) = (macro_of(call), call.keyed.name());
    mixed!(#ask! { #name })
}

/// The pattern in words.
pub(super) fn pattern(call: &KeyedCall, runtime: &Runtime) -> TokenStream {
    ask(call, "pattern", &TokenStream::new(), runtime)
}

/// A statement that writes and ends the pattern.
pub(super) fn draft(call: &KeyedCall, runtime: &Runtime) -> TokenStream {
    let statement = ask(call, "draft", &mixed!(patterns), runtime);
    mixed!(#statement;)
}

/// A statement that writes those of its values that name what the function returned.
pub(super) fn fill(call: &KeyedCall, ret: &Ident, runtime: &Runtime) -> Option<TokenStream> {
    call.keyed.returned()?;
    let statement = ask(call, "fill", &mixed!(holes #ret), runtime);
    Some(mixed!(#statement;))
}

/// In the place of an item: what there is to say about a key whose attribute is wrong otherwise.
pub(crate) fn checks(calls: &[KeyedCall], runtime: &Runtime) -> TokenStream {
    let checks = calls
        .iter()
        .map(|call| ask(call, "check", &TokenStream::new(), runtime));
    checks.collect()
}

/// A statement that is nothing, or what is wrong with the patterns.
pub(super) fn within(within: &Within, runtime: &Runtime) -> TokenStream {
    let Within { keyspace, patterns } = within;
    let ask = entry(&keyspace.to_token_stream(), keyspace.span());
    let rt = runtime.here();
    mixed!(#ask! { in [#rt::keyed] {#keyspace} #(#patterns)* })
}

fn macro_of(call: &KeyedCall) -> TokenStream {
    let way = call.keyed.keyspace();
    let span = way.clone().into_iter().last().map(|last| last.span());
    entry(&way, span.unwrap_or_else(Span::call_site))
}

/// Every keyspace has a macro of this name. Where there is none, that is said about what should be a keyspace.
fn entry(keyspace: &TokenStream, span: Span) -> TokenStream {
    let name = Ident::new("keyspace", span);
    quote!(#keyspace::#name)
}

fn ask(call: &KeyedCall, what: &str, given: &TokenStream, runtime: &Runtime) -> TokenStream {
    let KeyedCall {
        keyed,
        attribute,
        function,
        params,
        skip,
    } = call;
    let (ask, name) = (macro_of(call), keyed.name());
    let (path, values) = (&keyed.path, &keyed.values);
    let what = Ident::new(what, Span::mixed_site());
    let attribute = Ident::new(attribute.name(), Span::mixed_site());
    let function = function.as_deref().unwrap_or_default();
    let rt = runtime.here();
    mixed! {
        #ask! { #name [#rt::keyed] {#path} {#rt} #what #attribute #function {#(#params)*} {#(#skip)*} {#given} #values }
    }
}
