//! How an error speaks: what a headline, a drawing, a help and a note look like, and where the caret is.

use crate::golden::Told;

const LONGEST: usize = 80;
const LABEL: usize = 8;

/// Words that say nothing, and words for which there is a better one.
const FORBIDDEN: &[(&str, &str)] = &[
    ("please", "say what to write"),
    ("sorry", "say what to write"),
    ("oops", "say what to write"),
    ("invalid", "say what is wrong"),
    ("illegal", "say what is wrong"),
    ("bad", "say what is wrong"),
    ("malformed", "say what is wrong"),
    ("unsupported", "say what is wrong"),
    ("failed", "say what is wrong"),
    ("cannot", "can't"),
    ("don't", "do without"),
    ("param", "parameter"),
    ("params", "parameters"),
    ("arg", "parameter"),
    ("args", "parameters"),
    ("attr", "attribute"),
    ("async function", "`async fn`"),
    ("whitespace", "white space"),
    ("fetch", "load"),
    ("fetched", "loaded"),
    ("factory", "load"),
    ("bust", "invalidate"),
    ("purge", "invalidate"),
    ("expires", "`ttl`"),
    ("epoch", "fence"),
    ("dogpile", "single-flight"),
    ("wildcard", "`*`"),
];

/// What is wrong with the words of a headline.
pub(crate) fn headline(text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let length = text.chars().count();
    if length > LONGEST {
        complaints.push(format!(
            "it has {length} characters, and {LONGEST} is the limit"
        ));
    }
    let first = text.chars().next();
    if !first.is_some_and(|first| first == '`' || (first.is_alphabetic() && first.is_lowercase())) {
        complaints.push("it begins neither in lower case nor with a backtick".to_owned());
    }
    if text.ends_with(['.', '!', '?', ',', ';', ':', ' ']) {
        complaints.push("it ends in a sign".to_owned());
    }
    if !text.matches('`').count().is_multiple_of(2) {
        complaints.push("a backtick is never closed".to_owned());
    }
    if text.contains("  ") || text.contains(['\t', '\n']) {
        complaints.push("it has white space in a row".to_owned());
    }
    complaints.extend(words(text));
    complaints
}

/// What is in backticks is the user's.
fn words(text: &str) -> Vec<String> {
    let prose: Vec<_> = text.split('`').step_by(2).collect();
    let prose = format!(" {} ", prose.join(" ").to_lowercase());
    let spoken: String = prose
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || c == '\'' {
                c
            } else {
                ' '
            }
        })
        .collect();
    FORBIDDEN
        .iter()
        .filter(|(word, _)| spoken.contains(&format!(" {word} ")))
        .map(|(word, better)| format!("\"{word}\" is not a word of ours: {better}"))
        .collect()
}

/// What is wrong with an error as a whole.
pub(crate) fn error(told: &Told) -> Vec<String> {
    let mut complaints = headline(&told.headline);
    if told.help.len() > 2 {
        complaints.push(format!(
            "it has {} helps, and two are enough",
            told.help.len()
        ));
    }
    if told.note.len() > 1 {
        complaints.push(format!(
            "it has {} notes, and one is enough",
            told.note.len()
        ));
    }
    // Others can be told below the source, and a panic has room for a headline only.
    if told.code.is_none() && told.help.is_empty() && told.note.is_empty() {
        complaints.push("it shows no way out: neither a help nor a note".to_owned());
    }
    for line in told.help.iter().chain(&told.note) {
        if line.ends_with(['.', '!']) || line.trim().is_empty() {
            complaints.push(format!(
                "a help or a note ends in a sign, or is empty: \"{line}\""
            ));
        }
        complaints.extend(words(line));
    }
    complaints.extend(drawing(&told.drawing));
    let missing = ["missing", "needs"]
        .iter()
        .any(|word| told.headline.contains(word));
    if !missing && points_at_all(&told.source) {
        complaints
            .push("the caret is under the whole attribute, though nothing is missing".to_owned());
    }
    complaints
}

fn drawing(lines: &[String]) -> Option<String> {
    match lines {
        [] => None,
        [text, caret] => {
            let start = caret.find('^')?;
            let label = caret.trim_start().trim_start_matches('^');
            let end = caret.len() - label.len();
            let length = text.chars().count();
            // White space at the end of the text is not in the golden.
            let beside = end > length && start != length;
            if !caret.trim_start().starts_with('^') || beside {
                Some(format!(
                    "the caret is not under the text: \"{text}\", \"{caret}\""
                ))
            } else if label.split_whitespace().count() > LABEL {
                Some(format!(
                    "the label has more than {LABEL} words: \"{}\"",
                    label.trim()
                ))
            } else if start == end {
                Some("there is no caret".to_owned())
            } else {
                None
            }
        }
        _ => Some("a drawing is a text and a caret below it".to_owned()),
    }
}

/// The first underline begins at the `#` of an attribute.
fn points_at_all(source: &[String]) -> bool {
    let mut above = "";
    for line in source {
        let Some((_, shown)) = line.split_once("| ") else {
            continue;
        };
        if shown.trim_start().starts_with('^') {
            let start = shown.len() - shown.trim_start().len();
            return above
                .get(start..)
                .is_some_and(|marked| marked.starts_with("#["));
        }
        above = shown;
    }
    false
}

