//! Checks how the tokens of a text stand to each other; the second of two steps that every parser here takes.

use std::ops::Range;

use crate::TEXT_LIMIT;
use crate::error::Errors;
use crate::escape::is_never_in_a_value;
use crate::fault::{Fault, Subject};
use crate::path::Path;
use crate::placeholder::shortened;
use crate::scan::{Kind, Stage, Token};
use crate::stars;

/// A text in tokens, as the checks look at it.
pub(crate) struct Layout<'a> {
    pub(crate) text: &'a str,
    pub(crate) subject: Subject,
    pub(crate) stage: Stage,
    pub(crate) tokens: &'a [Token],
    /// The tokens between separators; never empty slices.
    pub(crate) segments: Vec<&'a [Token]>,
}

/// Reports everything that tokens alone cannot tell.
pub(crate) fn check(
    text: &str,
    subject: Subject,
    stage: Stage,
    tokens: &[Token],
    errors: &mut Errors,
) {
    if tokens.is_empty() {
        return errors.push(Fault::Empty(subject), 0..0);
    }
    let segments = tokens
        .split(Token::is_separator)
        .filter(|segment| !segment.is_empty())
        .collect();
    let layout = Layout {
        text,
        subject,
        stage,
        tokens,
        segments,
    };

    separators(&layout, errors);
    leading_name(&layout, errors);
    neighbours(&layout, errors);
    repetitions(&layout, errors);
    length(&layout, errors);
    match subject {
        Subject::Key | Subject::Tag => stars::check_key(&layout, errors),
        Subject::Pattern => stars::check_pattern(&layout, errors),
    }
}

pub(crate) fn range_of(segment: &[Token]) -> Range<usize> {
    match (segment.first(), segment.last()) {
        (Some(first), Some(last)) => first.range.start..last.range.end,
        _ => 0..0,
    }
}

fn separators(layout: &Layout<'_>, errors: &mut Errors) {
    for token in layout.tokens.iter().filter(|token| token.is_separator()) {
        let range = token.range.clone();
        if range.start == 0 {
            errors.push(Fault::LeadingSeparator(layout.subject), range);
        } else if range.end == layout.text.len() {
            errors.push(Fault::TrailingSeparator(layout.subject), range);
        } else if range.len() > 1 {
            errors.push(Fault::EmptySegment, range);
        }
    }
}

fn leading_name(layout: &Layout<'_>, errors: &mut Errors) {
    // The name that mends a leading separator mends this too.
    if layout.tokens.first().is_some_and(Token::is_separator) {
        return;
    }
    let Some(first) = layout.segments.first() else {
        return;
    };
    let has_placeholder = first
        .iter()
        .any(|token| matches!(token.kind, Kind::Value(_)));
    let starts_with_star =
        layout.subject == Subject::Pattern && first.first().is_some_and(Token::is_star);
    if has_placeholder || starts_with_star {
        errors.push(Fault::NoLeadingName(layout.subject), range_of(first));
    }
}

/// Two placeholders in one segment must stay apart whatever their values.
fn neighbours(layout: &Layout<'_>, errors: &mut Errors) {
    for segment in &layout.segments {
        let mut before: Option<(&Path, &Token)> = None;
        let mut between = "";
        for token in *segment {
            match &token.kind {
                Kind::Text => between = layout.text.get(token.range.clone()).unwrap_or_default(),
                Kind::Value(path) => {
                    // A repeated placeholder is a fault of its own, and one of the two goes away.
                    if let Some((left, start)) = before
                        && left != path
                    {
                        let (first, second) = (bracketed(left), bracketed(path));
                        let range = start.range.start..token.range.end;
                        // More matches do no harm to a pattern; a shared key hands out a foreign value.
                        if between.is_empty() {
                            errors.push(Fault::Touching { first, second }, range);
                        } else if layout.subject == Subject::Key
                            && !between.contains(is_never_in_a_value)
                        {
                            errors.push(Fault::Ambiguous { first, second }, range);
                        }
                    }
                    before = Some((path, token));
                    between = "";
                }
                Kind::Separator | Kind::Star | Kind::Broken => before = None,
            }
        }
    }
}

fn repetitions(layout: &Layout<'_>, errors: &mut Errors) {
    let mut seen: Vec<&Path> = Vec::new();
    for token in layout.tokens {
        let Kind::Value(path) = &token.kind else {
            continue;
        };
        if seen.contains(&path) {
            errors.push(
                Fault::Repeated {
                    placeholder: bracketed(path),
                },
                token.range.clone(),
            );
        } else {
            seen.push(path);
        }
    }
}

fn length(layout: &Layout<'_>, errors: &mut Errors) {
    if layout.stage == Stage::Rendered {
        return;
    }
    let literal = layout
        .tokens
        .iter()
        .filter(|token| !matches!(token.kind, Kind::Value(_)));
    let length: usize = literal.map(|token| token.range.len()).sum();
    if length > TEXT_LIMIT {
        errors.push(
            Fault::TooLong {
                subject: layout.subject,
                length,
            },
            0..layout.text.len(),
        );
    }
}

fn bracketed(path: &Path) -> String {
    format!("<{}>", shortened(&path.to_string()))
}
