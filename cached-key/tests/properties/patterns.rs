//! Matching, overlap and cover agree with a matcher that knows nothing of segments.

use cached_key::{
    Correction, Key, KeyMemory, KeyWriter, Meeting, Part, Pattern, PatternBuf, PatternPart,
    PatternTemplate, Tail, Template, meeting, overlap,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::cases;
use crate::texts::{any_value, pattern_template, small};

const ENDINGS: [&str; 3] = ["", "*", ":*"];

/// Matches letter by letter with backtracking; a placeholder and a `*` inside are any text without a separator.
fn naive(pattern: &str, key: &str) -> bool {
    let Some(first) = pattern.chars().next() else {
        return key.is_empty();
    };
    let below = key.len() > 1 && key.starts_with(':');
    match pattern {
        "*" => true,
        ":*" => below,
        "{,:*}" => key.is_empty() || below,
        _ if first == '*' || first == '<' => {
            let after = if first == '*' {
                &pattern[1..]
            } else {
                &pattern[pattern.find('>').unwrap() + 1..]
            };
            let after = if first == '<' && after == "*" {
                "{,:*}"
            } else {
                after
            };
            let ends = key
                .char_indices()
                .take_while(|(_, c)| *c != ':')
                .map(|(at, c)| at + c.len_utf8());
            ends.into_iter().any(|end| naive(after, &key[end..]))
        }
        _ => key
            .strip_prefix(first)
            .is_some_and(|rest| naive(&pattern[first.len_utf8()..], rest)),
    }
}

fn key() -> impl Strategy<Value = String> {
    vec(select(vec!["a", "b", "ab", "aa", "aba", "é"]), 1..5)
        .prop_map(|segments| format!("c:{}", segments.join(":")))
}

/// `values` go to the placeholders in the order of their names.
fn fill(template: &PatternTemplate, value: impl Fn(&str) -> String) -> Pattern {
    let mut pattern = PatternBuf::new();
    for part in template.parts() {
        match part {
            PatternPart::Text(text) => pattern.text(text),
            PatternPart::Value(path) => pattern.value(&value(&path.to_string())),
            PatternPart::AnySegment => pattern.any_segment(),
        }
    }
    pattern.finish(template.tail())
}

fn encoded(value: &str) -> String {
    let mut memory = KeyMemory::new();
    let mut key = KeyWriter::new(&mut memory);
    key.value(|writer| writer.str(value));
    String::from_utf8(key.as_bytes().to_vec()).unwrap()
}

/// Every key that `template` can render with short values.
fn keys_of(template: &Template) -> Vec<String> {
    const VALUES: [&str; 17] = [
        "a", "b", "aa", "ab", "ba", "bb", "aaa", "aab", "aba", "abb", "baa", "bab", "bba", "bbb",
        "{", "{a", "a{a",
    ];
    template
        .parts()
        .iter()
        .fold(vec![String::new()], |keys, part| match part {
            Part::Text(text) => keys.into_iter().map(|key| key + text).collect(),
            Part::Value(_) => keys
                .iter()
                .flat_map(|key| VALUES.map(|value| format!("{key}{value}")))
                .collect(),
        })
}

/// All keys of up to three segments over few texts.
fn small_keys() -> Vec<String> {
    let mut keys = vec!["c".to_owned()];
    let mut level = keys.clone();
    for _ in 0..3 {
        level = level
            .iter()
            .flat_map(|key| ["a", "b", "ab", "aa", "aba"].map(|segment| format!("{key}:{segment}")))
            .collect();
        keys.extend(level.iter().cloned());
    }
    keys
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_matcher_agrees_with_a_naive_one(
        pattern in small(&["a", "b", "ab", "aa", "é", "*"], &["", "*", ":*", "{,:*}", ":*:*", ":*:a"]),
        keys in vec(key(), 20),
    ) {
        // A star that stands for a segment is no text that goes on.
        prop_assume!(!pattern.contains("*{"));
        let parsed = Pattern::parse(&pattern).unwrap();
        for key in keys {
            prop_assert_eq!(parsed.matches(&key), naive(&parsed.to_string(), &key), "{} {}", parsed, key);
        }
    }

    #[test]
    fn a_filled_pattern_prints_what_it_is(text in pattern_template(), values in vec(any_value(), 8)) {
        let template = PatternTemplate::parse(&text).unwrap();
        let count = std::cell::Cell::new(0);
        let pattern = fill(&template, |_| {
            let index = count.replace(count.get() + 1);
            encoded(&values[index])
        });
        prop_assert_eq!(Pattern::parse(&pattern.to_string()), Ok(pattern.clone()));
        prop_assert_eq!(pattern.cache(), template.cache());
    }

    #[test]
    fn a_pattern_finds_the_keys_of_its_values(one in any_value(), other in any_value()) {
        let key = |value: &str, below: &str| {
            let mut memory = KeyMemory::new();
            let mut key = KeyWriter::new(&mut memory);
            key.text("user:");
            key.value(|writer| writer.str(value));
            key.text(below);
            Key::from(&key)
        };
        let template = PatternTemplate::parse("user:<id>*").unwrap();
        let pattern = fill(&template, |_| encoded(&one));
        prop_assert!(pattern.matches(key(&one, "").as_str()));
        prop_assert!(pattern.matches(key(&one, ":posts").as_str()));
        prop_assert_eq!(pattern.matches(key(&other, "").as_str()), one == other);
        prop_assert_eq!(pattern.matches(key(&other, ":posts").as_str()), one == other);
    }

    #[test]
    fn overlap_is_what_a_search_finds(
        pattern in small(&["a", "b", "ab", "*", "_", "a_", "_b", "a_b", "_a_", "_{_"], &ENDINGS),
        template in small(&["a", "ab", "_", "a_", "_b", "a_b", "_{_"], &["", ":b"]),
    ) {
        let Ok(parsed) = PatternTemplate::parse(&pattern) else { return Ok(()) };
        let template = Template::parse(&template).unwrap();
        prop_assume!(template.placeholders().count() < 4);
        let found = keys_of(&template).iter().any(|key| naive(&pattern, key));
        prop_assert_eq!(overlap(&parsed, &template), found, "{} {}", parsed, template);
    }

    #[test]
    fn as_written_the_same_values_match(
        pattern in small(&["a", "b", "ab", "*", "_", "a_", "_b", "a_b", "_{_"], &ENDINGS),
        template in small(&["a", "ab", "_", "a_", "_b", "a_b", "_{_"], &["", ":b"]),
    ) {
        let Ok(parsed) = PatternTemplate::parse(&pattern) else { return Ok(()) };
        let template = Template::parse(&template).unwrap();
        let mut memory = KeyMemory::new();
        let mut key = KeyWriter::new(&mut memory);
        for part in template.parts() {
            match part {
                Part::Text(text) => key.text(text),
                Part::Value(_) => key.value(|value| value.str("v")),
            }
        }
        let matches = fill(&parsed, |_| "v".to_owned()).matches(Key::from(&key).as_str());
        match meeting(&parsed, &template) {
            Some(Meeting::AsWritten) => prop_assert!(matches, "{} {}", parsed, template),
            Some(Meeting::ByChance | Meeting::ByValue) | None => {
                prop_assert!(!matches, "{} {}", parsed, template);
            }
        }
    }

    #[test]
    fn what_is_corrected_meets_what_it_was_corrected_to(
        pattern in small(&["abcd", "abc", "*", "_", "abcd_"], &ENDINGS),
        template in small(&["abcd", "abxd", "_", "abcd_"], &["", ":b"]),
    ) {
        let Ok(parsed) = PatternTemplate::parse(&pattern) else { return Ok(()) };
        let template = Template::parse(&template).unwrap();
        if let Some(correction) = Correction::of_pattern(&parsed, [&template]) {
            prop_assert_ne!(correction.text(), &pattern);
            prop_assert!(overlap(&PatternTemplate::parse(correction.text()).unwrap(), &template));
        }
        if let Some(correction) = Correction::of_template(&template, [&parsed]) {
            let corrected = Template::parse(correction.text()).unwrap();
            prop_assert_eq!(meeting(&parsed, &corrected), Some(Meeting::AsWritten));
        }
    }

    #[test]
    fn a_slip_is_found_wherever_it_is(at in 0..60_usize, other in select(vec!['x', 'é', '7', '😀']), kind in 0..4) {
        let meant = "conversations:größe:<user_id>:status";
        let mut chars: Vec<char> = meant.chars().collect();
        let at = at % chars.len();
        match kind {
            0 => chars.insert(at, other),
            1 => drop(chars.remove(at)),
            2 => chars[at] = other,
            _ if at + 1 < chars.len() => chars.swap(at, at + 1),
            _ => {}
        }
        let written: String = chars.into_iter().collect();
        let Ok(template) = Template::parse(&format!("{written}:<page>")) else { return Ok(()) };
        let pattern = PatternTemplate::parse("conversations:größe:<id>:status*").unwrap();
        let is_near = overlap(&pattern, &template) || template.placeholders().any(|(it, _)| it.to_string() != "user_id" && it.to_string() != "page");
        let correction = Correction::of_template(&template, [&pattern]);
        let found = correction.as_ref().map(Correction::text);
        let names_two = template.placeholders().count() == 2;
        prop_assert!(is_near || !names_two || found == Some("conversations:größe:<user_id>:status:<page>"), "{} {:?}", template, found);
    }

    #[test]
    fn what_covers_matches_at_least_as_much(
        wide in small(&["a", "ab", "*", "_", "a_", "_b"], &ENDINGS),
        narrow in small(&["a", "ab", "*", "_", "a_", "_b"], &ENDINGS),
        values in vec(select(vec!["a", "b", "ab", "aa"]), 8),
    ) {
        let (wide, narrow) = (PatternTemplate::parse(&wide).unwrap(), PatternTemplate::parse(&narrow).unwrap());
        let value = |path: &str| values[path.len() % values.len()].to_owned();
        let (left, right) = (fill(&wide, value), fill(&narrow, value));
        let covers_here = small_keys().iter().all(|key| left.matches(key) || !right.matches(key));
        if wide.covers(&narrow) {
            prop_assert!(covers_here, "{} {}", wide, narrow);
        }
    }
}

#[test]
fn the_naive_matcher_is_awake() {
    assert!(naive("c:<id>*", "c:1:x") && naive("c:*:b", "c:1:b") && !naive("c:<id>*:b", "c:1:2:b"));
    assert_eq!(
        PatternTemplate::parse("c:<id>*").unwrap().tail(),
        Tail::AtOrBelow
    );
}
