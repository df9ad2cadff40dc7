//! The function under an attribute. Its body stays the tokens that the user wrote.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseStream, Parser as _};
use syn::visit::{self, Visit};
use syn::{
    FnArg, Pat, PatIdent, PatType, Receiver, ReturnType, Signature, Token, Type, Visibility,
};

use crate::option::Attribute;
use crate::report::{Errors, Report};
use crate::shape::{Shape, split};

pub(crate) struct Function {
    /// Everything before the body, untouched but for attributes that were absorbed.
    pub(crate) head: TokenStream,
    pub(crate) attrs: Vec<syn::Attribute>,
    pub(crate) sig: Signature,
    pub(crate) params: Vec<Param>,
    pub(crate) body: Group,
    pub(crate) shape: Shape,
}

/// A parameter other than `self`.
pub(crate) enum Param {
    Named {
        ident: Ident,
        ty: Type,
        binding: Binding,
    },
    Wildcard {
        span: Span,
        ty: Type,
    },
    Pattern {
        at: TokenStream,
        pat: Pat,
    },
}

/// What stands before the name of a parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binding {
    Plain,
    Mut,
    Ref,
}

impl Param {
    /// The name as a placeholder spells it.
    pub(crate) fn name(&self) -> Option<String> {
        match self {
            Self::Named { ident, .. } => Some(plain(ident)),
            _ => None,
        }
    }
}

/// A name without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

