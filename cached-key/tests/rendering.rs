//! What values look like in a key, and what a pattern then matches.
#![expect(clippy::unwrap_used, reason = "what must not fail fails the test")]

use std::fmt;

use cached_key::{Key, KeyMemory, KeyWriter, Pattern, PatternBuf, Segment, Tail, ValueWriter};

fn value(write: impl FnOnce(&mut ValueWriter<'_>)) -> String {
    let mut memory = KeyMemory::new();
    let mut key = KeyWriter::new(&mut memory);
    key.value(write);
    String::from_utf8(key.as_bytes().to_vec()).unwrap()
}

fn none(writer: &mut ValueWriter<'_>) {
    writer.none();
}

#[test]
fn values_that_look_alike_are_written_apart() {
    let written = [
        value(none),
        value(|w| w.some(none)),
        value(|w| w.some(|w| w.some(none))),
        value(|w| w.some(|w| w.str(""))),
        value(|w| w.some(|w| w.str("%-"))),
        value(|w| w.str("%_")),
        value(|w| w.str("None")),
        value(|w| w.unsigned(0)),
        value(|w| w.plain("false")),
    ];
    assert_eq!(
        written,
        [
            "%-", "%-%-", "%-%-%-", "%_", "%25-", "%25_", "None", "0", "false"
        ]
    );
}

#[test]
fn groups_keep_their_items_apart() {
    let pair = |a: &str, b: &str| {
        value(|w| {
            w.group(|group| {
                group.item(|w| w.str(a));
                group.item(|w| w.str(b));
            });
        })
    };
    assert_eq!(pair("a:b", "c"), "(a%3Ab,c)");
    assert_eq!(pair("a", "b:c"), "(a,b%3Ac)");
    assert_eq!(pair("a,b", "(c)"), "(a%2Cb,%28c%29)");
    assert_eq!(pair("", ""), "(%_,%_)");
    assert_eq!(value(|w| w.group(|_| ())), "()");

    let nested = value(|w| {
        w.group(|group| {
            group.item(|w| w.group(|group| group.item(|w| w.char(','))));
            group.item(|w| w.some(none));
            group.item(|w| w.signed(-7));
        });
    });
    assert_eq!(nested, "((%2C),%-%-,-7)");
}

#[test]
fn a_display_is_escaped_across_its_pieces() {
    assert_eq!(
        value(|w| w.display(&format_args!("{}:{}", "a b", 1))),
        "a%20b%3A1"
    );
}

#[test]
fn a_display_that_fails_breaks_the_key() {
    struct Fails;
    impl fmt::Display for Fails {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            Err(fmt::Error)
        }
    }

    let mut memory = KeyMemory::new();
    let mut key = KeyWriter::new(&mut memory);
    key.value(|w| w.display(&1));
    assert!(!key.is_broken());
    key.value(|w| w.display(&Fails));
    key.value(|w| w.display(&1));
    assert!(key.is_broken());
    let mut key = KeyWriter::new(&mut memory);
    assert!(!key.is_broken() && key.as_bytes().is_empty());
    key.value(|w| w.some(|w| w.group(|group| group.item(|w| w.some(|w| w.display(&Fails))))));
    assert!(key.is_broken());
}

#[test]
fn a_key_of_any_length_is_written() {
    let mut memory = KeyMemory::new();
    for before in (100..140).chain(480..560) {
        let mut key = KeyWriter::new(&mut memory);
        let start = "x".repeat(before);
        key.text(&start);
        key.value(|w| w.unsigned(1_234_567));
        key.value(|w| w.some(none));
        key.text("");
        key.value(|_| ());
        assert_eq!(key.as_bytes(), format!("{start}1234567%-%-%_").as_bytes());
        let mut key = KeyWriter::new(&mut memory);
        key.text("short");
        assert_eq!(key.as_bytes(), b"short");
    }
}

#[test]
fn a_star_means_what_stands_before_it() {
    let matched = |pattern: &str| {
        let pattern = Pattern::parse(pattern).unwrap();
        let keys = ["a", "a:1", "a:12", "a:1:x", "a:1:x:y", "a:2:x", "b:1"];
        keys.into_iter()
            .filter(|key| pattern.matches(key))
            .collect::<Vec<_>>()
    };
    assert_eq!(matched("a"), ["a"]);
    assert_eq!(matched("a:*"), ["a:1", "a:12", "a:1:x", "a:1:x:y", "a:2:x"]);
    assert_eq!(matched("a:1{,:*}"), ["a:1", "a:1:x", "a:1:x:y"]);
    assert_eq!(matched("a:1:*"), ["a:1:x", "a:1:x:y"]);
    assert_eq!(matched("a:1*"), ["a:1", "a:12", "a:1:x", "a:1:x:y"]);
    assert_eq!(matched("a:*:x"), ["a:1:x", "a:2:x"]);
    assert_eq!(matched("a:*:*"), ["a:1:x", "a:1:x:y", "a:2:x"]);
    assert_eq!(
        matched("a{,:*}"),
        ["a", "a:1", "a:12", "a:1:x", "a:1:x:y", "a:2:x"]
    );
}

#[test]
fn an_unknown_value_widens_its_segment() {
    let build = |after: &str, tail| {
        let mut pattern = PatternBuf::new();
        pattern.text("a:x");
        pattern.widen();
        pattern.text("y");
        pattern.text(after);
        pattern.finish(tail)
    };
    let middle = build(":z", Tail::Exact);
    assert_eq!(middle.to_string(), "a:*:z");
    assert_eq!(middle.segments()[1], Segment::Any);
    for tail in [Tail::Exact, Tail::AtOrBelow, Tail::Continues] {
        assert_eq!(build("", tail).to_string(), "a:*");
    }
    assert_eq!(build("", Tail::Below).to_string(), "a:*:*");
}

#[test]
fn an_invalidation_names_one_cache() {
    let mut pattern = PatternBuf::new();
    pattern.text("conv");
    let pattern = pattern.finish(Tail::Continues);
    assert_eq!(pattern.cache(), "conv");
    assert!(!pattern.matches("conversations:1"));
}

#[test]
fn a_key_is_the_pattern_of_itself() {
    let key = Key::parse("a:b%3Ac:1").unwrap();
    let pattern = Pattern::from(&key);
    assert_eq!(pattern, "a:b%3Ac:1".parse().unwrap());
    assert!(pattern.matches(key.as_str()));
}
