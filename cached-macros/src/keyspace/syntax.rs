//! A keyspace as it is written. A fault in one key never hides the next one.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{Parse as _, ParseStream, Parser as _};
use syn::{
    Attribute, FnArg, ItemUse, Lit, LitStr, Pat, Path, Token, Type, Visibility, braced,
    parenthesized, token,
};

use crate::attr::absolute_path;
use crate::literal::{describe, reject_suffix};
use crate::report::{Errors, Report};

const EXAMPLE: &str = "`keyspace! { pub mod users { name(id: u64) = \"users:<id>:name\"; } }`";

pub(super) struct Keyspace {
    pub(super) runtime: Option<Path>,
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) mod_token: Token![mod],
    pub(super) name: Ident,
    pub(super) braces: token::Brace,
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

/// `name(param: Type, …) = "template";`
pub(super) struct Entry {
    pub(super) attrs: Vec<Attribute>,
    pub(super) name: Ident,
    /// `None` where there are no parentheses, or something wrong between them that is reported.
    pub(super) params: Option<Vec<Param>>,
    pub(super) written_params: bool,
    pub(super) template: Option<LitStr>,
}

pub(super) struct Param {
    pub(super) name: Ident,
    pub(super) ty: Type,
}

pub(super) fn parse(input: TokenStream, errors: &mut Errors) -> Option<Keyspace> {
    if input.is_empty() {
        errors.push(
            Report::at(Span::call_site(), "`keyspace!` needs a module of keys").help(EXAMPLE),
        );
        return None;
    }
    let mut faults = Errors::default();
    let parser = |input: ParseStream<'_>| {
        let keyspace = keyspace(input, &mut faults);
        // What comes after a fault that nothing can be made of.
        input.parse::<TokenStream>()?;
        Ok(keyspace)
    };
    match parser.parse2(input) {
        Ok(Ok(keyspace)) => {
            errors.append(faults);
            Some(keyspace)
        }
        Ok(Err(report)) => {
            errors.push(report);
            None
        }
        // What is left over is reported where it was met.
        Err(error) => {
            errors.push(syntax(&error));
            errors.append(faults);
            None
        }
    }
}

fn syntax(error: &syn::Error) -> Report {
    Report::at(error.span(), error.to_string())
}

fn keyspace(input: ParseStream<'_>, errors: &mut Errors) -> Result<Keyspace, Report> {
    let said = |error: syn::Error| syntax(&error);
    let runtime = runtime(input, errors).map_err(said)?;
    let attrs = input.call(Attribute::parse_outer).map_err(said)?;
    let vis = input.parse().map_err(said)?;
    let mod_token = match input.parse::<Option<Token![mod]>>().map_err(said)? {
        Some(mod_token) => mod_token,
        None => return Err(no_module(input)),
    };
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
        imports: Vec::new(),
        keys: Vec::new(),
    };
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
    input.parse::<Token![;]>()?;
    Ok(absolute_path(&path)
        .map_err(|report| errors.push(report))
        .ok())
}

fn no_module(input: ParseStream<'_>) -> Report {
    let report = match input.parse::<TokenTree>() {
        Ok(TokenTree::Group(group)) => Report::at(group.span_open(), "expected `mod`"),
        Ok(other) => Report::over(&other, format!("expected `mod`, found `{other}`")),
        Err(error) => Report::at(error.span(), "expected `mod`"),
    };
    report.help(EXAMPLE)
}

