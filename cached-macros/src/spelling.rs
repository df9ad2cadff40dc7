//! What the spelling of a type shows, where only the compiler knows what it is; and how things are spelt in messages.

use std::fmt::Display;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{GenericArgument, PathArguments, Token, Type, TypeParamBound};

/// `Type::Group` is what `macro_rules!` leaves around a type it inserts.
pub(crate) fn peel(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            other => return other,
        };
    }
}

/// The last segment of a path and its type arguments.
pub(crate) fn last_segment(ty: &Type) -> Option<(&Ident, Vec<&Type>)> {
    let Type::Path(path) = peel(ty) else {
        return None;
    };
    let segment = path.path.segments.last()?;
    let types = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    Some((&segment.ident, types))
}

/// The bounds of `impl …` or `dyn …`.
pub(crate) fn bounds(ty: &Type) -> Option<&Punctuated<TypeParamBound, Token![+]>> {
    match peel(ty) {
        Type::ImplTrait(ty) => Some(&ty.bounds),
        Type::TraitObject(ty) => Some(&ty.bounds),
        _ => None,
    }
}

/// What these names mean everywhere: a type of one of them goes into keys as it is.
const PLAIN: &[&str] = &[
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "bool",
    "char", "str",
];

/// One of [`PLAIN`], a shared reference to one, or an `Option` of those; so it is `Copy`.
pub(crate) fn is_plain(ty: &Type) -> bool {
    match peel(ty) {
        Type::Reference(reference) => reference.mutability.is_none() && is_plain(&reference.elem),
        Type::Path(path) => match path.path.get_ident() {
            Some(ident) => PLAIN.iter().any(|name| ident == name),
            None => argument_of(ty, "Option").is_some_and(is_plain),
        },
        _ => false,
    }
}

/// There is a `&mut` in it.
pub(crate) fn writes(ty: &Type) -> bool {
    match peel(ty) {
        Type::Reference(reference) => reference.mutability.is_some() || writes(&reference.elem),
        Type::Tuple(tuple) => tuple.elems.iter().any(writes),
        other => {
            last_segment(other).is_some_and(|(_, arguments)| arguments.into_iter().any(writes))
        }
    }
}

/// `R` of `Pin<Box<dyn Future<Output = R> + …>>`.
pub(crate) fn boxed_output(ty: &Type) -> Option<&Type> {
    let inner = argument_of(ty, "Pin").and_then(|ty| argument_of(ty, "Box"))?;
    bounds(inner)?.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let future = bound
            .path
            .segments
            .last()
            .filter(|segment| segment.ident == "Future")?;
        let PathArguments::AngleBracketed(arguments) = &future.arguments else {
            return None;
        };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(output) if output.ident == "Output" => Some(&output.ty),
            _ => None,
        })
    })
}

fn argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let (ident, arguments) = last_segment(ty)?;
    (*ident == name)
        .then(|| arguments.first().copied())
        .flatten()
}

/// In quotes, the first `most` of them, and how many more there are.
pub(crate) fn listed<T: Display>(
    all: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
    most: usize,
) -> String {
    let mut all = all.into_iter();
    let first = all.by_ref().take(most);
    let mut shown: Vec<_> = first.map(|text| format!("`{text}`")).collect();
    if all.len() > 0 {
        shown.push(format!("and {} more", all.len()));
    }
    shown.join(", ")
}

/// Tokens as people write them; the compiler's own printer puts blanks everywhere.
pub(crate) fn written(tokens: &impl ToTokens) -> String {
    let mut text = String::new();
    append(&mut text, tokens.to_token_stream());
    text
}

fn append(text: &mut String, tokens: TokenStream) {
    let mut after_word = false;
    for token in tokens {
        let word = matches!(token, TokenTree::Ident(_) | TokenTree::Literal(_));
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                append(text, group.stream());
                text.push_str(close);
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                ',' | ';' => {
                    text.push(punct.as_char());
                    text.push(' ');
                }
                sign @ ('+' | '=') => {
                    text.push(' ');
                    text.push(sign);
                    text.push(' ');
                }
                '\'' if after_word => text.push_str(" '"),
                sign => text.push(sign),
            },
            other => {
                if after_word {
                    text.push(' ');
                }
                text.push_str(&other.to_string());
            }
        }
        after_word = word;
    }
    *text = text.replace(" = >", " => ").replace("->", " -> ");
}
