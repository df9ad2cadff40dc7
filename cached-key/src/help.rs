//! What to write instead, ready to be pasted.

use std::ops::Range;

use crate::fault::{Fault, Subject};
use crate::path::Path;
use crate::placeholder::unclosed_content;

pub(crate) fn label(fault: &Fault, found: &str) -> Option<&'static str> {
    match fault {
        Fault::WhiteSpace(_) if found == " " => Some("a space"),
        Fault::WhiteSpace(_) if found.bytes().all(|byte| byte == b' ') => Some("spaces"),
        Fault::Unclosed => Some("opened here"),
        Fault::EmptySegment => Some("nothing between these"),
        _ => None,
    }
}

pub(crate) fn help(fault: &Fault, text: &str, range: &Range<usize>) -> Option<String> {
    let before = text.get(..range.start).unwrap_or_default();
    let found = text.get(range.clone()).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
    match fault {
        Fault::Empty(Subject::Key) => code("\"list:<user_id>:<page>\""),
        Fault::Empty(Subject::Pattern) => code("\"list:<user_id>*\""),
        Fault::Empty(Subject::Tag) => code("\"tenant:<tenant_id>\""),
        Fault::WhiteSpace(_) => code(
            &text
                .split(|c: char| c.is_whitespace() || c.is_control())
                .collect::<String>(),
        ),
        Fault::ControlCharacter(_) => {
            code(&text.replace(|c: char| c.is_whitespace() || c.is_control(), ""))
        }
        Fault::Backslash(_) => code(&text.replace('\\', "")),
        Fault::LeadingSeparator(_) | Fault::TrailingSeparator(_) => {
            code(text.trim_matches(':')).filter(|mended| !mended.starts_with("`<"))
        }
        Fault::Nested => placeholder(found.rsplit('<').next().unwrap_or_default()),
        Fault::EmptySegment => code(&without_runs(text, ':')),
        Fault::TwoStars => {
            code(&without_runs(text, '*')).filter(|mended| *mended != format!("`{text}`"))
        }
        Fault::NoLeadingName(Subject::Key | Subject::Tag) => {
            code(&format!("\"{}\"", with_name(text, found)))
        }
        Fault::ForeignPlaceholder { .. } if found.starts_with('%') => code("<id>"),
        Fault::ForeignPlaceholder { .. } => Some(placeholder(found).unwrap_or("`<id>`".into())),
        Fault::Unclosed => placeholder(unclosed_content(after)),
        Fault::StrayClose => placeholder(last_word(before)),
        Fault::NotAName { .. } => {
            placeholder(&found.replace(['-', ' '], "_")).map(|name| format!("did you mean {name}?"))
        }
        Fault::Expression => {
            Some("bind it in a parameter, or use a field: `<name.field>`".to_owned())
        }
        Fault::FormatSpec => placeholder(found.split(':').next().unwrap_or_default()),
        Fault::RawIdentifier { .. } => {
            placeholder(&found.replace("r#", "")).map(|name| format!("write {name}"))
        }
        Fault::BareSelf => code("<self.tenant>"),
        Fault::Touching { first, second } | Fault::Ambiguous { first, second } => {
            code(&format!("{first}:{second}"))
        }
        Fault::Repeated { .. } => Some("remove one".to_owned()),
        Fault::StarInName { .. } => {
            let name = found
                .split('*')
                .next()
                .unwrap_or_default()
                .trim_end_matches('.');
            code(&format!("{name}:*"))
        }
        Fault::StarInside => either(&format!("{before}*"), &format!("{}*", to_segment(before))),
        Fault::StarMidway => either(
            &format!("{}*{after}", to_segment(before)),
            &format!("{before}*"),
        ),
        Fault::Regex => code(&format!("{}*", to_segment(before))),
        Fault::Unescaped { bracket: '<' } => Some("write `%3C`".to_owned()),
        Fault::Unescaped { .. } => Some("write `%3E`".to_owned()),
        _ => None,
    }
}

fn code(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| format!("`{text}`"))
}

fn either(one: &str, other: &str) -> Option<String> {
    if one == other {
        code(one)
    } else {
        Some(format!("`{one}`, `{other}`"))
    }
}

/// The placeholder that someone had in mind, whatever stands around its name.
fn placeholder(written: &str) -> Option<String> {
    let name = written.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
    Path::parse(name).map(|path| format!("`<{path}>`"))
}

fn last_word(text: &str) -> &str {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let text = text.trim_end_matches('>');
    text.get(text.trim_end_matches(is_path).len()..)
        .unwrap_or_default()
}

fn without_runs(text: &str, repeated: char) -> String {
    let mut previous = None;
    text.chars()
        .filter(|&c| previous.replace(c) != Some(repeated) || c != repeated)
        .collect()
}

/// `<tenant>:x` gets a name before it, `conv<id>` has one already.
fn with_name(text: &str, first_segment: &str) -> String {
    match first_segment.split_once('<') {
        Some((name, _)) if !name.is_empty() => {
            format!("{name}:{}", text.get(name.len()..).unwrap_or_default())
        }
        _ => format!("name:{text}"),
    }
}

fn to_segment(before: &str) -> &str {
    let start = before.rfind(':').map_or(0, |at| at + 1);
    before.get(..start).unwrap_or_default()
}
