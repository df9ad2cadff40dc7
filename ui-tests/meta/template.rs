//! A headline with holes: `…` stands for what differs from case to case.

/// The literal text between the holes, in order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Template(Vec<String>);

pub(crate) const HOLE: char = '…';

impl Template {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.split(HOLE).map(str::to_owned).collect())
    }

    /// A hole is never empty.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let Some((first, holes)) = self.0.split_first() else {
            return false;
        };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else {
            return false;
        };
        let Some((last, between)) = holes.split_last() else {
            return rest.is_empty();
        };
        for piece in between {
            match after_hole(rest, piece) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        rest.strip_suffix(last.as_str())
            .is_some_and(|hole| !hole.is_empty())
    }

    /// How much of it is literal: of two that match, the one that says more is meant.
    pub(crate) fn weight(&self) -> usize {
        self.0.iter().map(String::len).sum()
    }
}

fn after_hole<'a>(text: &'a str, piece: &str) -> Option<&'a str> {
    let first = text.chars().next()?.len_utf8();
    let rest = text.get(first..)?;
    let at = rest.find(piece)?;
    rest.get(at + piece.len()..)
}

impl std::fmt::Display for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join("…"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_stands_for_some_text() {
        let template = Template::new("unknown option `…`");
        assert!(template.matches("unknown option `tll`"));
        assert!(!template.matches("unknown option ``"));
        assert!(!template.matches("unknown option `tll` here"));
        assert!(Template::new("missing `key`").matches("missing `key`"));
        assert!(!Template::new("missing `key`").matches("missing `keys`"));
    }

    #[test]
    fn several_holes_take_what_they_must() {
        let template = Template::new("`…` and `…` touch");
        assert!(template.matches("`<a>` and `<b>` touch"));
        assert!(template.matches("`<a` and `b>` and `<c>` touch"));
        assert!(!template.matches("`<a>` and touch"));
        assert!(Template::new("… takes …").matches("`skip` takes a list"));
        assert!(!Template::new("… takes …").matches("`skip` takes "));
    }
}