impl Function {
    pub(crate) fn parse(
        item: TokenStream,
        attribute: Attribute,
        errors: &mut Errors,
    ) -> Option<Self> {
        let mut head: Vec<_> = item.into_iter().collect();
        // The body is never read, only handed on.
        let body = match head.pop() {
            Some(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => Some(body),
            last => {
                head.extend(last);
                None
            }
        };
        let head: TokenStream = head.into_iter().collect();
        match (parts.parse2(head.clone()), body) {
            (Ok(Parts::Function { attrs, sig }), Some(body)) => {
                let shape = Shape::of(&sig, &body);
                let params = params(&sig, &shape);
                Some(Self {
                    head,
                    attrs,
                    sig: *sig,
                    params,
                    body,
                    shape,
                })
            }
            (Ok(Parts::Bodiless(semicolon)), _) => {
                errors.push(bodiless(semicolon, attribute));
                None
            }
            (Ok(Parts::Other { noun, token }), _) => {
                errors.push(not_a_function(noun, &token, attribute));
                None
            }
            (Ok(Parts::Function { .. }), None) => None,
            (Err(error), _) => {
                errors.push(Report::syntax(&error));
                None
            }
        }
    }

    pub(crate) fn name(&self) -> String {
        plain(&self.sig.ident)
    }

    /// The function as it stands now.
    pub(crate) fn item(&self) -> TokenStream {
        let (head, body) = (&self.head, &self.body);
        quote!(#head #body)
    }

    /// Takes those attributes off the function for which `absorbs` holds.
    pub(crate) fn absorb(&mut self, mut absorbs: impl FnMut(&syn::Attribute) -> bool) {
        let mut tokens = self.head.clone().into_iter();
        let mut head = TokenStream::new();
        let mut uses = TokenStream::new();
        self.attrs.retain(|attribute| {
            let kept = !absorbs(attribute);
            // Each is `#` and a group, in the order in which they were parsed.
            let written = tokens.by_ref().take(2);
            head.extend(written.filter(|_| kept));
            if !kept {
                // Else the import of an attribute that is never expanded by itself would count as unused.
                let path = attribute.path();
                uses.extend(quote_spanned! {Span::mixed_site()=>
                    #[allow(unused_imports)]
                    use #path as _;
                });
            }
            kept
        });
        head.extend(tokens);
        self.head = head;
        self.begin_with(&uses);
    }

    fn begin_with(&mut self, statements: &TokenStream) {
        if let Shape::Boxed(boxed) = &mut self.shape {
            let before = &boxed.before;
            boxed.before = quote!(#statements #before);
        }
        let (inner, rest) = split(self.body.stream());
        let mut body = Group::new(self.body.delimiter(), quote!(#inner #statements #rest));
        body.set_span(self.body.span());
        self.body = body;
    }

    pub(crate) fn receiver(&self) -> Option<&Receiver> {
        self.sig.receiver()
    }

    /// The parameters that have a name, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        self.params.iter().filter_map(Param::name)
    }

    pub(crate) fn param(&self, name: &str) -> Option<(&Ident, &Type)> {
        self.params.iter().find_map(|param| match param {
            Param::Named { ident, ty, .. } if plain(ident) == name => Some((ident, ty)),
            _ => None,
        })
    }

    /// What a call gives once it is awaited; `None` where nothing is written.
    pub(crate) fn output(&self) -> Option<&Type> {
        match (&self.shape, &self.sig.output) {
            (Shape::Boxed(boxed), _) => Some(&boxed.output),
            (_, ReturnType::Type(_, ty)) => Some(ty),
            (_, ReturnType::Default) => None,
        }
    }
}

enum Parts {
    Function {
        attrs: Vec<syn::Attribute>,
        sig: Box<Signature>,
    },
    Bodiless(Token![;]),
    Other {
        noun: &'static str,
        token: TokenTree,
    },
}

fn parts(input: ParseStream<'_>) -> syn::Result<Parts> {
    let attrs = input.call(syn::Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    // Not yet a keyword to syn in this place: `default fn` of specialization.
    input.parse::<Option<Token![default]>>()?;
    let ahead = input.fork();
    let sig = match ahead.parse() {
        Ok(sig) => Box::new(sig),
        Err(error) => return other(input).ok_or(error),
    };
    input.advance_to(&ahead);
    match input.parse()? {
        Some(semicolon) => Ok(Parts::Bodiless(semicolon)),
        None => Ok(Parts::Function { attrs, sig }),
    }
}

/// Anything that is not a function, by its keyword.
fn other(input: ParseStream<'_>) -> Option<Parts> {
    // `unsafe impl`, `auto trait`
    let keyword = loop {
        match input.parse::<TokenTree>().ok()? {
            TokenTree::Ident(ident) if ident == "unsafe" || ident == "auto" => {}
            token => break token,
        }
    };
    let noun = noun(&keyword.to_string())?;
    input.parse::<TokenStream>().ok()?;
    Some(Parts::Other {
        noun,
        token: keyword,
    })
}

fn noun(keyword: &str) -> Option<&'static str> {
    Some(match keyword {
        "struct" => "a struct",
        "enum" => "an enum",
        "union" => "a union",
        "trait" => "a trait",
        "impl" => "an impl block",
        "mod" => "a module",
        "static" => "a static",
        "const" => "a constant",
        "type" => "a type alias",
        "use" => "an import",
        "extern" => "an extern block",
        "macro_rules" => "a macro",
        _ => return None,
    })
}

fn not_a_function(noun: &str, token: &TokenTree, attribute: Attribute) -> Report {
    let name = attribute.display();
    let report = Report::over(
        token,
        format!("{name} goes on an `async fn`, not on {noun}"),
    );
    match (noun, attribute) {
        ("an impl block" | "a trait" | "a module", Attribute::Cached) => {
            report.help("put it on each `async fn` to cache")
        }
        ("an impl block" | "a trait" | "a module", _) => {
            report.help("put it on each `async fn` that changes data")
        }
        (_, Attribute::Cached) => report.help("put it on the `async fn` to cache"),
        _ => report.help("put it on the `async fn` that changes data"),
    }
}

fn bodiless(semicolon: Token![;], attribute: Attribute) -> Report {
    let purpose = match attribute {
        Attribute::Cached => "cache",
        _ => "run",
    };
    let name = attribute.display();
    Report::over(
        &semicolon,
        format!("there is nothing to {purpose} in a method without a body"),
    )
    .help(format!("move {name} to the method in the `impl`"))
}

fn params(sig: &Signature, shape: &Shape) -> Vec<Param> {
    let typed = sig
        .inputs
        .iter()
        .enumerate()
        .filter_map(|(index, input)| match input {
            FnArg::Typed(PatType { pat, ty, .. }) => {
                Some((index, pat.as_ref(), ty.as_ref().clone()))
            }
            FnArg::Receiver(_) => None,
        });
    typed
        .map(|(index, pat, ty)| param(index, pat, ty, sig, shape))
        .collect()
}

fn param(index: usize, pat: &Pat, ty: Type, sig: &Signature, shape: &Shape) -> Param {
    match pat {
        Pat::Ident(PatIdent { ident, .. })
            if matches!(shape, Shape::Boxed(_)) && *ident == format!("__arg{index}") =>
        {
            hidden(ident, ty, sig)
        }
        Pat::Ident(PatIdent {
            ident,
            by_ref,
            mutability,
            subpat: None,
            ..
        }) => Param::Named {
            ident: ident.clone(),
            ty,
            binding: match (by_ref, mutability) {
                (Some(_), _) => Binding::Ref,
                (None, Some(_)) => Binding::Mut,
                (None, None) => Binding::Plain,
            },
        },
        Pat::Wild(wild) => Param::Wildcard {
            span: wild.underscore_token.span,
            ty,
        },
        other => Param::Pattern {
            at: other.to_token_stream(),
            pat: other.clone(),
        },
    }
}

/// `#[async_trait]` gives a name of its own to a pattern, with the pattern's span.
fn hidden(ident: &Ident, ty: Type, sig: &Signature) -> Param {
    let span = ident.span().resolved_at(sig.ident.span());
    let source = ident.span().source_text().unwrap_or_default();
    match Pat::parse_single.parse_str(&source) {
        Ok(Pat::Wild(_)) => Param::Wildcard { span, ty },
        parsed => Param::Pattern {
            at: Ident::new("pattern", span).into_token_stream(),
            pat: parsed.unwrap_or_else(|_| Pat::Verbatim(TokenStream::new())),
        },
    }
}

/// The names that a pattern binds.
pub(crate) fn bound_names(pat: &Pat) -> Vec<String> {
    struct Names(Vec<String>);
    impl<'ast> Visit<'ast> for Names {
        fn visit_pat_ident(&mut self, pat: &'ast PatIdent) {
            self.0.push(plain(&pat.ident));
            visit::visit_pat_ident(self, pat);
        }
    }
    let mut names = Names(Vec::new());
    names.visit_pat(pat);
    names.0
}
