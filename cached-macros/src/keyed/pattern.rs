//! The pattern that is left of a key where some of its placeholders are open.

use cached_key::{Error, PatternTemplate};

use super::fill::{Fill, Placeholder};

/// In the other case the pattern that it would have been, and what its grammar has against it.
pub(super) fn of(
    key: &str,
    placeholders: &[Placeholder],
    fills: &[Fill],
) -> Result<PatternTemplate, (String, Vec<Error>)> {
    let text = text(key, placeholders, fills);
    PatternTemplate::parse(&text)
        .or_else(|errors| match text.rsplit_once(':') {
            // `.` before the star, say, is taken for a regular expression; a whole segment is not.
            Some((before, last)) if last.ends_with('*') => {
                PatternTemplate::parse(&format!("{before}:*")).map_err(|_| errors)
            }
            _ => Err(errors),
        })
        .map_err(|errors| (text, errors))
}

/// Up to the last value that is fixed an open placeholder is `*`; what comes after it is all one `*`.
fn text(key: &str, placeholders: &[Placeholder], fills: &[Fill]) -> String {
    let fixed = fills.iter().rposition(Fill::is_fixed);
    let fixed = fixed.map_or(0, |last| last + 1);
    let mut text = String::new();
    let mut at = 0;
    for (fill, placeholder) in fills.iter().zip(placeholders).take(fixed) {
        let range = placeholder.range.clone();
        text.push_str(key.get(at..range.start).unwrap_or_default());
        text.push_str(if fill.is_fixed() {
            key.get(range.clone()).unwrap_or_default()
        } else {
            "*"
        });
        at = range.end;
    }
    match placeholders.get(fixed) {
        Some(first) => {
            text.push_str(key.get(at..first.range.start).unwrap_or_default());
            text.push('*');
        }
        None => text.push_str(key.get(at..).unwrap_or_default()),
    }
    text
}
