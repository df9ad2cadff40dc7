//! A keyspace as it is written. A fault in one key never hides the next one.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, ItemUse, Path, Token, Visibility, braced, token};

use super::entry::{self, Entry};
use super::example;
use crate::attr::absolute_path;
use crate::report::{Errors, Report};

const EXAMPLE: &str = "`keyspace! { pub mod users { name(id: u64) = \"users:<id>:name\"; } }`";

pub(super) struct Keyspace {
    pub(super) runtime: Option<Path>,
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) mod_token: Token![mod],
    pub(super) name: Ident,
    pub(super) braces: token::Brace,
    pub(super) inner_attrs: Vec<Attribute>,
    pub(super) imports: Vec<ItemUse>,
    pub(super) keys: Vec<Entry>,
}

impl Keyspace {
    /// No key before it has its name.
    pub(super) fn is_first(&self, entry: &Entry) -> bool {
        let first = self.keys.iter().find(|other| other.name == entry.name);
        first.is_some_and(|first| std::ptr::eq(first, entry))
    }
}

pub(super) fn parse(input: TokenStream, errors: &mut Errors) -> Option<Keyspace> {
    if input.is_empty() {
        errors.push(without_module(&Ident::new("keyspace", Span::call_site())));
        return None;
    }
    let mut faults = Errors::default();
    let parser = |input: ParseStream<'_>| {
        let keyspace = keyspace(input, &mut faults);
        // What comes after a fault that nothing can be made of.
        input.parse::<TokenStream>()?;
        Ok(keyspace)
    };
    let parsed = match parser.parse2(input) {
        Ok(parsed) => parsed,
        Err(error) => Err(Report::syntax(&error)),
    };
    errors.append(faults);
    parsed.map_err(|report| errors.push(report)).ok()
}

fn keyspace(input: ParseStream<'_>, errors: &mut Errors) -> Result<Keyspace, Report> {
    let said = |error: syn::Error| Report::syntax(&error);
    let runtime = runtime(input, errors).map_err(said)?;
    let attrs = input.call(Attribute::parse_outer).map_err(said)?;
    let vis: Visibility = input.parse().map_err(said)?;
    let Some(mod_token) = input.parse::<Option<Token![mod]>>().map_err(said)? else {
        return Err(no_module(input, &attrs, &vis));
    };
    if !input.peek(syn::Ident) {
        return Err(Report::over(&mod_token, "the module of keys has no name").help(EXAMPLE));
    }
    let name = input.parse::<Ident>().map_err(said)?;
    if !input.peek(token::Brace) {
        return Err(Report::at(name.span(), format!("`{name}` has no keys")).help(EXAMPLE));
    }
    let mut braces = token::Brace::default();
    let content = (|| {
        let content;
        braces = braced!(content in input);
        Ok(content)
    })()
    .map_err(said)?;
    let mut keyspace = Keyspace {
        runtime,
        attrs,
        vis,
        mod_token,
        name,
        braces,
        inner_attrs: Vec::new(),
        imports: Vec::new(),
        keys: Vec::new(),
    };
    keyspace.inner_attrs = content
        .call(Attribute::parse_inner)
        .map_err(|error| Report::syntax(&error))?;
    while !content.is_empty() {
        if let Err(report) = item(&content, &mut keyspace, errors) {
            errors.push(report);
            skip(&content);
        }
    }
    if let Ok(next) = input.parse::<TokenTree>() {
        let headline = "`keyspace!` takes one module";
        errors.push(Report::over(&next, headline).help("one `keyspace!` for each"));
    }
    Ok(keyspace)
}

/// `crate = ::rt;`
fn runtime(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Option<Path>> {
    if !(input.peek(Token![crate]) && input.peek2(Token![=])) {
        return Ok(None);
    }
    input.parse::<Token![crate]>()?;
    input.parse::<Token![=]>()?;
    let path = input.parse::<Path>()?;
    if input.parse::<Option<Token![;]>>()?.is_none() {
        errors.push(
            Report::at(input.span(), "expected `;` after the path of `crate`")
                .help("`keyspace! { crate = ::cached_runtime; pub mod users { … } }`"),
        );
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(absolute_path(&path)
        .map_err(|report| errors.push(report))
        .ok())
}

fn without_module(what: &impl ToTokens) -> Report {
    Report::over(what, "`keyspace!` needs a module of keys").help(EXAMPLE)
}

fn no_module(input: ParseStream<'_>, attrs: &[Attribute], vis: &Visibility) -> Report {
    match input.parse::<TokenTree>() {
        Ok(next) => {
            let headline = format!("expected `mod`, found {}", entry::found(&next));
            entry::blame(&next, headline).help(EXAMPLE)
        }
        Err(_) => without_module(&quote!(#(#attrs)* #vis)),
    }
}

fn item(
    input: ParseStream<'_>,
    keyspace: &mut Keyspace,
    errors: &mut Errors,
) -> Result<(), Report> {
    let attrs = input
        .call(Attribute::parse_outer)
        .map_err(|error| Report::syntax(&error))?;
    if input.is_empty() {
        let example = example::key(&keyspace.name, "name", None);
        return Err(Report::over(&attrs.last(), "this describes no key")
            .help(format!("write one below it: {example}"))
            .help("or remove it"));
    }
    if input.peek(Token![use]) {
        let mut import: ItemUse = input.parse().map_err(|error| Report::syntax(&error))?;
        import.attrs = attrs;
        keyspace.imports.push(import);
        return Ok(());
    }
    let entry = entry::parse(attrs, &keyspace.name, input, errors)?;
    keyspace.keys.push(entry);
    Ok(())
}

/// To after the next `;`.
pub(super) fn skip(input: ParseStream<'_>) {
    while !input.is_empty() {
        match input.parse::<TokenTree>() {
            Ok(TokenTree::Punct(punct)) if punct.as_char() == ';' => return,
            Ok(_) => {}
            Err(_) => return,
        }
    }
}
