//! Texts to try: hostile ones, sound ones, small ones.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Anything at all, or a mix of what means something in the grammar.
pub(crate) fn any_text() -> impl Strategy<Value = String> {
    const PIECES: [&str; 40] = [
        "a", "b1", "user", "id", "self", "_", "0", "r#type", ":", ":", ":", "<", ">", "<id>",
        "<a.b>", "<self.x>", "*", "*", "{", "}", "{,:*}", "${id}", "%s", "%", "%-", "%3A", "\\",
        "\\d+", ".", "-", ",", "(", ")", " ", "\n", "\u{a0}", "\u{85}", "é", "日", "\u{0}",
    ];
    prop_oneof![
        any::<String>(),
        vec(select(PIECES.to_vec()), 0..12).prop_map(|pieces| pieces.concat())
    ]
}

/// A value full of what needs an escape.
pub(crate) fn any_value() -> impl Strategy<Value = String> {
    const PIECES: [&str; 30] = [
        "a", "B", "7", "é", "日本", "+", "-", "%", "%-", "%_", "%3A", ":", "*", "<", ">", "?", "[",
        "]", "{", "}", "\\", ",", "(", ")", " ", "\t", "\u{7f}", "\u{85}", "\u{2003}", "\u{3000}",
    ];
    prop_oneof![
        any::<String>(),
        vec(select(PIECES.to_vec()), 0..6).prop_map(|pieces| pieces.concat()),
        vec(select(PIECES.to_vec()), 60..80).prop_map(|pieces| pieces.concat()),
    ]
}

/// A segment of a template: `_` stands for a placeholder, to be named by [`named`].
fn segment() -> impl Strategy<Value = &'static str> {
    select(vec![
        "a", "b", "ab", "é", "{x}", "_", "a_", "_b", "a_b", "_{_", "100%",
    ])
}

/// A sound template.
pub(crate) fn template() -> impl Strategy<Value = String> {
    vec(segment(), 0..4).prop_map(|segments| named("c", &segments, ""))
}

/// A sound pattern template.
pub(crate) fn pattern_template() -> impl Strategy<Value = String> {
    let segment = prop_oneof![3 => segment(), 1 => Just("*")];
    (vec(segment, 0..4), select(vec!["", ":*", "*"])).prop_map(|(segments, tail)| {
        let ends_openly = segments.last().is_none_or(|last| *last == "*");
        named(
            "c",
            &segments,
            if ends_openly && tail == "*" {
                ":*"
            } else {
                tail
            },
        )
    })
}

/// Few segments over few letters, so that two of them often meet.
pub(crate) fn small(
    segments: &[&'static str],
    tails: &[&'static str],
) -> impl Strategy<Value = String> {
    (vec(select(segments.to_vec()), 1..3), select(tails.to_vec())).prop_map(|(segments, tail)| {
        let ends_in_star = segments.last().is_some_and(|last| *last == "*");
        named(
            "c",
            &segments,
            if ends_in_star && tail == "*" {
                ""
            } else {
                tail
            },
        )
    })
}

/// Puts the segments together, each `_` a placeholder of its own name.
fn named(name: &str, segments: &[&str], tail: &str) -> String {
    let mut names = ["p", "q.x", "self.r", "s.0", "t", "u", "v", "w"].into_iter();
    let mut text = name.to_owned();
    for c in segments
        .iter()
        .flat_map(|segment| [":", segment])
        .flat_map(str::chars)
    {
        match c {
            '_' => text.extend(["<", names.next().unwrap(), ">"]),
            literal => text.push(literal),
        }
    }
    text + tail
}
