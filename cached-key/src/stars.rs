//! Where a `*` may stand.

use crate::error::Errors;
use crate::fault::Fault;
use crate::placeholder::shortened;
use crate::scan::{Kind, Stage, Token};
use crate::structure::{Layout, range_of};

/// Nowhere in a key or a tag.
pub(crate) fn check_key(layout: &Layout<'_>, errors: &mut Errors) {
    for token in layout.tokens.iter().filter(|token| token.is_star()) {
        errors.push(Fault::StarInKey(layout.subject), token.range.clone());
    }
}

/// Alone in a segment, or at the very end, but not in the first segment.
pub(crate) fn check_pattern(layout: &Layout<'_>, errors: &mut Errors) {
    let mut rest = layout.segments.as_slice();
    if !layout.tokens.first().is_some_and(Token::is_separator)
        && let Some((first, others)) = rest.split_first()
    {
        in_name(layout, first, errors);
        rest = others;
    }
    for (index, segment) in rest.iter().enumerate() {
        let is_last = index + 1 == rest.len();
        if looks_like_regex(layout, segment) {
            errors.push(Fault::Regex, range_of(segment));
        } else {
            in_segment(segment, is_last, errors);
        }
    }
}

fn in_name(layout: &Layout<'_>, first: &[Token], errors: &mut Errors) {
    let is_text = first
        .first()
        .is_some_and(|token| matches!(token.kind, Kind::Text));
    let is_whole = first
        .iter()
        .all(|token| matches!(token.kind, Kind::Text | Kind::Star));
    if is_text && is_whole && first.iter().any(Token::is_star) {
        let range = range_of(first);
        let written = shortened(layout.text.get(range.clone()).unwrap_or_default());
        errors.push(Fault::StarInName { written }, range);
    }
}

fn in_segment(segment: &[Token], is_last: bool, errors: &mut Errors) {
    for (index, token) in segment.iter().enumerate() {
        if !token.is_star() {
            continue;
        }
        let range = token.range.clone();
        let ends_it = index + 1 == segment.len();
        if range.len() > 1 {
            errors.push(Fault::TwoStars, range);
        } else if !ends_it {
            errors.push(Fault::StarInside, range);
        } else if !is_last && segment.len() > 1 {
            errors.push(Fault::StarMidway, range);
        }
    }
}

/// Only what makes no sense otherwise: brackets, dots and the like are ordinary text.
fn looks_like_regex(layout: &Layout<'_>, segment: &[Token]) -> bool {
    let text = layout.text.get(range_of(segment)).unwrap_or_default();
    let has_star = segment.iter().any(Token::is_star);
    if segment.iter().any(Token::is_broken) {
        return false;
    }
    if layout.stage == Stage::Rendered && !has_star {
        return false;
    }
    let repeats_anything = text.starts_with(".*")
        || text.contains(">.*")
        || text.trim_end_matches(".*").contains(".*");
    let repeats_group = ["]*", "]+", "]{"].iter().any(|end| text.contains(end))
        && text.contains('[')
        || [")*", ")+"].iter().any(|end| text.contains(end)) && text.contains('|');
    repeats_anything || text == ".+" || text.contains(">.+") || repeats_group
}
