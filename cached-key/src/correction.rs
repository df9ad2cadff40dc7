//! What a pattern that meets no template was probably meant to be, and the other way round.

use crate::meeting::{Meeting, meeting};
use crate::path::Path;
use crate::pattern::Tail;
use crate::pattern_template::PatternTemplate;
use crate::respelling::{PLACEHOLDER, Respelt, may_be_near, outline, outlines};
use crate::shape;
use crate::template::Template;

/// A text that would meet something, in the place of one that does not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Correction {
    text: String,
    edits: usize,
    is_slip: bool,
}

impl Correction {
    /// The pattern nearest to `pattern` that meets one of `templates`. It keeps the placeholders of `pattern`.
    ///
    /// ```
    /// use cached_key::{Correction, PatternTemplate, Template};
    ///
    /// let templates = [Template::parse("conversations:user:<user_id>:status:<status>").unwrap()];
    /// let meant = |pattern| {
    ///     let correction = Correction::of_pattern(&PatternTemplate::parse(pattern).unwrap(), &templates);
    ///     correction.map(|correction| correction.text().to_owned())
    /// };
    /// assert_eq!(meant("convesations:user:<id>*").as_deref(), Some("conversations:user:<id>*"));
    /// assert_eq!(meant("conversations:us:er:<id>*").as_deref(), Some("conversations:user:<id>*"));
    /// assert_eq!(meant("conversations:user:<id>").as_deref(), Some("conversations:user:<id>*"));
    /// assert_eq!(meant("messages:<id>"), None);
    /// ```
    pub fn of_pattern<'a>(
        pattern: &PatternTemplate,
        templates: impl IntoIterator<Item = &'a Template>,
    ) -> Option<Self> {
        let own = outlines(&shape::of_pattern(pattern));
        let names: Vec<_> = pattern.placeholders().map(|(path, _)| path).collect();
        let mut best: Option<Self> = None;
        for template in templates {
            let model = outlines(&shape::of_template(template));
            for length in own.len().saturating_sub(1).max(1)..=own.len() + 1 {
                let Some(head) = model.get(..length) else {
                    break;
                };
                let Some(respelt) = Respelt::new(&own, head) else {
                    continue;
                };
                let goes_on = length < model.len();
                let (tail, more) = tail(pattern.tail(), &respelt, goes_on);
                let spare = template.placeholders().map(|(path, _)| path);
                let Some(text) = named(&respelt.text(), names.iter().copied().chain(spare)) else {
                    continue;
                };
                let text = text + tail;
                let meets = PatternTemplate::parse(&text)
                    .is_ok_and(|it| meeting(&it, template) >= Some(Meeting::ByValue));
                if meets && *text != *pattern.to_string() {
                    let edits = respelt.edits + more;
                    take_better(&mut best, text, edits, respelt.is_slip && more == 0);
                }
            }
        }
        best
    }

    /// The template that is one [slip](Self::is_slip) away from `template` and that one of `patterns` meets. It keeps the
    /// placeholders of `template`.
    ///
    /// ```
    /// use cached_key::{Correction, PatternTemplate, Template};
    ///
    /// let patterns = [PatternTemplate::parse("team:<ret.team_id>*").unwrap()];
    /// let correction = Correction::of_template(&Template::parse("taem:<id>").unwrap(), &patterns).unwrap();
    /// assert_eq!(correction.text(), "team:<id>");
    /// assert!(Correction::of_template(&Template::parse("users:<id>").unwrap(), &patterns).is_none());
    /// ```
    pub fn of_template<'a>(
        template: &Template,
        patterns: impl IntoIterator<Item = &'a PatternTemplate>,
    ) -> Option<Self> {
        let own = outlines(&shape::of_template(template));
        let names: Vec<_> = template.placeholders().map(|(path, _)| path).collect();
        let text = own.join(":");
        for pattern in patterns {
            // Of many patterns hardly any is near, and most of them do not even end where it would have to.
            if !may_be_near(&text, &outline(pattern)) {
                continue;
            }
            let model = outlines(&shape::of_pattern(pattern));
            for length in model.len().saturating_sub(1).max(1)..=model.len() + 1 {
                let (Some(head), Some(rest)) = (own.get(..length), own.get(length..)) else {
                    break;
                };
                let Some(respelt) = Respelt::new(head, &model).filter(|it| it.is_slip) else {
                    continue;
                };
                let mut segments = respelt.segments;
                segments.extend_from_slice(rest);
                let Some(text) = named(&segments.join(":"), names.iter().copied()) else {
                    continue;
                };
                let meets = Template::parse(&text)
                    .is_ok_and(|it| meeting(pattern, &it) == Some(Meeting::AsWritten));
                if meets && *text != *template.to_string() {
                    return Some(Self {
                        text,
                        edits: 1,
                        is_slip: true,
                    });
                }
            }
        }
        None
    }

    /// What was probably meant.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether one letter of a word makes the difference, so that hardly anybody means both. Short words differ in a letter
    /// anyway, and numbers are there to be told apart.
    pub fn is_slip(&self) -> bool {
        self.is_slip
    }
}

