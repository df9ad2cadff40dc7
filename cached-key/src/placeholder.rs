//! Reads what stands between `<` and `>`, and says what is wrong with it.

use crate::fault::Fault;
use crate::path::Path;

/// How far a `<` reaches.
pub(crate) enum Extent {
    /// Up to and including the `>` that closes it: this many bytes.
    Closed(usize),
    /// Never closed; the text makes sense again after this many bytes.
    Open(usize),
}

/// `text` starts with `<`.
pub(crate) fn extent(text: &str) -> Extent {
    let mut depth = 0_usize;
    for (at, bracket) in text.match_indices(['<', '>']) {
        if bracket == "<" {
            depth += 1;
        } else {
            depth = depth.saturating_sub(1);
        }
        if depth == 0 {
            return Extent::Closed(at + 1);
        }
    }
    Extent::Open(1 + unclosed_content(text).len())
}

/// What the author of an unclosed `<` most likely meant to be inside.
pub(crate) fn unclosed_content(text: &str) -> &str {
    let content = text.strip_prefix('<').unwrap_or(text);
    content
        .split(|c: char| matches!(c, ':' | '<' | '*' | '\\') || c.is_whitespace() || c.is_control())
        .next()
        .unwrap_or_default()
}

/// `content` without brackets around it, white space and control characters already dealt with.
pub(crate) fn read(content: &str) -> Result<Path, Fault> {
    if let Some(path) = Path::parse(content) {
        return Ok(path);
    }
    Err(match content {
        "" => Fault::EmptyPlaceholder,
        "_" => Fault::Wildcard,
        "self" => Fault::BareSelf,
        _ if content.contains('<') => nested_or_doubled(content),
        _ if starts_with_index(content) => Fault::Positional {
            index: leading_index(content),
        },
        _ if is_raw(content) => Fault::RawIdentifier {
            written: content.to_owned(),
        },
        _ if is_expression(content) => Fault::Expression,
        _ if content.contains(':') => Fault::FormatSpec,
        _ => Fault::NotAName {
            written: shortened(content),
        },
    })
}

/// Cuts what a user wrote so that a headline stays a headline.
pub(crate) fn shortened(written: &str) -> String {
    const LONGEST: usize = 40;
    match written.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", written.get(..cut).unwrap_or_default()),
        None => written.to_owned(),
    }
}

fn nested_or_doubled(content: &str) -> Fault {
    let inner = content
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'));
    match inner {
        Some(inner) if !inner.contains(['<', '>']) => Fault::ForeignPlaceholder {
            written: format!("<{}>", shortened(content)),
        },
        _ => Fault::Nested,
    }
}

fn starts_with_index(content: &str) -> bool {
    let root = content.split(['.', ':']).next().unwrap_or_default();
    !root.is_empty() && root.bytes().all(|byte| byte.is_ascii_digit())
}

fn leading_index(content: &str) -> usize {
    let digits = content.split(['.', ':']).next().unwrap_or_default();
    digits.parse().unwrap_or(usize::MAX)
}

fn is_raw(content: &str) -> bool {
    content.contains("r#") && Path::parse(&content.replace("r#", "")).is_some()
}

fn is_expression(content: &str) -> bool {
    let before_format = match content.split_once(':') {
        Some((_, format)) if format.starts_with(':') => return true,
        Some((name, _)) => name,
        None => content,
    };
    before_format.contains(|c: char| "()[]{}+*/%&|^~=,;!?'\"@#$".contains(c))
        || before_format.contains(" -")
        || before_format.contains("- ")
}
