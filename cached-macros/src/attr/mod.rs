//! The arguments of an attribute as written: `name = value`, `name(a, b)`, `name`, and bare strings.

mod args;
mod coherent;
mod content;
mod lifetimes;
mod mutator;
mod value;

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{Parse as _, ParseStream, Parser as _};
use syn::{Expr, Path, Token, token};

pub(crate) use self::args::{CachedArgs, Contents, Slot, Texts};
pub(crate) use self::coherent::CoherentArgs;
pub(crate) use self::content::Content;
pub(crate) use self::lifetimes::Lifetimes;
pub(crate) use self::mutator::{InvalidatesArgs, MutatorArgs, On, UpdatesArgs, here};
pub(crate) use self::value::{absolute_path, string};
use crate::option::{self, Attribute, Form, Spec, Unknown};
use crate::reference;
use crate::report::{Errors, Report, position};

enum Argument {
    Bare(Box<Expr>),
    Option(&'static str, Written),
    /// Not there, but something wrong that is already reported was probably meant to be it.
    Meant(&'static str),
}

enum Written {
    Value(Box<Expr>),
    Names(Vec<Ident>),
    Texts(Vec<Expr>),
    Flag(Span),
    /// Already reported.
    Faulty,
}

/// A fault in one argument never hides the next one.
fn arguments(tokens: TokenStream, attribute: Attribute, errors: &mut Errors) -> Vec<Argument> {
    let parser = |input: ParseStream<'_>| {
        let mut list = List {
            input,
            attribute,
            errors,
            seen: Vec::new(),
            arguments: Vec::new(),
        };
        while !input.is_empty() {
            list.argument();
        }
        Ok(list.arguments)
    };
    parser.parse2(tokens).unwrap_or_default()
}

struct List<'a, 'input> {
    input: ParseStream<'input>,
    attribute: Attribute,
    errors: &'a mut Errors,
    seen: Vec<Ident>,
    arguments: Vec<Argument>,
}

impl List<'_, '_> {
    fn argument(&mut self) {
        if self.is_bare() {
            return match expression(self.input) {
                Ok(value) => self.accept(Argument::Bare(Box::new(value))),
                Err(report) => self.refuse(report.note(option::listed(self.attribute)), None),
            };
        }
        let name = match self.input.call(Ident::parse_any) {
            Ok(name) => name,
            Err(error) => return self.refuse(Report::syntax(&error), None),
        };
        let spec = match option::resolve(&name, self.attribute) {
            Ok(spec) => spec,
            Err(Unknown { report, meant }) => {
                return self.refuse(report, meant.map(Argument::Meant));
            }
        };
        let written = match spec.form {
            Form::Value => single(self.input, &name, spec),
            Form::Names => list(self.input, &name, spec, "parameter names", Ident::parse_any)
                .map(Written::Names),
            Form::Texts => {
                list(self.input, &name, spec, "strings", Expr::parse).map(Written::Texts)
            }
            Form::Flag => flag(self.input, &name),
        };
        let twice = given_twice(&name, &self.seen);
        self.seen.push(name);
        match (twice, written) {
            (Some(report), Ok(_)) => {
                self.errors.push(report);
                self.separator();
            }
            (Some(report), Err(_)) => self.refuse(report, None),
            (None, Ok(written)) => self.accept(Argument::Option(spec.name, written)),
            (None, Err(report)) => {
                self.refuse(report, Some(Argument::Option(spec.name, Written::Faulty)));
            }
        }
    }

    /// A constant in the place of a pattern looks like the name of an option.
    fn is_bare(&self) -> bool {
        let path = self.input.peek(Ident::peek_any) && self.input.peek2(Token![::]);
        if path || !self.input.peek(Ident::peek_any) || self.input.peek(syn::LitBool) {
            return true;
        }
        let known = self
            .input
            .fork()
            .call(Ident::parse_any)
            .is_ok_and(|name| option::find(&name).is_some());
        self.attribute == Attribute::Invalidates && !known && !self.input.peek2(Token![=])
    }

    fn accept(&mut self, argument: Argument) {
        self.arguments.push(argument);
        self.separator();
    }

    fn refuse(&mut self, report: Report, instead: Option<Argument>) {
        self.errors.push(report);
        self.arguments.extend(instead);
        // The value of an unknown option may have commas of its own.
        if self.input.peek(Token![=]) && self.input.parse::<Token![=]>().is_ok() {
            let _ = expression(self.input);
        }
        self.skip_to_comma();
    }

    fn separator(&mut self) {
        if self.input.is_empty() || self.comma() {
            return;
        }
        if let Ok(next) = self.input.fork().parse::<TokenTree>() {
            let shown = shown(&next);
            self.errors.push(
                Report::at(first_span(&next), format!("expected `,` before `{shown}`"))
                    .help(format!("`, {shown}`")),
            );
            if !matches!(next, TokenTree::Ident(_) | TokenTree::Literal(_)) {
                self.skip_to_comma();
            }
        }
    }

    fn skip_to_comma(&mut self) {
        while !self.input.is_empty() && !self.comma() && self.input.parse::<TokenTree>().is_ok() {}
    }