/// Errors of one case that say the same at the same place.
pub(crate) fn twice(errors: &[&Told]) -> Vec<String> {
    let said = |told: &Told| (told.at.clone(), told.headline.clone(), told.drawing.clone());
    let mut complaints = Vec::new();
    for (index, told) in errors.iter().enumerate() {
        if errors
            .iter()
            .take(index)
            .any(|earlier| said(earlier) == said(told))
        {
            complaints.push(format!("it is told twice: \"{}\"", told.headline));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::parse;

    fn complaint(text: &str) -> String {
        headline(text).join("\n")
    }

    #[test]
    fn good_headlines() {
        for text in [
            "missing `key`",
            "`{id}` is not a placeholder here",
            "a cached value can't borrow",
            "unknown option `invalid`",
            "`<` is never closed",
        ] {
            assert_eq!(complaint(text), "", "{text}");
        }
    }

    #[test]
    fn a_headline_that_is_too_long() {
        assert_eq!(complaint(&"x".repeat(80)), "");
        assert!(complaint(&"x".repeat(81)).contains("81 characters"));
    }

    #[test]
    fn a_headline_in_upper_case() {
        assert!(complaint("Missing `key`").contains("lower case"));
        assert!(complaint("").contains("lower case"));
        assert!(complaint("- missing").contains("lower case"));
    }

    #[test]
    fn a_headline_that_ends_in_a_sign() {
        for text in [
            "missing `key`.",
            "missing `key`!",
            "why?",
            "missing:",
            "missing ",
        ] {
            assert!(complaint(text).contains("ends in a sign"), "{text}");
        }
    }

    #[test]
    fn a_headline_with_half_a_backtick() {
        assert!(complaint("missing `key").contains("backtick"));
    }

    #[test]
    fn a_headline_with_white_space() {
        assert!(complaint("missing  `key`").contains("white space"));
    }

    #[test]
    fn words_that_are_not_ours() {
        for (word, _) in FORBIDDEN {
            assert!(
                complaint(&format!("this is {word}, `x`")).contains("not a word of ours"),
                "{word}"
            );
            assert_eq!(complaint(&format!("this is `{word}`")), "", "{word}");
        }
        assert!(complaint("can an async function, too").contains("`async fn`"));
    }

    #[test]
    fn more_than_two_helps_or_one_note() {
        let told = Told {
            headline: "missing `key`".to_owned(),
            help: vec!["a".to_owned(), "b".to_owned(), "c".to_owned()],
            note: vec!["a".to_owned(), "please.".to_owned()],
            ..Told::default()
        };
        let told = error(&told).join("\n");
        assert!(told.contains("3 helps"), "{told}");
        assert!(told.contains("2 notes"), "{told}");
        assert!(told.contains("\"please.\""), "{told}");
        assert!(told.contains("not a word of ours"), "{told}");
    }

    #[test]
    fn an_error_that_shows_no_way_out() {
        let mut told = Told {
            headline: "missing `key`".to_owned(),
            ..Told::default()
        };
        assert!(error(&told).concat().contains("no way out"));
        told.help = vec!["add `key = \"a\"`".to_owned()];
        assert!(error(&told).is_empty());
    }

    #[test]
    fn a_drawing_whose_caret_is_beside_it() {
        let told = |lines: &[&str]| {
            let lines: Vec<_> = lines.iter().map(|line| (*line).to_owned()).collect();
            drawing(&lines).unwrap_or_default()
        };
        assert_eq!(told(&[]), "");
        assert_eq!(told(&["user:<id>", "     ^^^^ here"]), "");
        assert_eq!(told(&["user:<id>", "         ^ a space"]), "");
        assert!(told(&["user:<id>", "      ^^^^ here"]).contains("not under the text"));
        assert!(told(&["user:<id>", "     here ^"]).contains("not under the text"));
        assert!(
            told(&[
                "user:<id>",
                "     ^ one two three four five six seven eight nine"
            ])
            .contains("8 words")
        );
        assert!(told(&["user:<id>"]).contains("a caret below it"));
    }

    #[test]
    fn a_caret_under_everything() {
        let golden = |headline: &str, underline: &str| {
            let text = format!(
                "error: {headline}\n = help: x\n --> fail/t/a.rs:3:1\n  |\n3 | #[cached(ttl)]\n  | {underline}\n"
            );
            error(&parse(&text)[0]).join("\n")
        };
        assert!(golden("`ttl` is odd", "^^^^^^^^^^^^^^").contains("whole attribute"));
        assert_eq!(golden("`ttl` is odd", "         ^^^"), "");
        assert_eq!(golden("missing `key`", "^^^^^^^^^^^^^^"), "");
    }

    #[test]
    fn what_is_told_twice() {
        let text = "error: a\n --> x:1:1\nerror: a\n --> x:1:2\nerror: a\n --> x:1:1\n";
        let errors = parse(text);
        let errors: Vec<_> = errors.iter().collect();
        assert_eq!(twice(&errors), ["it is told twice: \"a\""]);
        assert!(twice(&errors[..2]).is_empty());
    }
}
