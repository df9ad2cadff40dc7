//! A fault at its place: what a parser hands back.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::fault::Fault;
use crate::help;

/// One fault of a text, and the bytes of the text that have it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    fault: Fault,
    range: Range<usize>,
    text: Arc<str>,
}

impl Error {
    /// What is wrong.
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// Where, in bytes of the text that was parsed; on character boundaries.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// A few words to stand beside the caret.
    pub fn label(&self) -> Option<&'static str> {
        help::label(&self.fault, self.found())
    }

    /// What to write instead.
    pub fn help(&self) -> Option<String> {
        help::help(&self.fault, &self.text, &self.range)
    }

    /// Why it matters, or what exists.
    pub fn note(&self) -> Option<&'static str> {
        self.fault.note()
    }

    fn found(&self) -> &str {
        self.text.get(self.range()).unwrap_or_default()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.fault, self.range.start)
    }
}

impl std::error::Error for Error {}

/// Collects the faults of one text.
pub(crate) struct Errors {
    text: Arc<str>,
    found: Vec<Error>,
}

impl Errors {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            text: text.into(),
            found: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, fault: Fault, range: Range<usize>) {
        self.found.push(Error {
            fault,
            range,
            text: Arc::clone(&self.text),
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All faults in source order; empty when the text is sound.
    pub(crate) fn into_sorted(mut self) -> Vec<Error> {
        self.found
            .sort_by_key(|error| (error.range.start, error.range.end));
        self.found
    }
}
