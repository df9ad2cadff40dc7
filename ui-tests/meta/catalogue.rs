//! The catalogue: `catalogue/<topic>.toml` names the faults of a topic.
//!
//! ```toml
//! [unknown-placeholder]                                   # is shown by fail/<topic>/unknown-placeholder.rs
//! headline = "unknown placeholder `…` in the …"           # `…` is what differs from case to case
//! also = ["tags/unknown-placeholder"]                     # further cases that show it
//! by = "rustc"                                            # only where the words are the compiler's
//! case = "params/unknown-placeholder"                     # only where its case is not named after it
//! ```

use toml::{Table, Value};

use crate::template::Template;

#[derive(Debug)]
pub(crate) struct Fault {
    /// `<topic>/<fault>`
    pub(crate) name: String,
    /// Its own case, named like it almost always.
    pub(crate) case: String,
    pub(crate) headline: Template,
    /// Further cases that show it.
    pub(crate) also: Vec<String>,
    pub(crate) speaker: Speaker,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Speaker {
    Toolkit,
    Compiler,
}

impl Fault {
    pub(crate) fn cases(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.case.as_str()).chain(self.also.iter().map(String::as_str))
    }

    pub(crate) fn has(&self, case: &str) -> bool {
        self.cases().any(|name| name == case)
    }

    pub(crate) fn is_ours(&self) -> bool {
        self.speaker == Speaker::Toolkit
    }
}

/// The faults of one topic, or what is wrong with its file.
pub(crate) fn parse(topic: &str, text: &str) -> Result<Vec<Fault>, String> {
    let table: Table = text
        .parse()
        .map_err(|error| format!("catalogue/{topic}.toml: {error}"))?;
    table
        .into_iter()
        .map(|(name, entry)| {
            let name = format!("{topic}/{name}");
            fault(&name, entry).ok_or_else(|| {
                format!(
                    "{name}: `headline`, `also`, `by` and `case` are strings, nothing else is known"
                )
            })
        })
        .collect()
}

fn fault(name: &str, entry: Value) -> Option<Fault> {
    let Value::Table(mut entry) = entry else {
        return None;
    };
    let headline = Template::new(entry.remove("headline")?.as_str()?);
    let also = match entry.remove("also") {
        Some(also) => also
            .as_array()?
            .iter()
            .map(|case| case.as_str().map(str::to_owned))
            .collect::<Option<_>>()?,
        None => Vec::new(),
    };
    let case = match entry.remove("case") {
        Some(case) => case.as_str()?.to_owned(),
        None => name.to_owned(),
    };
    let speaker = match entry.remove("by") {
        Some(by) if by.as_str() == Some("rustc") => Speaker::Compiler,
        Some(_) => return None,
        None => Speaker::Toolkit,
    };
    entry.is_empty().then(|| Fault {
        name: name.to_owned(),
        case,
        headline,
        also,
        speaker,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_named_after_its_case() {
        let text = "[a]\nheadline = \"`…` is new\"\nalso = [\"u/b\"]\n[c]\nheadline = \"d\"\nby = \"rustc\"\ncase = \"t/a\"";
        let faults = parse("t", text).unwrap();
        let [a, c] = &faults[..] else {
            panic!("two faults");
        };
        assert_eq!(a.cases().collect::<Vec<_>>(), ["t/a", "u/b"]);
        assert_eq!(c.cases().collect::<Vec<_>>(), ["t/a"]);
        assert!(a.is_ours() && !c.is_ours());
    }

    #[test]
    fn what_is_no_catalogue_is_refused() {
        for text in [
            "[a",
            "a = 1",
            "[a]",
            "[a]\nheadline = 1",
            "[a]\nheadline = \"b\"\nalso = \"c\"",
            "[a]\nheadline = \"b\"\nby = \"us\"",
            "[a]\nheadline = \"b\"\ncases = []",
        ] {
            assert!(parse("t", text).is_err(), "{text}");
        }
    }
}
