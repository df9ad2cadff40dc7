//! How does a pattern meet a template: as both are written, or only where a value happens to fit?

use crate::overlap::{End, meet};
use crate::path::Path;
use crate::pattern::Tail;
use crate::pattern_template::PatternTemplate;
use crate::shape::{self, Atom};
use crate::template::Template;

/// How a pattern meets a template. The later one says more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Meeting {
    /// A value would have to hold text that stands beside a placeholder: `users:<id>x` and `users:<id>`.
    ByChance,
    /// One of them has text where the other has a placeholder: `messages:<id>:draft` and `messages:<id>:<kind>`.
    ByValue,
    /// Text meets text, and placeholders meet placeholders; a star takes whatever it was meant for.
    AsWritten,
}

/// How `pattern` meets `template`, or `None` if no values make a key of `template` match it.
///
/// ```
/// use cached_key::{Meeting, PatternTemplate, Template, meeting};
///
/// let template = Template::parse("conversations:user:<user_id>").unwrap();
/// let meets = |pattern| meeting(&PatternTemplate::parse(pattern).unwrap(), &template);
/// assert_eq!(meets("conversations:user:<id>*"), Some(Meeting::AsWritten));
/// assert_eq!(meets("conversations:user:42"), Some(Meeting::ByValue));
/// assert_eq!(meets("conversations:user:<id>x"), Some(Meeting::ByChance));
/// assert_eq!(meets("conversations:team:*"), None);
/// ```
pub fn meeting(pattern: &PatternTemplate, template: &Template) -> Option<Meeting> {
    let pattern_segments = shape::of_pattern(pattern);
    let template_segments = shape::of_template(template);
    let (last, init) = pattern_segments.split_last()?;

    let mut worst = Meeting::AsWritten;
    let mut rest = template_segments.iter();
    for segment in init {
        worst = worst.min(in_segment(segment, rest.next()?, End::Both)?);
    }
    let found = rest.next()?;
    let is_longer = rest.next().is_some();
    let end = match pattern.tail() {
        Tail::Exact if is_longer => return None,
        Tail::Below if !is_longer => return None,
        Tail::Exact | Tail::Below | Tail::AtOrBelow => End::Both,
        Tail::Continues => End::Pattern,
    };
    Some(worst.min(in_segment(last, found, end)?))
}

/// The placeholders of `pattern` and `template` that stand in the same places, where both meet as written.
///
/// ```
/// use cached_key::{PatternTemplate, Template, pairs};
///
/// let pattern = PatternTemplate::parse("messages:<ret.user_id>:*:<id>*").unwrap();
/// let template = Template::parse("messages:<sender>:page:<page>:<size>").unwrap();
/// let names: Vec<_> = pairs(&pattern, &template).map(|(own, other)| format!("{own} {other}")).collect();
/// assert_eq!(names, ["ret.user_id sender", "id page"]);
/// ```
pub fn pairs<'a>(
    pattern: &'a PatternTemplate,
    template: &'a Template,
) -> impl Iterator<Item = (&'a Path, &'a Path)> {
    let segments = shape::of_pattern(pattern)
        .into_iter()
        .zip(shape::of_template(template));
    let atoms = segments.flat_map(|(own, other)| own.into_iter().zip(other));
    atoms.filter_map(|atoms| match atoms {
        (Atom::Value(own), Atom::Value(other)) => Some((own, other)),
        _ => None,
    })
}

fn in_segment(pattern: &[Atom<'_>], template: &[Atom<'_>], end: End) -> Option<Meeting> {
    if pattern == [Atom::AnySegment] || is_as_written(pattern, template, end) {
        return Some(Meeting::AsWritten);
    }
    if !meet(pattern, template, end) {
        return None;
    }
    let is_alone = matches!(pattern, [Atom::Value(_)]);
    Some(if is_text(pattern) || is_alone && is_text(template) {
        Meeting::ByValue
    } else {
        Meeting::ByChance
    })
}

fn is_text(segment: &[Atom<'_>]) -> bool {
    segment.iter().all(|atom| matches!(atom, Atom::Text(_)))
}

fn is_as_written(pattern: &[Atom<'_>], template: &[Atom<'_>], end: End) -> bool {
    let Some((last, init)) = pattern.split_last() else {
        return template.is_empty();
    };
    let mut rest = template.iter();
    let begins = init.iter().all(|atom| {
        rest.next()
            .is_some_and(|other| is_alike(*atom, *other, End::Both))
    });
    let found = rest.next();
    begins
        && found.is_some_and(|other| is_alike(*last, *other, end))
        && (end == End::Pattern || rest.next().is_none())
}

/// Names of placeholders differ from function to function.
fn is_alike(atom: Atom<'_>, other: Atom<'_>, end: End) -> bool {
    match (atom, other) {
        (Atom::Text(text), Atom::Text(longer)) if end == End::Pattern => longer.starts_with(text),
        (Atom::Text(text), Atom::Text(other)) => text == other,
        (Atom::Value(_), Atom::Value(_)) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, template: &str) -> Option<Meeting> {
        meeting(
            &PatternTemplate::parse(pattern).unwrap(),
            &Template::parse(template).unwrap(),
        )
    }

    #[test]
    fn text_and_placeholders_in_the_same_places_meet_as_written() {
        for (pattern, template) in [
            ("a:<x>", "a:<y>"),
            ("a:<x>*", "a:<y>:b:<z>"),
            ("a:*:b", "a:u<y>:b"),
            ("a:u<x>", "a:u<y>"),
            ("a:us*", "a:user:<y>"),
            ("a:<x>[i*", "a:<y>[id]<z>"),
            ("a:*", "a:<y>"),
        ] {
            assert_eq!(
                check(pattern, template),
                Some(Meeting::AsWritten),
                "{pattern} {template}"
            );
        }
    }

    #[test]
    fn text_that_may_be_the_whole_value_meets_by_value() {
        for (pattern, template) in [
            ("a:b", "a:<y>"),
            ("a:<x>", "a:b"),
            ("a:u42:*", "a:u<y>:b"),
            ("a:us*", "a:<y>"),
        ] {
            assert_eq!(
                check(pattern, template),
                Some(Meeting::ByValue),
                "{pattern} {template}"
            );
        }
    }

    #[test]
    fn text_beside_a_placeholder_meets_by_chance() {
        for (pattern, template) in [
            ("a:<x>b*", "a:<y>:c"),
            ("a:b<x>", "a:<y>"),
            ("a:<x>", "a:b<y>"),
            ("a:b<x>", "a:bc"),
            ("a:<x>b:c", "a:<y>:c"),
        ] {
            assert_eq!(
                check(pattern, template),
                Some(Meeting::ByChance),
                "{pattern} {template}"
            );
        }
        assert_eq!(check("a:b<x>", "a:c<y>"), None);
        assert_eq!(check("a:<x>:*", "a:<y>"), None);
    }
}
