//! Literals in attributes: what kind they are, and where in them a fault lies.

use std::ops::Range;

use cached_key::Path;
use proc_macro2::{Ident, Literal, Span, TokenTree};
use syn::{Expr, Lit, LitStr};

use crate::plan::Value;
use crate::report::Report;

/// A string literal that holds a key or a pattern.
#[derive(Clone)]
pub(crate) struct Text {
    literal: LitStr,
    pub(crate) value: String,
}

impl Text {
    pub(crate) fn new(literal: LitStr) -> Self {
        let value = literal.value();
        Self { literal, value }
    }

    pub(crate) fn span(&self) -> Span {
        self.literal.span()
    }

    /// The span of a part of the value where the compiler knows it, else that of the literal.
    fn part(&self, range: &Range<usize>) -> Span {
        let token: Literal = self.literal.token();
        let source = token.to_string();
        let prefix = source.find('"').map_or(0, |quote| quote + 1);
        let raw = source.starts_with('r');
        let inner = (raw || !source.contains('\\'))
            .then(|| token.subspan(prefix + range.start..prefix + range.end));
        inner.flatten().unwrap_or_else(|| self.span())
    }

    /// A fault in a part of the text.
    pub(crate) fn fault(
        &self,
        headline: impl Into<String>,
        range: &Range<usize>,
        label: &str,
    ) -> Report {
        Report::at(self.part(range), headline).draw(&self.value, range, label)
    }

    /// What a placeholder stands for, once its root is known.
    pub(crate) fn placeholder(
        &self,
        path: &Path,
        range: &Range<usize>,
        mut root: Ident,
        blame: Span,
    ) -> Result<Value, Report> {
        // rust-analyzer finds a declaration from a text by the tokens that stand at all of it, and none that stand inside.
        root.set_span(root.span().located_at(self.span()));
        // Made from a literal, such a token would otherwise be replaced together with it by what the compiler suggests.
        let span = Span::mixed_site().located_at(self.span());
        let fields = path.fields().map(|field| {
            let token = match field.parse() {
                Ok(index) => Some(Literal::u32_unsuffixed(index).into()),
                Err(_) => identifier(field, span).map(TokenTree::Ident),
            };
            let mut token =
                token.ok_or_else(|| self.fault(format!("`{field}` is not a name"), range, ""))?;
            token.set_span(span);
            Ok(token)
        });
        let fields: Vec<TokenTree> = fields.collect::<Result<_, Report>>()?;
        let blame = if fields.is_empty() {
            blame
        } else {
            self.span()
        };
        Ok(Value {
            root,
            fields,
            blame,
            plain: false,
        })
    }

    /// A fault of the grammar as the grammar tells it, but for the `help` where there is a better one.
    pub(crate) fn grammar(&self, error: &cached_key::Error, help: Option<String>) -> Report {
        let range = error.range();
        let headline = error.fault().to_string();
        let report = match error.label() {
            Some(label) => self.fault(headline, &range, label),
            None if range.len() == self.value.len() => Report::at(self.span(), headline),
            None => self.fault(headline, &range, ""),
        };
        let report = match help.or_else(|| error.help()) {
            Some(help) => report.help(help),
            None => report,
        };
        match error.note() {
            Some(note) => report.note(note),
            None => report,
        }
    }
}

/// What a literal is called in a sentence.
pub(crate) fn describe(literal: &Lit) -> &'static str {
    match literal {
        Lit::Str(_) => "a string",
        Lit::ByteStr(_) => "a byte string",
        Lit::CStr(_) => "a C string",
        Lit::Byte(_) => "a byte",
        Lit::Char(_) => "a character",
        Lit::Int(_) => "an integer",
        Lit::Float(_) => "a float",
        Lit::Bool(_) => "a boolean",
        _ => "a literal",
    }
}

/// The identifier of this name, raw where the name is a keyword.
pub(crate) fn identifier(name: &str, span: Span) -> Option<Ident> {
    let raw = || syn::parse_str::<Ident>(&format!("r#{name}"));
    let mut ident = syn::parse_str::<Ident>(name).or_else(|_| raw()).ok()?;
    ident.set_span(span);
    Some(ident)
}

pub(crate) fn reject_suffix(literal: &LitStr) -> Result<(), Report> {
    match literal.suffix() {
        "" => Ok(()),
        suffix => Err(Report::at(
            literal.span(),
            format!("unexpected suffix `{suffix}` on a string"),
        )
        .help(format!("remove the `{suffix}`"))),
    }
}

/// Takes off the invisible groups that `macro_rules!` leaves around what it inserts.
pub(crate) fn peel(mut value: &Expr) -> &Expr {
    while let Expr::Group(group) = value {
        value = &group.expr;
    }
    value
}
