//! A keyspace as items: for each key a function, a type and an arm of the keyspace's macro.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Type, Visibility};

use super::check::Key;
use super::entry::{Entry, Param};
use super::syntax::Keyspace;
use crate::expand::{Runtime, site};
use crate::spelling::{peel, written};

/// `keys` are those of the keyspace, `None` where something is wrong with one.
pub(super) fn expand(keyspace: &Keyspace, keys: &[Option<Key<'_>>]) -> TokenStream {
    let Keyspace {
        runtime,
        attrs,
        vis,
        mod_token,
        name,
        braces,
        inner_attrs,
        imports,
        keys: entries,
    } = keyspace;
    let runtime = Runtime::new(runtime.clone());
    let both = || {
        entries
            .iter()
            .zip(keys)
            .filter(|(entry, _)| keyspace.is_first(entry))
    };
    let declared = both().filter_map(|(entry, key)| Some((entry, key.as_ref()?)));
    let items = declared.map(|(entry, key)| {
        let (function, type_) = (function(entry, key, &runtime), type_(entry, key, &runtime));
        quote!(#function #type_)
    });
    let stubs = both()
        .filter(|(_, key)| key.is_none())
        .map(|(entry, _)| stub(entry, &runtime));
    let arms = macro_(keyspace, keys);
    let content = quote! {
        #(#inner_attrs)*
        #(#imports)*
        #(#items)*
        #(#stubs)*
        #arms
    };
    let mut content = Group::new(Delimiter::Brace, content);
    content.set_span(braces.span.join());
    quote!(#(#attrs)* #vis #mod_token #name #content)
}

/// `pub fn by_user(user_id: u64, status: Option<&str>) -> Key`
fn function(entry: &Entry, key: &Key<'_>, runtime: &Runtime) -> TokenStream {
    let Entry { attrs, name, .. } = entry;
    let rt = runtime.here();
    let params = key
        .params
        .iter()
        .map(|Param { name, ty }| quote!(#name: #ty));
    let statements = statements(name, key);
    // The compiler shows it as what a call was meant for.
    let place = site(name.span());
    let there = runtime.at(place);
    let head = quote_spanned!(place=> pub fn #name(#(#params),*) -> #there::Key);
    mixed! {
        #(#attrs)*
        #[must_use]
        #[inline]
        #[allow(dead_code, deprecated, unreachable_pub, clippy::needless_pass_by_value, clippy::too_many_arguments)]
        #head {
            #rt::key(|key: &mut #rt::KeyWriter<'_>| { #statements })
        }
    }
}

fn statements(name: &Ident, key: &Key<'_>) -> TokenStream {
    let mut params = key.params.iter();
    let parts = key.template.parts().iter().map(|part| match part {
        cached_key::Part::Text(text) => mixed!(key.text(#text);),
        cached_key::Part::Value(_) => {
            let param = params.next().map(|param| &param.name);
            mixed!(#name::#param(key, &#param);)
        }
    });
    parts.collect()
}

/// The functions that take the values of placeholders.
fn type_(entry: &Entry, key: &Key<'_>, runtime: &Runtime) -> TokenStream {
    let Entry { attrs, name, .. } = entry;
    let deprecated = attrs
        .iter()
        .filter(|attr| attr.path().is_ident("deprecated"));
    let text = &key.text;
    let functions = key.params.iter().map(|Param { name, ty }| {
        // The compiler shows it as what a value of the wrong type was meant for.
        let place = site(name.span());
        let takes = runtime.at(place);
        let given = given(ty);
        let params = quote_spanned!(place=> to: &mut impl #takes::TakesPart, value: #given);
        let span = site(ty.span());
        let there = runtime.at(span);
        let value = Ident::new("value", place);
        let part = quote_spanned! {span=>
            { use #there::part::*; (&&&&&#there::Value(#value)).part() }
        };
        let to = Ident::new("to", place);
        let take = quote_spanned!(span=> #there::TakesPart::take(#to, #part););
        mixed! {
            #[inline(always)]
            pub fn #name(#params) {
                #take
            }
        }
    });
    mixed! {
        #(#deprecated)*
        #[doc(hidden)]
        #[allow(dead_code, non_camel_case_types, unreachable_pub)]
        pub enum #name {}

        #[doc(hidden)]
        #[allow(dead_code, deprecated, unreachable_pub, clippy::all, clippy::pedantic)]
        impl #name {
            pub const TEMPLATE: &'static str = #text;
            #(#functions)*
        }
    }
}

/// What a value is lent as: a reference stays one.
fn given(ty: &Type) -> TokenStream {
    match peel(ty) {
        Type::Reference(reference) if reference.mutability.is_none() => ty.to_token_stream(),
        _ => quote_spanned!(ty.span()=> &#ty),
    }
}

/// For a key that is wrong, so that nobody who uses it is complained about.
fn stub(entry: &Entry, runtime: &Runtime) -> Option<TokenStream> {
    let name = &entry.name;
    let rt = runtime.here();
    let params = entry.params.as_ref()?;
    let is_twice =
        |index: usize, name: &Ident| params.iter().take(index).any(|other| other.name == *name);
    if params
        .iter()
        .enumerate()
        .any(|(index, param)| is_twice(index, &param.name))
    {
        return None;
    }
    let params = params.iter().map(|Param { name, ty }| quote!(#name: #ty));
    Some(mixed! {
        #[doc(hidden)]
        #[allow(dead_code, unused_variables, unreachable_pub)]
        pub fn #name(#(#params),*) -> #rt::Key {
            #rt::key(|_: &mut #rt::KeyWriter<'_>| {})
        }
    })
}

/// Attributes ask it for a template, since no macro sees what another one has written.
fn macro_(keyspace: &Keyspace, keys: &[Option<Key<'_>>]) -> TokenStream {
    let mut arms = TokenStream::new();
    let both = keyspace.keys.iter().zip(keys);
    for (entry, key) in both.filter(|(entry, _)| keyspace.is_first(entry)) {
        let name = &entry.name;
        let (text, said) = match key {
            Some(key) => {
                let text = &key.text;
                let types = key.params.iter().map(|param| written(&param.ty));
                (text.as_str(), quote!(key #text #(#types)*))
            }
            None => ("", quote!(faulty)),
        };
        arms.extend(mixed! {
            (#name) => { #text };
            (#name [$($to:tt)*] $($call:tt)*) => { $($to)* ! { (#said) $($call)* } };
        });
    }
    let texts = keys.iter().flatten().map(|key| &key.text);
    let names = keyspace.keys.iter().map(|entry| entry.name.to_string());
    let export = matches!(keyspace.vis, Visibility::Public(_)).then(|| mixed!(#[macro_export]));
    let vis = if export.is_some() {
        mixed!(pub)
    } else {
        mixed!(pub(crate))
    };
    let name = macro_name(keyspace);
    mixed! {
        #[doc(hidden)]
        #export
        #[allow(unused_macros)]
        macro_rules! #name {
            #arms
            (in [$($to:tt)*] $($call:tt)*) => { $($to)* ! { (all #(#texts)*) $($call)* } };
            ($other:ident) => { "" };
            ($other:ident [$($to:tt)*] $($call:tt)*) => { $($to)* ! { (unknown $other #(#names)*) $($call)* } };
        }
        #[doc(hidden)]
        #[allow(unused_imports, unreachable_pub)]
        #vis use #name as keyspace;
    }
}

/// An exported macro lies at the root of its crate, so its name must be one that no other keyspace there has.
fn macro_name(keyspace: &Keyspace) -> Ident {
    let mut place = String::new();
    if proc_macro::is_available() {
        let span = keyspace.name.span().unwrap();
        place = format!("{}:{}:{}", span.file(), span.line(), span.column());
    }
    // What a macro writes is all in one place.
    for literal in keyspace.keys.iter().filter_map(|key| key.template.as_ref()) {
        place.push_str(&literal.value());
    }
    let hash = place.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let name = keyspace.name.to_string();
    let name = name.trim_start_matches("r#");
    Ident::new(&format!("__keyspace_{name}_{hash:016x}"), Span::call_site())
}
