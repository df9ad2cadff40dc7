//! The headlines that an expression can be.

use std::collections::BTreeMap;

use quote::ToTokens as _;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprClosure, Lit, Pat, Token};

use crate::template::{HOLE, Template};

/// What the names in a function stand for.
#[derive(Default, Clone)]
pub(super) struct Bindings(BTreeMap<String, Vec<Expr>>);

impl<'ast> Visit<'ast> for Bindings {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        let pat = match &local.pat {
            Pat::Type(typed) => typed.pat.as_ref(),
            pat => pat,
        };
        if let (Pat::Ident(pat), Some(init)) = (pat, &local.init) {
            let values = self.0.entry(pat.ident.to_string()).or_default();
            values.push((*init.expr).clone());
        }
        visit::visit_local(self, local);
    }
}

impl Bindings {
    pub(super) fn closure(&self, name: &str) -> Option<&ExprClosure> {
        self.0.get(name)?.iter().find_map(|value| match value {
            Expr::Closure(closure) => Some(closure),
            _ => None,
        })
    }

    /// The headlines that an expression can be.
    pub(super) fn resolve(&self, expr: &Expr) -> Result<Vec<Template>, String> {
        let hidden = || Err(expr.to_token_stream().to_string());
        match expr {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Ok(vec![Template::new(&text.value())]),
                _ => hidden(),
            },
            Expr::Macro(call) if call.mac.path.is_ident("format") => format_string(&call.mac, 0)
                .map_or_else(hidden, |format| Ok(vec![self.holes(&format)])),
            Expr::Reference(reference) => self.resolve(&reference.expr),
            Expr::Paren(paren) => self.resolve(&paren.expr),
            Expr::MethodCall(call)
                if ["to_owned", "to_string", "into"]
                    .iter()
                    .any(|name| call.method == name) =>
            {
                self.resolve(&call.receiver).or_else(|_| hidden())
            }
            // What leaves the function is no headline of this one.
            Expr::Return(_) => Ok(Vec::new()),
            Expr::Block(block) => self.last(&block.block).unwrap_or_else(hidden),
            Expr::If(branch) => {
                let mut all = self.last(&branch.then_branch).unwrap_or_else(hidden)?;
                let (_, otherwise) = branch
                    .else_branch
                    .as_ref()
                    .ok_or_else(|| expr.to_token_stream().to_string())?;
                all.extend(self.resolve(otherwise)?);
                Ok(all)
            }
            Expr::Match(choice) => {
                let arms = choice.arms.iter().map(|arm| self.resolve(&arm.body));
                Ok(arms.collect::<Result<Vec<_>, _>>()?.concat())
            }
            Expr::Path(path) => match path.path.get_ident().map(ToString::to_string) {
                Some(name) if self.0.contains_key(&name) => {
                    let values = self.0.get(&name).into_iter().flatten();
                    Ok(values
                        .map(|value| self.resolve(value))
                        .collect::<Result<Vec<_>, _>>()?
                        .concat())
                }
                // Handed on: those who pass it are read too.
                Some(name) if name == "headline" => Ok(Vec::new()),
                _ => hidden(),
            },
            Expr::Call(call) => match local(&call.func).and_then(|name| self.closure(&name)) {
                Some(closure) => self.within(closure, call).resolve(&closure.body),
                None => hidden(),
            },
            _ => hidden(),
        }
    }

    fn last(&self, block: &Block) -> Option<Result<Vec<Template>, String>> {
        match block.stmts.last()? {
            syn::Stmt::Expr(expr @ Expr::Return(_), _) | syn::Stmt::Expr(expr, None) => {
                Some(self.resolve(expr))
            }
            syn::Stmt::Macro(call) if call.mac.path.is_ident("format") => {
                format_string(&call.mac, 0).map(|format| Ok(vec![self.holes(&format)]))
            }
            _ => None,
        }
    }

    /// What the names mean in the body of a closure.
    fn within(&self, closure: &ExprClosure, call: &syn::ExprCall) -> Self {
        let mut bindings = self.clone();
        for (input, argument) in closure.inputs.iter().zip(&call.args) {
            let pat = match input {
                Pat::Type(typed) => typed.pat.as_ref(),
                pat => pat,
            };
            if let Pat::Ident(pat) = pat {
                bindings
                    .0
                    .insert(pat.ident.to_string(), vec![argument.clone()]);
            }
        }
        bindings
    }

    /// A format string as a template. Names that stand for a literal are no holes.
    fn holes(&self, format: &str) -> Template {
        holes(format, |name| match self.0.get(name)?.as_slice() {
            [Expr::Lit(literal)] => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        })
    }
}

/// A name of the function itself that is called.
pub(super) fn local(func: &Expr) -> Option<String> {
    match func {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        _ => None,
    }
}

/// The name that is called, without its way.
pub(super) fn callee(func: &Expr) -> Option<String> {
    match func {
        Expr::Path(path) => path
            .path
            .segments
            .last()
            .map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

/// The literal at `index` of a formatting macro.
pub(super) fn format_string(call: &syn::Macro, index: usize) -> Option<String> {
    let arguments = Punctuated::<Expr, Token![,]>::parse_terminated
        .parse2(call.tokens.clone())
        .ok()?;
    match arguments.get(index)? {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn holes(format: &str, known: impl Fn(&str) -> Option<String>) -> Template {
    let mut text = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.next_if_eq(&c).is_some() => text.push(c),
            '{' => {
                let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                match known(&name) {
                    Some(known) => text.push_str(&known),
                    None => text.push(HOLE),
                }
            }
            c => text.push(c),
        }
    }
    Template::new(&text)
}
