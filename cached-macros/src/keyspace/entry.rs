//! One key of a keyspace as it is written: `name(param: Type, …) = "template";`

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{Parse as _, ParseStream, Parser as _};
use syn::{
    Attribute, Expr, FnArg, Lit, LitStr, Pat, Token, Type, Visibility, parenthesized, token,
};

use super::example;
use super::syntax::skip;
use crate::attr::string;
use crate::literal::{describe, identifier};
use crate::report::{Errors, Report};
use crate::spelling::written;

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

/// A key is there from its name on, whatever is wrong after it.
pub(super) fn parse(
    attrs: Vec<Attribute>,
    keyspace: &Ident,
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> Result<Entry, Report> {
    if input.peek(Token![pub]) {
        let vis: Visibility = input.parse().map_err(|error| Report::syntax(&error))?;
        errors.push(Report::over(&vis, "a key is as visible as its keyspace").help("remove it"));
    }
    let name = match input.fork().parse::<TokenTree>() {
        Ok(TokenTree::Ident(word)) if Ident::parse.parse2(word.to_token_stream()).is_ok() => input
            .call(Ident::parse_any)
            .map_err(|error| Report::syntax(&error))?,
        Ok(other) => return Err(not_a_key(&other, keyspace)),
        Err(error) => return Err(Report::syntax(&error)),
    };
    attributes(&attrs, errors);
    let (written_params, params) = params(input, errors);
    let mut entry = Entry {
        attrs,
        name,
        params,
        written_params,
        template: None,
    };
    let example = example::key(keyspace, &entry.name.to_string(), entry.params.as_deref());
    if matches!(input.parse::<Option<Token![=]>>(), Ok(Some(_))) {
        match template(input, &entry, example) {
            Ok(template) => entry.template = Some(template),
            Err(report) => {
                errors.push(report);
                skip(input);
                return Ok(entry);
            }
        }
        if let Ok(Some(_)) = input.parse::<Option<Token![;]>>() {
            return Ok(entry);
        }
        errors.push(without_end(input, &entry));
    } else {
        let text = next_text(input).map(|text| line(&entry, &text));
        errors.push(without_equals(input, &entry.name).help(text.unwrap_or(example)));
    }
    if !begins_a_key(input) {
        skip(input);
    }
    Ok(entry)
}

fn without_equals(input: ParseStream<'_>, name: &Ident) -> Report {
    match input.fork().parse::<TokenTree>() {
        Ok(next) if !ends(input) => blame(&next, format!("expected `=`, found {}", found(&next))),
        _ => without_template(name),
    }
}

/// The next key, with or without the one before it being whole.
fn begins_a_key(input: ParseStream<'_>) -> bool {
    input.peek(syn::Ident)
        || input.peek(Token![#])
        || input.peek(Token![pub])
        || input.peek(Token![use])
}

fn ends(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![;]) || begins_a_key(input)
}

/// `;` is missing, or something else stands in its place.
fn without_end(input: ParseStream<'_>, entry: &Entry) -> Report {
    let report = match (input.fork().parse::<TokenTree>(), &entry.template) {
        (Ok(next), _) if !ends(input) => {
            blame(&next, format!("expected `;`, found {}", found(&next)))
        }
        (_, template) => Report::over(
            template,
            format!("expected `;` after the template of `{}`", entry.name),
        ),
    };
    let text = entry.template.as_ref().map(LitStr::value);
    report.help(line(entry, &text.unwrap_or_default()))
}

fn line(entry: &Entry, text: &str) -> String {
    let params = entry.params.as_deref().map(example::declared);
    example::line(&entry.name.to_string(), &params.unwrap_or_default(), text)
}

/// The template that follows somewhere before the next `;`.
fn next_text(input: ParseStream<'_>) -> Option<String> {
    let rest = input.fork();
    while !rest.is_empty() && !rest.peek(Token![;]) {
        if let Ok(text) = rest.parse::<LitStr>() {
            return Some(text.value());
        }
        rest.parse::<TokenTree>().ok()?;
    }
    None
}

pub(super) fn blame(token: &TokenTree, headline: String) -> Report {
    match token {
        TokenTree::Group(group) => Report::at(group.span_open(), headline),
        other => Report::over(other, headline),
    }
}

/// What a token is called in a sentence.
pub(super) fn found(token: &TokenTree) -> String {
    let sign = match token {
        TokenTree::Group(group) => match group.delimiter() {
            Delimiter::Parenthesis => "(",
            Delimiter::Bracket => "[",
            Delimiter::Brace => "{",
            Delimiter::None => return "something else".to_owned(),
        },
        TokenTree::Literal(literal) => return describe(&Lit::new(literal.clone())).to_owned(),
        other => return format!("`{other}`"),
    };
    format!("`{sign}`")
}

fn not_a_key(token: &TokenTree, keyspace: &Ident) -> Report {
    let item = token.to_string();
    match item.as_str() {
        "fn" | "const" | "static" | "struct" | "enum" | "type" | "mod" | "impl" | "trait" => {
            Report::over(token, format!("a keyspace has no `{item}`"))
                .note("it holds keys, and `use` for the types of their placeholders")
        }
        _ => {
            let headline = format!("expected the name of a key, found {}", found(token));
            let report = blame(token, headline);
            match identifier(&item, token.span()) {
                Some(raw) => report.help(format!("`{raw}`, or another name")),
                None => report.help(example::key(keyspace, "name", None)),
            }
        }
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
            errors.push(Report::syntax(&error));
            return (true, None);
        }
    };
    let mut params = Vec::new();
    let mut sound = true;
    for tokens in split(tokens) {
        match param(&tokens) {
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

fn param(tokens: &TokenStream) -> Result<Param, Report> {
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
            other => Err(Report::over(&other, plain)
                .help(format!("`{}`", example::params(&other, &param.ty)))),
        },
        Ok(FnArg::Receiver(receiver)) => Err(Report::over(&receiver, "a key has no `self`")
            .help("`tenant: u64`, filled with `self.tenant`")),
        Err(_) => {
            let ty = syn::parse2::<Type>(tokens.clone()).map(|ty| written(&ty));
            let ty = ty.unwrap_or_else(|_| "u64".to_owned());
            Err(Report::over(tokens, plain).help(format!("`id: {ty}`")))
        }
    }
}

/// What stands after `=`.
fn template(input: ParseStream<'_>, entry: &Entry, example: String) -> Result<LitStr, Report> {
    if input.is_empty() || input.peek(Token![;]) {
        return Err(without_template(&entry.name).help(example));
    }
    let value = input
        .parse::<Expr>()
        .map_err(|error| Report::syntax(&error).help(example))?;
    let params = entry.params.as_deref().map(example::declared);
    let before = format!("{}({}) = ", entry.name, params.unwrap_or_default());
    let subject = format!("the template of `{}`", entry.name);
    string(&subject, (&before, ";"), &value)
}

fn without_template(name: &Ident) -> Report {
    Report::over(name, format!("`{name}` has no template"))
}
