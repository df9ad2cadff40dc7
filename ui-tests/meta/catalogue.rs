//! The catalogue: `catalogue/<topic>.toml` names the faults of a topic and its cases.
//!
//! ```toml
//! [unknown-placeholder]                                   # is fail/<topic>/unknown-placeholder.rs
//! headline = "unknown placeholder `<…>` in the …"         # the fault that it shows; `…` differs from case to case
//!
//! [unknown-root-of-a-field]
//! shows = ["params/unknown-placeholder"]                  # faults that have a case of their own elsewhere
//! ```
//!
//! What the compiler says in its own words is in `rustc.toml`, whose faults have no cases of their own.

use toml::{Table, Value};

use crate::template::Template;

/// A fault, a case, or a fault with its case.
#[derive(Debug)]
pub(crate) struct Entry {
    /// `<topic>/<fault>`
    pub(crate) name: String,
    /// Of the fault that is named like it.
    pub(crate) headline: Option<Template>,
    /// Further faults that the case shows.
    pub(crate) shows: Vec<String>,
}

const COMPILER: &str = "rustc/";

impl Entry {
    /// The words are the toolkit's, not the compiler's.
    pub(crate) fn is_ours(&self) -> bool {
        !self.name.starts_with(COMPILER)
    }
}

/// The entries of one topic, or what is wrong with its file.
pub(crate) fn parse(topic: &str, text: &str) -> Result<Vec<Entry>, String> {
    let table: Table = text
        .parse()
        .map_err(|error| format!("catalogue/{topic}.toml: {error}"))?;
    table
        .into_iter()
        .map(|(name, value)| {
            let name = format!("{topic}/{name}");
            entry(&name, value).ok_or_else(|| {
                format!(
                    "{name}: an entry has a `headline`, which is a string, or a list `shows`, or both"
                )
            })
        })
        .collect()
}

fn entry(name: &str, value: Value) -> Option<Entry> {
    let Value::Table(mut table) = value else {
        return None;
    };
    let headline = match table.remove("headline") {
        Some(headline) => Some(Template::new(headline.as_str()?)),
        None => None,
    };
    let shows: Vec<_> = match table.remove("shows") {
        Some(shows) => shows
            .as_array()?
            .iter()
            .map(|fault| fault.as_str().map(str::to_owned))
            .collect::<Option<_>>()?,
        None => Vec::new(),
    };
    let says = headline.is_some() || !shows.is_empty();
    (says && table.is_empty()).then(|| Entry {
        name: name.to_owned(),
        headline,
        shows,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_fault_or_a_case() {
        let text = "[a]\nheadline = \"`…` is new\"\n[b]\nshows = [\"t/a\", \"rustc/c\"]";
        let entries = parse("t", text).unwrap();
        let [a, b] = &entries[..] else {
            panic!("two entries");
        };
        assert_eq!(a.name, "t/a");
        assert!(a.headline.is_some() && a.shows.is_empty());
        assert!(b.headline.is_none());
        assert_eq!(b.shows, ["t/a", "rustc/c"]);
        assert!(a.is_ours());
        let compiler = parse("rustc", "[a]\nheadline = \"mismatched types\"").unwrap();
        assert!(!compiler[0].is_ours());
    }

    #[test]
    fn what_is_no_catalogue_is_refused() {
        for text in [
            "[a",
            "a = 1",
            "[a]",
            "[a]\nheadline = 1",
            "[a]\nheadline = \"b\"\nshows = \"c\"",
            "[a]\nshows = []",
            "[a]\nheadline = \"b\"\ncases = []",
            "[a]\nheadline = \"b\"\n[a]\nheadline = \"c\"",
        ] {
            assert!(parse("t", text).is_err(), "{text}");
        }
    }
}