    fn comma(&self) -> bool {
        matches!(self.input.parse::<Option<Token![,]>>(), Ok(Some(_)))
    }
}

fn single(input: ParseStream<'_>, name: &Ident, spec: &Spec) -> Result<Written, Report> {
    if input.peek(token::Paren) || input.peek(token::Bracket) || input.peek(token::Brace) {
        let tokens: TokenTree = input.parse().map_err(|error| Report::syntax(&error))?;
        let inner = match &tokens {
            TokenTree::Group(group) => group.stream().to_string(),
            _ => String::new(),
        };
        let example = if inner.is_empty() {
            spec.example.to_owned()
        } else {
            format!("{name} = {inner}")
        };
        return Err(
            Report::over(&tokens, format!("`{name}` takes `=`")).help(format!("`{example}`"))
        );
    }
    let equals: Option<Token![=]> = input.parse().map_err(|error| Report::syntax(&error))?;
    if equals.is_none() || input.is_empty() || input.peek(Token![,]) {
        return Err(Report::at(name.span(), format!("`{name}` needs a value"))
            .help(format!("`{}`", spec.example)));
    }
    expression(input)
        .map(|value| Written::Value(Box::new(value)))
        .map_err(|report| report.help(format!("`{}`", spec.example)))
}

/// `elements` is what is in it, in words.
fn list<T>(
    input: ParseStream<'_>,
    name: &Ident,
    spec: &Spec,
    elements: &str,
    parse: fn(ParseStream<'_>) -> syn::Result<T>,
) -> Result<Vec<T>, Report> {
    if let Ok(Some(equals)) = input.parse::<Option<Token![=]>>() {
        let first = input.fork().parse::<TokenTree>();
        let example = match first {
            Ok(first) if parse.parse2(TokenStream::from(first.clone())).is_ok() => {
                format!("{name}({first})")
            }
            _ => spec.example.to_owned(),
        };
        return Err(
            Report::over(&equals, format!("`{name}` takes a list")).help(format!("`{example}`"))
        );
    }
    let help = format!("`{}`", spec.example);
    let group = match input.parse::<TokenTree>() {
        Ok(TokenTree::Group(group)) if group.delimiter() != Delimiter::Parenthesis => {
            let example = format!("`{name}({})`", group.stream());
            let report = Report::over(&group, format!("`{name}` takes a list"));
            return Err(report.help(example));
        }
        Ok(TokenTree::Group(group)) if !group.stream().is_empty() => group,
        Ok(TokenTree::Group(group)) => {
            return Err(
                Report::over(&TokenTree::from(group), format!("`{name}` lists nothing")).help(help),
            );
        }
        _ => return Err(Report::at(name.span(), format!("`{name}` takes a list")).help(help)),
    };
    let content = |content: ParseStream<'_>| content.parse_terminated(parse, Token![,]);
    match content.parse2(group.stream()) {
        Ok(content) => Ok(content.into_iter().collect()),
        Err(error) => {
            Err(Report::at(error.span(), format!("`{name}` takes {elements}")).help(help))
        }
    }
}

fn flag(input: ParseStream<'_>, name: &Ident) -> Result<Written, Report> {
    let value = if input.peek(Token![=]) {
        let equals: TokenTree = input.parse().map_err(|error| Report::syntax(&error))?;
        expression(input).map_or(equals.into(), ToTokens::into_token_stream)
    } else if input.peek(token::Paren) {
        let group: TokenTree = input.parse().map_err(|error| Report::syntax(&error))?;
        group.into()
    } else {
        return Ok(Written::Flag(name.span()));
    };
    Err(Report::over(&value, format!("`{name}` takes no value")).help(format!("`{name}`")))
}

fn expression(input: ParseStream<'_>) -> Result<Expr, Report> {
    if let Some(bare) = in_brackets(input) {
        return bare.map_err(|error| Report::syntax(&error));
    }
    input.parse().map_err(|error| Report::syntax(&error))
}

/// `conversations::instance(<ret.instance_id>)` is no expression, but for its brackets.
fn in_brackets(input: ParseStream<'_>) -> Option<syn::Result<Expr>> {
    let ahead = input.fork();
    let path = ahead.call(Path::parse_mod_style).ok()?;
    let Ok(TokenTree::Group(values)) = ahead.parse() else {
        return None;
    };
    let bare = reference::without_brackets(&values)?;
    input.advance_to(&ahead);
    Some(syn::parse2(quote::quote!(#path #bare)))
}

fn given_twice(name: &Ident, seen: &[Ident]) -> Option<Report> {
    let first = seen.iter().find(|first| *first == name)?;
    let report = Report::at(name.span(), format!("`{name}` is given twice")).help("remove one");
    Some(match position(first.span()) {
        (0, _) => report,
        (line, _) => report.note(format!("first given on line {line}")),
    })
}

fn first_span(token: &TokenTree) -> Span {
    match token {
        TokenTree::Group(group) => group.span_open(),
        other => other.span(),
    }
}

fn shown(token: &TokenTree) -> String {
    match token {
        TokenTree::Group(group) => group.to_string().chars().take(1).collect(),
        other => other.to_string(),
    }
}
