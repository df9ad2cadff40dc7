//! How a fault is told: headline, drawing, help, note; all of them at once, in source order.

use std::fmt::Write as _;
use std::ops::Range;

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;

/// Every fault found so far. Nothing returns early because of one.
#[derive(Default)]
pub(crate) struct Errors(Vec<Report>);

impl Errors {
    pub(crate) fn push(&mut self, report: Report) {
        self.0.push(report);
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(crate) fn extend(&mut self, reports: impl IntoIterator<Item = Report>) {
        self.0.extend(reports);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_tokens(mut self) -> TokenStream {
        self.0.sort_by_key(Report::position);
        self.0.into_iter().map(Report::into_tokens).collect()
    }

    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.0.iter().map(Report::message).collect()
    }
}

/// One fault.
pub(crate) struct Report {
    at: TokenStream,
    headline: String,
    drawing: Option<Box<Drawing>>,
    help: Vec<String>,
    note: Option<Box<str>>,
}

struct Drawing {
    text: String,
    indent: usize,
    width: usize,
    label: String,
}

impl Report {
    pub(crate) fn at(span: Span, headline: impl Into<String>) -> Self {
        Self::over(&Ident::new("here", span), headline)
    }

    /// Underlines the first to the last of `tokens`.
    pub(crate) fn over(tokens: &impl ToTokens, headline: impl Into<String>) -> Self {
        Self {
            at: tokens.to_token_stream(),
            headline: headline.into(),
            drawing: None,
            help: Vec::new(),
            note: None,
        }
    }

    /// What the parser of Rust's own syntax says.
    pub(crate) fn syntax(error: &syn::Error) -> Self {
        Self::at(error.span(), error.to_string())
    }

    /// Points at a part of a string literal. The compiler has no spans inside one, so the message carries the caret.
    pub(crate) fn draw(mut self, text: &str, range: &Range<usize>, label: &str) -> Self {
        let before = text.get(..range.start).unwrap_or_default();
        let marked = text.get(range.clone()).unwrap_or_default();
        self.drawing = Some(Box::new(Drawing {
            text: visible(text),
            indent: visible(before).chars().count(),
            width: visible(marked).chars().count().max(1),
            label: label.to_owned(),
        }));
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    pub(crate) fn note(mut self, note: impl Into<Box<str>>) -> Self {
        self.note = Some(note.into());
        self
    }

    fn message(&self) -> String {
        let mut message = self.headline.clone();
        if let Some(drawing) = &self.drawing {
            let Drawing {
                text,
                indent,
                width,
                label,
            } = drawing.as_ref();
            let carets = "^".repeat(*width);
            let _ = write!(message, "\n\n  {text}\n  {:indent$}{carets} {label}", "");
            message.truncate(message.trim_end().len());
        }
        if !self.help.is_empty() || self.note.is_some() {
            message.push('\n');
        }
        for help in &self.help {
            let _ = write!(message, "\n= help: {help}");
        }
        if let Some(note) = &self.note {
            let _ = write!(message, "\n= note: {note}");
        }
        message
    }

    fn into_tokens(self) -> TokenStream {
        let message = self.message();
        syn::Error::new_spanned(self.at, message).to_compile_error()
    }

    fn position(&self) -> (usize, usize) {
        let first = self.at.clone().into_iter().next();
        first.map_or((0, 0), |token| position(token.span()))
    }
}

/// Line and column of a span; unknown outside of the compiler.
pub(crate) fn position(span: Span) -> (usize, usize) {
    if !proc_macro::is_available() {
        return (0, 0);
    }
    let start = span.unwrap().start();
    (start.line(), start.column())
}

/// Control characters would break the drawing.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
    out
}