fn take_better(best: &mut Option<Correction>, text: String, edits: usize, is_slip: bool) {
    if best.as_ref().is_none_or(|best| edits < best.edits) {
        *best = Some(Correction {
            text,
            edits,
            is_slip,
        });
    }
}

/// The end of a corrected pattern, and how many edits it takes.
fn tail(tail: Tail, respelt: &Respelt, goes_on: bool) -> (&'static str, usize) {
    let star = if respelt.ends_in_placeholder() {
        "*"
    } else {
        ":*"
    };
    match (tail, goes_on) {
        (Tail::Exact, false) => ("", 0),
        (Tail::Exact, true) => (star, 1),
        (Tail::Below, true) => (":*", 0),
        (Tail::Below, false) if star == "*" => ("*", 1),
        (Tail::Below, false) => ("", 2),
        (Tail::AtOrBelow, _) => (star, 0),
        (Tail::Continues, _) => ("*", 0),
    }
}

/// The text with names for its placeholders, if there are enough.
fn named<'a>(outline: &str, mut names: impl Iterator<Item = &'a Path>) -> Option<String> {
    let mut out = String::with_capacity(outline.len());
    for c in outline.chars() {
        if c == PLACEHOLDER {
            out.extend(["<", &names.next()?.to_string(), ">"]);
        } else {
            out.push(c);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_pattern(pattern: &str, templates: &[&str]) -> Option<String> {
        let templates: Vec<_> = templates
            .iter()
            .map(|text| Template::parse(text).unwrap())
            .collect();
        let pattern = PatternTemplate::parse(pattern).unwrap();
        Correction::of_pattern(&pattern, &templates).map(|correction| correction.text)
    }

    fn of_template(template: &str, pattern: &str) -> Option<String> {
        let patterns = [PatternTemplate::parse(pattern).unwrap()];
        let correction = Correction::of_template(&Template::parse(template).unwrap(), &patterns)?;
        Some(correction.text)
    }

    #[test]
    fn patterns_keep_their_own_placeholders() {
        let templates = [
            "inbox:<user_id>:unread:<conversation_id>",
            "inbox:<user_id>:counters",
        ];
        for (written, meant) in [
            (
                "inbx:<ret.user>:counters",
                Some("inbox:<ret.user>:counters"),
            ),
            ("inbox:<u>:conters", Some("inbox:<u>:counters")),
            ("inbox:<u>:unrad:<c>", Some("inbox:<u>:unread:<c>")),
            ("inbox:<u>unread:<c>", Some("inbox:<u>:unread:<c>")),
            ("inbox:<u>x:counters", Some("inbox:<u>:counters")),
            ("inbox:u<u>:counters", Some("inbox:<u>:counters")),
            ("inbox:<u>:unrad:*", Some("inbox:<u>:unread:*")),
            ("inbox:*:unrad:7", Some("inbox:*:unread:7")),
            ("inbox:<u>:counters:*", Some("inbox:<u>:counters")),
            ("inbox:<u>:outbox", None),
            ("outbox:<u>:counters", None),
        ] {
            assert_eq!(
                of_pattern(written, &templates).as_deref(),
                meant,
                "{written}"
            );
        }
    }

    #[test]
    fn of_several_the_nearest_is_meant() {
        let templates = ["posts:<id>:list", "posts:<id>:lost"];
        assert_eq!(
            of_pattern("posts:<i>:lots", &templates).as_deref(),
            Some("posts:<i>:lost")
        );
    }

    #[test]
    fn templates_are_corrected_towards_patterns() {
        for (written, pattern, meant) in [
            (
                "conversation1:<id>",
                "conversation:<c>",
                "conversation:<id>",
            ),
            (
                "conver:sation:<id>",
                "conversation:<c>",
                "conversation:<id>",
            ),
            (
                "messages:<id>:pag:<n>",
                "messages:<m>:page:*",
                "messages:<id>:page:<n>",
            ),
        ] {
            assert_eq!(
                of_template(written, pattern).as_deref(),
                Some(meant),
                "{written}"
            );
        }
        for (written, pattern) in [
            ("rows-v1:<id>", "rows-v2:<id>"),
            ("a:<id>", "b:<id>"),
            ("a:u<id>", "a:g<id>"),
            ("unread:<id>", "read:<id>"),
            ("users:<id>", "teams:<id>"),
            ("users:all", "user:<id>"),
        ] {
            assert_eq!(of_template(written, pattern), None, "{written}");
        }
    }
}
