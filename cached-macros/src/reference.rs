//! Keys of a keyspace as they are named: `conversations::by_user`, or with values `conversations::by_user(user_id, ..)`.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::{Expr, ExprCall, ExprPath, Path};

use crate::literal::peel;
use crate::report::Report;

/// What the function returns is called this in a pattern.
pub(crate) const RETURNED: &str = "ret";

/// A key of a keyspace.
#[derive(Clone)]
pub(crate) struct Keyed {
    /// Two segments at least: the last one is the key, those before it are its keyspace.
    pub(crate) path: Path,
    /// What fills its placeholders; without it, whatever has their names.
    pub(crate) values: Option<Group>,
}

impl Keyed {
    /// `None` for anything that names no key.
    pub(crate) fn read(value: &Expr) -> Option<Result<Self, Report>> {
        match peel(value) {
            Expr::Path(path) => Some(Ok(Self {
                path: plain(path).filter(|path| path.segments.len() > 1)?,
                values: None,
            })),
            Expr::Call(call) => {
                let Expr::Path(path) = peel(&call.func) else {
                    return None;
                };
                let path = plain(path)?;
                Some(match path.segments.len() {
                    0 | 1 => Err(alone(&path)),
                    _ => Ok(Self {
                        path,
                        values: Some(values(call)),
                    }),
                })
            }
            _ => None,
        }
    }

    /// The way to the keyspace, without `::` at its end.
    pub(crate) fn keyspace(&self) -> TokenStream {
        let mut segments = self.path.segments.clone();
        segments.pop();
        segments.pop_punct();
        let colon = &self.path.leading_colon;
        quote!(#colon #segments)
    }

    pub(crate) fn name(&self) -> Option<&Ident> {
        self.path.segments.last().map(|segment| &segment.ident)
    }

    /// The first `ret` among the values: what the function returns.
    pub(crate) fn returned(&self) -> Option<Ident> {
        returned(self.values.as_ref()?.stream())
    }

    /// As it is written, for comparing.
    pub(crate) fn spelling(&self) -> String {
        let values = self.values.as_ref().map(ToString::to_string);
        self.path.to_token_stream().to_string() + &values.unwrap_or_default()
    }
}

fn plain(path: &ExprPath) -> Option<Path> {
    let bare = path
        .path
        .segments
        .iter()
        .all(|segment| segment.arguments.is_none());
    (path.qself.is_none() && bare).then(|| path.path.clone())
}

fn alone(path: &Path) -> Report {
    let name = path.to_token_stream().to_string();
    Report::over(path, format!("`{name}` is named without its keyspace")).help(format!(
        "`conversations::{name}(…)`, where `conversations` is the keyspace"
    ))
}

fn values(call: &ExprCall) -> Group {
    let args = &call.args;
    let mut group = Group::new(Delimiter::Parenthesis, args.to_token_stream());
    group.set_span(call.paren_token.span.join());
    group
}

/// Takes the brackets off values that are written as in a text: `instance(<ret.instance_id>)`. `None` where there are none.
pub(crate) fn without_brackets(values: &Group) -> Option<Group> {
    let mut bare = TokenStream::new();
    let mut changed = false;
    let mut at_start = true;
    let mut open = false;
    for token in values.stream() {
        let sign = match &token {
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
        match sign {
            '<' if at_start => (open, changed) = (true, true),
            '>' if open => open = false,
            _ => bare.extend([token]),
        }
        at_start = sign == ',';
    }
    let mut group = Group::new(values.delimiter(), bare);
    group.set_span(values.span());
    changed.then_some(group)
}

/// The first `ret` that is a name of its own.
pub(crate) fn returned(tokens: TokenStream) -> Option<Ident> {
    let mut is_field = false;
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if ident == RETURNED && !is_field => {
                return Some(ident.clone());
            }
            TokenTree::Group(group) => {
                let found = returned(group.stream());
                if found.is_some() {
                    return found;
                }
            }
            _ => {}
        }
        is_field = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
    }
    None
}
