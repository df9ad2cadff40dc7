//! The tokens that an attribute and a keyspace hand to `keyed!`, one after the other.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Path, Token, braced};

use cached_key::Template;

use crate::option::Attribute;

pub(super) enum Asked {
    Key(Box<Call>),
    Within(Within),
}

/// One use of one key.
pub(super) struct Call {
    pub(super) declared: Declared,
    /// The key as the user names it.
    pub(super) path: Path,
    /// `::cached_runtime::__private`
    pub(super) runtime: TokenStream,
    pub(super) what: What,
    pub(super) attribute: Attribute,
    /// The function's name; empty where there are only variables in scope.
    pub(super) function: String,
    pub(super) params: Vec<Ident>,
    pub(super) skip: Vec<Ident>,
    /// Names that the answer is to use.
    pub(super) given: Vec<Ident>,
    pub(super) values: Option<Group>,
}

/// What a keyspace says about the name.
pub(super) enum Declared {
    Key(Box<Key>),
    Unknown { name: Ident, known: Vec<String> },
    Faulty,
}

pub(super) struct Key {
    pub(super) text: String,
    pub(super) template: Template,
    /// Of the placeholders, in order.
    pub(super) types: Vec<String>,
}

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// A closure that writes the key.
    Key,
    /// The pattern in words.
    Pattern,
    /// Statements that write and end the pattern.
    Draft,
    /// Statements that write the values that come from the answer.
    Fill,
    /// Only what is wrong.
    Check,
}

impl What {
    pub(super) fn tells(self) -> bool {
        matches!(self, Self::Key | Self::Draft | Self::Check)
    }

    pub(super) fn is_item(self) -> bool {
        self == Self::Check
    }
}

/// Patterns that name a keyspace.
pub(super) struct Within {
    pub(super) keyspace: Path,
    /// The templates of the keyspace.
    pub(super) templates: Vec<String>,
    pub(super) patterns: Vec<LitStr>,
}

pub(super) fn parse(input: TokenStream) -> syn::Result<Asked> {
    syn::parse2(input)
}

impl Parse for Asked {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let said;
        syn::parenthesized!(said in input);
        let kind = said.call(Ident::parse_any)?;
        if kind == "all" {
            let templates = rest::<LitStr>(&said)?;
            return Ok(Self::Within(Within {
                templates: templates.iter().map(LitStr::value).collect(),
                keyspace: in_braces(input)?,
                patterns: rest(input)?,
            }));
        }
        let declared = if kind == "key" {
            key(&said)?
        } else if kind == "unknown" {
            let name = said.call(Ident::parse_any)?;
            let known = rest::<LitStr>(&said)?;
            Declared::Unknown {
                name,
                known: known.iter().map(LitStr::value).collect(),
            }
        } else {
            Declared::Faulty
        };
        Ok(Self::Key(Box::new(Call {
            declared,
            path: in_braces(input)?,
            runtime: in_braces(input)?,
            what: what(input)?,
            attribute: attribute(input)?,
            function: input.parse::<LitStr>()?.value(),
            params: names(input)?,
            skip: names(input)?,
            given: names(input)?,
            values: values(input)?,
        })))
    }
}

fn key(said: ParseStream<'_>) -> syn::Result<Declared> {
    let text = said.parse::<LitStr>()?.value();
    let types = rest::<LitStr>(said)?;
    // Sound, or the keyspace would have called it faulty.
    Ok(match Template::parse(&text) {
        Ok(template) => Declared::Key(Box::new(Key {
            text,
            template,
            types: types.iter().map(LitStr::value).collect(),
        })),
        Err(_) => Declared::Faulty,
    })
}

fn what(input: ParseStream<'_>) -> syn::Result<What> {
    let word = input.parse::<Ident>()?;
    Ok(match word.to_string().as_str() {
        "key" => What::Key,
        "pattern" => What::Pattern,
        "draft" => What::Draft,
        "fill" => What::Fill,
        "check" => What::Check,
        _ => return Err(syn::Error::new(word.span(), "`keyed!` is for attributes")),
    })
}

fn attribute(input: ParseStream<'_>) -> syn::Result<Attribute> {
    let word = input.parse::<Ident>()?;
    let known = [Attribute::Cached, Attribute::Updates];
    let attribute = known.into_iter().find(|known| word == known.name());
    Ok(attribute.unwrap_or(Attribute::Invalidates))
}

fn in_braces<T: Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    let content;
    braced!(content in input);
    content.parse()
}

fn names(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    let content;
    braced!(content in input);
    let mut names = Vec::new();
    while !content.is_empty() {
        names.push(content.call(Ident::parse_any)?);
    }
    Ok(names)
}

fn values(input: ParseStream<'_>) -> syn::Result<Option<Group>> {
    if input.is_empty() {
        return Ok(None);
    }
    match input.parse()? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Ok(Some(group)),
        other => Err(syn::Error::new(other.span(), "`keyed!` is for attributes")),
    }
}

fn rest<T: Parse>(input: ParseStream<'_>) -> syn::Result<Vec<T>> {
    let mut all = Vec::new();
    while !input.is_empty() {
        all.push(input.parse()?);
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(all)
}
