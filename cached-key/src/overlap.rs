//! Can a pattern ever meet a template?

use std::collections::HashSet;

use crate::meeting::meeting;
use crate::pattern_template::PatternTemplate;
use crate::shape::Atom;
use crate::template::Template;

/// Whether some values make a key of `template` match `pattern`.
///
/// A placeholder stands for any text without a separator; those of the pattern and those of the template are
/// independent of each other, whatever their names.
///
/// ```
/// use cached_key::{PatternTemplate, Template, overlap};
///
/// let template = Template::parse("conversations:user:<user_id>").unwrap();
/// let meets = |pattern| overlap(&PatternTemplate::parse(pattern).unwrap(), &template);
/// assert!(meets("conversations:user:<id>*"));
/// assert!(meets("conversations:*:42"));
/// assert!(!meets("conversations:team:*"));
/// ```
pub fn overlap(pattern: &PatternTemplate, template: &Template) -> bool {
    meeting(pattern, template).is_some()
}

/// What must be used up for two segments to meet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Both,
    Pattern,
}

#[derive(Clone, Copy)]
enum Step {
    Char(char),
    /// One character or more.
    Value,
}

/// Walks both segments as two machines that read the same text.
pub(crate) fn meet(pattern: &[Atom<'_>], template: &[Atom<'_>], end: End) -> bool {
    if pattern == [Atom::AnySegment] {
        return true;
    }
    let (left, right) = (steps(pattern), steps(template));
    let mut seen = HashSet::new();
    let mut open = vec![(0, 0)];
    while let Some((i, j)) = open.pop() {
        if i == left.len() && (j == right.len() || end == End::Pattern) {
            return true;
        }
        if !seen.insert((i, j)) {
            continue;
        }
        let (Some(one), Some(other)) = (left.get(i), right.get(j)) else {
            continue;
        };
        match (one, other) {
            (Step::Char(a), Step::Char(b)) if a != b => continue,
            (Step::Char(_), Step::Char(_)) => {}
            (Step::Char(_), Step::Value) => open.push((i + 1, j)),
            (Step::Value, Step::Char(_)) => open.push((i, j + 1)),
            (Step::Value, Step::Value) => open.extend([(i + 1, j), (i, j + 1)]),
        }
        open.push((i + 1, j + 1));
    }
    false
}

fn steps(segment: &[Atom<'_>]) -> Vec<Step> {
    let mut steps = Vec::new();
    for atom in segment {
        match atom {
            Atom::Text(text) => steps.extend(text.chars().map(Step::Char)),
            Atom::Value(_) | Atom::AnySegment => steps.push(Step::Value),
        }
    }
    steps
}