fn item(
    input: ParseStream<'_>,
    keyspace: &mut Keyspace,
    errors: &mut Errors,
) -> Result<(), Report> {
    let attrs = input
        .call(Attribute::parse_outer)
        .map_err(|error| syntax(&error))?;
    if input.is_empty() {
        let last = attrs.last().map(quote::ToTokens::to_token_stream);
        return Err(Report::over(&last, "this describes no key"));
    }
    if input.peek(Token![use]) {
        let mut import: ItemUse = input.parse().map_err(|error| syntax(&error))?;
        import.attrs = attrs;
        keyspace.imports.push(import);
        return Ok(());
    }
    if input.peek(Token![pub]) {
        let vis: Visibility = input.parse().map_err(|error| syntax(&error))?;
        errors.push(Report::over(&vis, "a key is as visible as its keyspace").help("remove it"));
    }
    let name = match input.fork().parse::<TokenTree>() {
        Ok(TokenTree::Ident(word)) if Ident::parse.parse2(word.to_token_stream()).is_ok() => input
            .call(Ident::parse_any)
            .map_err(|error| syntax(&error))?,
        Ok(TokenTree::Group(group)) => {
            return Err(Report::at(group.span_open(), "expected the name of a key"));
        }
        Ok(other) => return Err(not_a_key(&other)),
        Err(error) => return Err(syntax(&error)),
    };
    attributes(&attrs, errors);
    let (written_params, params) = params(input, errors);
    let equals = input.parse::<Option<Token![=]>>();
    if !matches!(equals, Ok(Some(_))) {
        return Err(after(input, &name, "="));
    }
    let template = template(input, &name, errors)?;
    if !matches!(input.parse::<Option<Token![;]>>(), Ok(Some(_))) {
        errors.push(after(input, &name, ";"));
        // The next key probably begins on the next line, without anything to be skipped.
        if !input.peek(Ident::peek_any) && !input.peek(Token![#]) {
            skip(input);
        }
    }
    keyspace.keys.push(Entry {
        attrs,
        name,
        params,
        written_params,
        template,
    });
    Ok(())
}

fn not_a_key(token: &TokenTree) -> Report {
    let what = match token.to_string().as_str() {
        "fn" | "const" | "static" | "struct" | "enum" | "type" | "mod" | "impl" | "trait" => {
            return Report::over(token, format!("a keyspace has no `{token}`"))
                .note("it holds keys, and `use` for the types of their placeholders");
        }
        other => format!("expected the name of a key, found `{other}`"),
    };
    Report::over(token, what)
}

/// What stands in the place of `sign`.
fn after(input: ParseStream<'_>, name: &Ident, sign: &str) -> Report {
    let report = match input.fork().parse::<TokenTree>() {
        Ok(TokenTree::Group(group)) => Report::at(group.span_open(), format!("expected `{sign}`")),
        Ok(next) => Report::over(&next, format!("expected `{sign}`, found `{next}`")),
        Err(_) => Report::over(name, format!("expected `{sign}` after `{name}`")),
    };
    if sign == "=" {
        report.help(format!("`{name}(id: u64) = \"users:<id>\";`"))
    } else {
        report
    }
}

fn attributes(attrs: &[Attribute], errors: &mut Errors) {
    for attr in attrs {
        let path = attr.path();
        if !path.is_ident("doc") && !path.is_ident("deprecated") {
            let name = path.to_token_stream().to_string();
            errors.push(
                Report::over(path, format!("`#[{name}]` can't be on a key"))
                    .note("a key takes doc comments and `#[deprecated]`"),
            );
        }
    }
}

fn params(input: ParseStream<'_>, errors: &mut Errors) -> (bool, Option<Vec<Param>>) {
    if !input.peek(token::Paren) {
        return (false, None);
    }
    let content = (|| {
        let content;
        parenthesized!(content in input);
        content.parse::<TokenStream>()
    })();
    let tokens = match content {
        Ok(tokens) => tokens,
        Err(error) => {
            errors.push(syntax(&error));
            return (true, None);
        }
    };
    let mut params = Vec::new();
    let mut sound = true;
    for tokens in split(tokens) {
        match param(tokens) {
            Ok(param) => params.push(param),
            Err(report) => {
                errors.push(report);
                sound = false;
            }
        }
    }
    (true, sound.then_some(params))
}

/// At commas, but for those in `<…>`.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    let mut depth = 0_usize;
    let mut arrow = false;
    for token in tokens {
        if let TokenTree::Punct(punct) = &token {
            match punct.as_char() {
                '<' => depth += 1,
                '>' if !arrow => depth = depth.saturating_sub(1),
                ',' if depth == 0 => {
                    parts.push(TokenStream::new());
                    continue;
                }
                _ => {}
            }
            arrow = punct.as_char() == '-';
        }
        if let Some(last) = parts.last_mut() {
            last.extend([token]);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn param(tokens: TokenStream) -> Result<Param, Report> {
    let trees: Vec<_> = tokens.clone().into_iter().collect();
    if let [TokenTree::Ident(name)] = trees.as_slice()
        && name != "self"
    {
        return Err(
            Report::over(name, format!("`{name}` has no type")).help(format!("`{name}: u64`"))
        );
    }
    let plain = "a placeholder is declared as `name: Type`";
    match FnArg::parse.parse2(tokens.clone()) {
        Ok(FnArg::Typed(param)) => match *param.pat {
            Pat::Ident(pat)
                if pat.by_ref.is_none() && pat.mutability.is_none() && pat.subpat.is_none() =>
            {
                Ok(Param {
                    name: pat.ident,
                    ty: *param.ty,
                })
            }
            other => Err(Report::over(&other, plain)),
        },
        Ok(FnArg::Receiver(receiver)) => Err(Report::over(&receiver, "a key has no `self`")
            .help("`tenant: u64`, filled with `self.tenant`")),
        Err(error) => Err(Report::at(error.span(), plain)),
    }
}

fn template(
    input: ParseStream<'_>,
    name: &Ident,
    errors: &mut Errors,
) -> Result<Option<LitStr>, Report> {
    let literal = match input.fork().parse::<Lit>() {
        Ok(literal) => {
            let _ = input.parse::<Lit>();
            literal
        }
        Err(_) => {
            let found = input.fork().parse::<TokenTree>();
            let headline = format!("the template of `{name}` must be written out here");
            return Err(match found {
                Ok(TokenTree::Group(group)) => Report::at(group.span_open(), headline),
                Ok(TokenTree::Punct(punct)) if punct.as_char() == ';' => {
                    Report::over(name, format!("`{name}` has no template"))
                        .help(format!("`{name}(id: u64) = \"users:<id>\";`"))
                }
                Ok(found) => Report::over(&found, headline),
                Err(_) => Report::over(name, format!("`{name}` has no template"))
                    .help(format!("`{name}(id: u64) = \"users:<id>\";`")),
            });
        }
    };
    Ok(match literal {
        Lit::Str(text) => match reject_suffix(&text) {
            Ok(()) => Some(text),
            Err(report) => {
                errors.push(report);
                None
            }
        },
        other => {
            let found = describe(&other);
            let headline = format!("the template must be a string, found {found}");
            errors.push(Report::over(&other, headline));
            None
        }
    })
}

/// To after the next `;`.
fn skip(input: ParseStream<'_>) {
    while !input.is_empty() {
        match input.parse::<TokenTree>() {
            Ok(TokenTree::Punct(punct)) if punct.as_char() == ';' => return,
            Ok(_) => {}
            Err(_) => return,
        }
    }
}
