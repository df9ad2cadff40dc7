//! What a key or a pattern is given as: a text, or a key of a keyspace.

use syn::{Expr, LitStr};

use super::value;
use crate::reference::Keyed;
use crate::report::Report;

#[derive(Clone)]
pub(crate) enum Content {
    Text(LitStr),
    Keyed(Keyed),
}

impl Content {
    /// `subject` and `around` as in [`value::string`].
    pub(crate) fn read(subject: &str, around: (&str, &str), value: &Expr) -> Result<Self, Report> {
        match Keyed::read(value) {
            Some(keyed) => keyed.map(Self::Keyed),
            None => value::string(subject, around, value).map(Self::Text),
        }
    }
}
