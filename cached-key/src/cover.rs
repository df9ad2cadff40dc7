//! Does one pattern make another one superfluous?

use crate::pattern::Tail;
use crate::pattern_template::PatternTemplate;
use crate::shape::{self, Atom};

pub(crate) fn covers(wide: &PatternTemplate, narrow: &PatternTemplate) -> bool {
    let wide_segments = shape::of_pattern(wide);
    let narrow_segments = shape::of_pattern(narrow);
    let Some((last, init)) = wide_segments.split_last() else {
        return false;
    };

    let mut rest = narrow_segments.iter();
    if !init
        .iter()
        .all(|segment| rest.next().is_some_and(|other| is_covered(segment, other)))
    {
        return false;
    }
    let Some(found) = rest.next() else {
        return false;
    };
    let is_longer = rest.next().is_some();
    match wide.tail() {
        Tail::Exact => !is_longer && narrow.tail() == Tail::Exact && is_covered(last, found),
        Tail::Below => (is_longer || narrow.tail() == Tail::Below) && is_covered(last, found),
        // It ends in a placeholder, so an equal segment does not go on as text.
        Tail::AtOrBelow => is_covered(last, found),
        Tail::Continues => starts(last, found),
    }
}

fn is_covered(wide: &[Atom<'_>], narrow: &[Atom<'_>]) -> bool {
    wide == [Atom::AnySegment] || wide == narrow
}

/// Whether the text of `whole` starts with that of `prefix`.
fn starts(prefix: &[Atom<'_>], whole: &[Atom<'_>]) -> bool {
    let Some((Atom::Text(text), init)) = prefix.split_last() else {
        return false;
    };
    let Some(rest) = whole.strip_prefix(init) else {
        return false;
    };
    matches!(rest.first(), Some(Atom::Text(longer)) if longer.starts_with(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wide: &str, narrow: &str) -> bool {
        let parse = |text| PatternTemplate::parse(text).unwrap();
        covers(&parse(wide), &parse(narrow))
    }

    #[test]
    fn a_pattern_covers_what_it_matches_whatever_the_values() {
        for (wide, narrow) in [
            ("a:<id>*", "a:<id>:b"),
            ("a:<id>*", "a:<id>"),
            ("a:<id>*", "a:<id>:*"),
            ("a:*", "a:<id>*"),
            ("a:*", "a:b*"),
            ("a:*:c", "a:<id>:c"),
            ("a:u*", "a:u<id>:x"),
            ("a:<x>u*", "a:<x>u<y.z>v*"),
        ] {
            assert!(check(wide, narrow), "{wide} {narrow}");
        }
        for (wide, narrow) in [
            ("a:<id>*", "a:<other>"),
            ("a:<id>:*", "a:<id>*"),
            ("a:*", "a"),
            ("a:u:*", "a:u*"),
            ("a:1", "a:*"),
            ("a:<id>", "a:<id>*"),
            ("a:u*", "a:<id>"),
            ("a:*", "b:c"),
        ] {
            assert!(!check(wide, narrow), "{wide} {narrow}");
        }
    }
}
