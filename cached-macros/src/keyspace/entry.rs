//! One key of a keyspace as it is written: `name(param: Type, …) = "template";`

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{Parse as _, ParseStream, Parser as _};
use syn::{Attribute, FnArg, Lit, LitStr, Pat, Token, Type, Visibility, parenthesized, token};

use super::syntax::skip;
use crate::literal::{describe, reject_suffix};
use crate::report::{Errors, Report};

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
        Ok(TokenTree::Group(group)) => {
            return Err(Report::at(group.span_open(), "expected the name of a key"));
        }
        Ok(other) => return Err(not_a_key(&other)),
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
    if let Err(report) = rest(input, &mut entry) {
        errors.push(report);
        skip(input);
    } else if !matches!(input.parse::<Option<Token![;]>>(), Ok(Some(_))) {
        errors.push(after(input, &entry.name, ";"));
        // The next key probably begins on the next line, without anything to be skipped.
        if !input.peek(Ident::peek_any) && !input.peek(Token![#]) {
            skip(input);
        }
    }
    Ok(entry)
}

fn rest(input: ParseStream<'_>, entry: &mut Entry) -> Result<(), Report> {
    let equals = input.parse::<Option<Token![=]>>();
    if !matches!(equals, Ok(Some(_))) {
        return Err(after(input, &entry.name, "="));
    }
    entry.template = Some(template(input, &entry.name)?);
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
        report.help(example(name))
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
            other => Err(Report::over(&other, plain)),
        },
        Ok(FnArg::Receiver(receiver)) => Err(Report::over(&receiver, "a key has no `self`")
            .help("`tenant: u64`, filled with `self.tenant`")),
        Err(error) => Err(Report::at(error.span(), plain)),
    }
}

/// Not given, or not understood.
fn template(input: ParseStream<'_>, name: &Ident) -> Result<LitStr, Report> {
    let Ok(literal) = input.fork().parse::<Lit>() else {
        let headline = format!("the template of `{name}` must be written out here");
        return Err(match input.fork().parse::<TokenTree>() {
            Ok(TokenTree::Group(group)) => Report::at(group.span_open(), headline),
            Ok(TokenTree::Punct(punct)) if punct.as_char() == ';' => without_template(name),
            Ok(found) => Report::over(&found, headline),
            Err(_) => without_template(name),
        });
    };
    let _ = input.parse::<Lit>();
    match literal {
        Lit::Str(text) => reject_suffix(&text).map(|()| text),
        other => {
            let found = describe(&other);
            let headline = format!("the template must be a string, found {found}");
            Err(Report::over(&other, headline))
        }
    }
}

fn without_template(name: &Ident) -> Report {
    Report::over(name, format!("`{name}` has no template")).help(example(name))
}

fn example(name: &Ident) -> String {
    format!("`{name}(id: u64) = \"users:<id>\";`")
}
