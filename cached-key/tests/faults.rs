//! What is said about every fault, word for word.

use cached_key::{Error, Key, Pattern, PatternTemplate, TEXT_LIMIT, Template};

/// A fault as a reader of the message sees it.
struct Said {
    headline: &'static str,
    /// The part of the text with the caret under it.
    at: &'static str,
    label: Option<&'static str>,
    help: Option<&'static str>,
    note: Option<&'static str>,
}

const fn said(headline: &'static str, at: &'static str) -> Said {
    Said {
        headline,
        at,
        label: None,
        help: None,
        note: None,
    }
}

impl Said {
    const fn label(mut self, label: &'static str) -> Self {
        self.label = Some(label);
        self
    }

    const fn help(mut self, help: &'static str) -> Self {
        self.help = Some(help);
        self
    }

    const fn note(mut self, note: &'static str) -> Self {
        self.note = Some(note);
        self
    }
}

fn check(text: &str, errors: &[Error], expected: &[Said]) {
    let seen: Vec<_> = errors
        .iter()
        .map(|error| {
            (
                error.fault().to_string(),
                &text[error.range()],
                error.label(),
                error.help(),
                error.note(),
            )
        })
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|said| {
            (
                said.headline.to_owned(),
                said.at,
                said.label,
                said.help.map(str::to_owned),
                said.note,
            )
        })
        .collect();
    assert_eq!(seen, expected, "in {text:?}");
}

fn key(text: &str, expected: &[Said]) {
    check(
        text,
        &Template::parse(text).err().unwrap_or_default(),
        expected,
    );
}

fn pattern(text: &str, expected: &[Said]) {
    check(
        text,
        &PatternTemplate::parse(text).err().unwrap_or_default(),
        expected,
    );
}

const BY_TEXT: &str = "the first segment names the cache";
const BY_TEXT_OR_CLEAR: &str =
    "the first segment names the cache; to drop all of one call `Cache::clear`";

#[test]
fn characters() {
    key(
        "",
        &[said("the cache key is empty", "").help("`\"list:<user_id>:<page>\"`")],
    );
    key(
        "a:b c",
        &[said("white space in the cache key", " ")
            .label("a space")
            .help("`a:bc`")
            .note("Redis and log tools split on it")],
    );
    key(
        "a:\u{a0}\u{2003}<id>",
        &[said("white space in the cache key", "\u{a0}\u{2003}")
            .help("`a:<id>`")
            .note("Redis and log tools split on it")],
    );
    key(
        "a:\nb\u{0}",
        &[
            said("control character in the cache key", "\n").help("`a:b`"),
            said("control character in the cache key", "\u{0}").help("`a:b`"),
        ],
    );
    key(
        "a:\\b",
        &[said("backslash in the cache key", "\\").help("`a:b`")],
    );
}

#[test]
fn length() {
    let long = format!("a:{}", "x".repeat(TEXT_LIMIT - 1));
    let errors = Template::parse(&long).unwrap_err();
    assert_eq!(
        errors[0].fault().to_string(),
        "the cache key is 257 bytes long before any value"
    );
    assert_eq!(errors[0].note(), Some("the limit is 256"));
    assert_eq!(errors[0].range(), 0..long.len());

    let just_right = format!("a:{}:<some_long_name>", "x".repeat(TEXT_LIMIT - 3));
    assert!(Template::parse(&just_right).is_ok());
    assert!(Key::parse(&long).is_ok(), "values may be long");
}

#[test]
fn segments() {
    key(
        "a::b",
        &[said("empty segment", "::")
            .label("nothing between these")
            .help("`a:b`")],
    );
    key(
        ":a",
        &[said("the cache key can't start with `:`", ":").help("`a`")],
    );
    key(
        "a:",
        &[said("the cache key can't end with `:`", ":").help("`a`")],
    );
    key(":", &[said("the cache key can't start with `:`", ":")]);
    key(
        "::<id>",
        &[said("the cache key can't start with `:`", "::")],
    );
    key(
        "<tenant>:x",
        &[said("the cache key must start with a name", "<tenant>")
            .help("`\"name:<tenant>:x\"`")
            .note(BY_TEXT)],
    );
    key(
        "list<id>:x",
        &[said("the cache key must start with a name", "list<id>")
            .help("`\"list:<id>:x\"`")
            .note(BY_TEXT)],
    );
}

#[test]
fn brackets() {
    for (text, written) in [("a:${id}", "${id}"), ("a:<<id>>", "<<id>>")] {
        let headline = format!("`{written}` is not a placeholder here");
        let errors = Template::parse(text).unwrap_err();
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].fault().to_string(), headline);
        assert_eq!(&text[errors[0].range()], written);
        assert_eq!(errors[0].help().as_deref(), Some("`<id>`"));
    }
    key(
        "a:%s:b",
        &[said("`%s` is not a placeholder here", "%s").help("`<id>`")],
    );
    key(
        "user:<id",
        &[said("`<` is never closed", "<")
            .label("opened here")
            .help("`<id>`")],
    );
    key(
        "user:<id:<name>",
        &[said("`<` is never closed", "<")
            .label("opened here")
            .help("`<id>`")],
    );
    key("user:id>", &[said("`>` without `<`", ">").help("`<id>`")]);
    key("user:<id>>", &[said("`>` without `<`", ">").help("`<id>`")]);
    key(
        "a:<a<b>>",
        &[said("placeholders can't be nested", "<a<b>>").help("`<b>`")],
    );
}

#[test]
fn placeholders() {
    key("a:<>", &[said("empty placeholder", "<>")]);
    key(
        "a:<user-id>",
        &[said("`user-id` is not a name", "<user-id>").help("did you mean `<user_id>`?")],
    );
    key("a:<1a>", &[said("`1a` is not a name", "<1a>")]);
    for expression in [
        "a:<id + 1>",
        "a:<name.len()>",
        "a:<id - 1>",
        "a:<a::B>",
        "a:<&id>",
        "a:<id*>",
    ] {
        key(
            expression,
            &[said(
                "a placeholder holds a name, not an expression",
                &expression[2..],
            )
            .help("bind it in a parameter, or use a field: `<name.field>`")],
        );
    }
    for (text, at) in [
        ("a:<id:?>", "<id:?>"),
        ("a:<id:04>", "<id:04>"),
        ("a:<id:>8>", "<id:>"),
    ] {
        let errors = Template::parse(text).unwrap_err();
        assert_eq!(errors[0].fault().to_string(), "placeholders take no format");
        assert_eq!(&text[errors[0].range()], at);
        assert_eq!(errors[0].help().as_deref(), Some("`<id>`"));
    }
    key(
        "a:<r#type>",
        &[said("`<r#type>` needs no `r#`", "<r#type>").help("write `<type>`")],
    );
    key("a:<0>", &[said("placeholders go by name", "<0>")]);
    key(
        "a:<self>",
        &[said("`<self>` needs a field", "<self>").help("`<self.tenant>`")],
    );
    key("a:<_>", &[said("a placeholder needs a name", "<_>")]);
    key(
        "a:< id >",
        &[
            said("white space in the cache key", " ")
                .label("a space")
                .help("`a:<id>`")
                .note("Redis and log tools split on it"),
            said("white space in the cache key", " ")
                .label("a space")
                .help("`a:<id>`")
                .note("Redis and log tools split on it"),
        ],
    );
    key(
        "a:<a><b>",
        &[said("`<a>` and `<b>` touch", "<a><b>")
            .help("`<a>:<b>`")
            .note("`1`,`23` and `12`,`3` would share a key")],
    );
    key(
        "a:<a>-<b>",
        &[said("`<a>` and `<b>` can't be told apart", "<a>-<b>")
            .help("`<a>:<b>`")
            .note("a value may contain the text between them")],
    );
    key(
        "a:<id><id>",
        &[said("`<id>` is used twice", "<id>").help("remove one")],
    );
    key(
        "a:<id>:b:<id>",
        &[said("`<id>` is used twice", "<id>").help("remove one")],
    );
}

#[test]
fn stars() {
    key(
        "user:*",
        &[said("`*` is for patterns", "*")
            .note("a key names one entry; patterns go in `#[invalidates]`")],
    );
    pattern(
        "*",
        &[said("the pattern must start with a name", "*").note(BY_TEXT_OR_CLEAR)],
    );
    pattern(
        "<id>*",
        &[said("the pattern must start with a name", "<id>*").note(BY_TEXT_OR_CLEAR)],
    );
    pattern(
        "conv*",
        &[said("`conv*` names no cache", "conv*")
            .help("`conv:*`")
            .note("an invalidation names its cache")],
    );
    pattern(
        "a:b*c",
        &[said("`*` ends a segment or is one", "*").help("`a:b*`, `a:*`")],
    );
    pattern(
        "a:*b",
        &[said("`*` ends a segment or is one", "*").help("`a:*`")],
    );
    pattern(
        "a:b*:c",
        &[said("`*` after text can only end the pattern", "*").help("`a:*:c`, `a:b*`")],
    );
    pattern("a:**", &[said("one `*` is enough", "**").help("`a:*`")]);
    for regex in [
        "a:.*", "a:[0-9]+", "a:.+", "a:<id>.*", "a:(x|y)*", "a:\\d+", "a:x.*y",
    ] {
        let errors = PatternTemplate::parse(regex).unwrap_err();
        assert_eq!(errors.len(), 1, "{regex}");
        assert_eq!(
            errors[0].fault().to_string(),
            "patterns are not regular expressions",
            "{regex}"
        );
        assert_eq!(errors[0].help().as_deref(), Some("`a:*`"), "{regex}");
    }
}

#[test]
fn tags_have_the_words_of_keys() {
    fn tag(text: &str, expected: &[Said]) {
        let errors = Template::parse_tag(text).err().unwrap_or_default();
        check(text, &errors, expected);
    }
    tag("tenant:<tenant_id>", &[]);
    tag("plans", &[]);
    // Two calls that share a tag by accident are invalidated together, and no worse.
    tag("range:<from>-<to>", &[]);
    tag(
        "",
        &[said("the tag is empty", "").help("`\"tenant:<tenant_id>\"`")],
    );
    tag(
        "<tenant>",
        &[said("the tag must start with a name", "<tenant>")
            .help("`\"name:<tenant>\"`")
            .note("a value alone would be one tag whatever it is the value of")],
    );
    tag(
        "tenant:*",
        &[said("`*` is for patterns", "*")
            .note("a tag is one name; patterns of tags go in `#[invalidates(tags(…))]`")],
    );
    tag(
        "tenant:",
        &[said("the tag can't end with `:`", ":").help("`tenant`")],
    );
}

#[test]
fn patterns_have_the_words_of_keys() {
    pattern(
        "",
        &[said("the pattern is empty", "").help("`\"list:<user_id>*\"`")],
    );
    pattern(
        "a:b c",
        &[said("white space in the pattern", " ")
            .label("a space")
            .help("`a:bc`")
            .note("Redis and log tools split on it")],
    );
    pattern(
        ":a:",
        &[
            said("the pattern can't start with `:`", ":").help("`a`"),
            said("the pattern can't end with `:`", ":").help("`a`"),
        ],
    );
    pattern(
        "a:<id>:<id>*",
        &[said("`<id>` is used twice", "<id>").help("remove one")],
    );
}

#[test]
fn all_faults_are_told_at_once_in_order() {
    let text = "<tenant>::user id:<user-id>:<>:*:x>";
    let headlines: Vec<_> = Template::parse(text)
        .unwrap_err()
        .iter()
        .map(|error| error.fault().to_string())
        .collect();
    assert_eq!(
        headlines,
        [
            "the cache key must start with a name",
            "empty segment",
            "white space in the cache key",
            "`user-id` is not a name",
            "empty placeholder",
            "`*` is for patterns",
            "`>` without `<`",
        ]
    );
}

#[test]
fn run_time_texts_are_refused_with_a_position() {
    for (text, said) in [
        ("", "the cache key is empty at byte 0"),
        ("a::b", "empty segment at byte 1"),
        ("a:*", "`*` is for patterns at byte 2"),
        ("a:<id>", "`<id>` has no value here at byte 2"),
        ("a:<", "`<` is not escaped at byte 2"),
        ("a:b>", "`>` is not escaped at byte 3"),
        ("a:b\tc", "control character in the cache key at byte 3"),
    ] {
        assert_eq!(Key::parse(text).unwrap_err().to_string(), said);
    }
    for (text, said) in [
        ("*", "the pattern must start with a name at byte 0"),
        ("conv*", "`conv*` names no cache at byte 0"),
        ("a:**", "one `*` is enough at byte 2"),
        ("a:*{,:*}", "one `*` is enough at byte 2"),
        ("a:b{,:*}:c", "`*` ends a segment or is one at byte 6"),
        ("{,:*}", "the pattern is empty at byte 0"),
        ("a:<id>*", "`<id>` has no value here at byte 2"),
    ] {
        assert_eq!(Pattern::parse(text).unwrap_err().to_string(), said);
    }
}

#[test]
fn sound_texts_have_no_faults() {
    for text in [
        "config",
        "a:{<tenant>}:<id>",
        "a:{id}",
        "a:<type>",
        "a:<self.tenant>:<pair.0>:<pair.1>",
        "a:[<x>][<y>]",
        "a:x<id>y",
        "a:100%",
        "größe:<größe>",
    ] {
        assert!(
            Template::parse(text).is_ok(),
            "{text}: {:?}",
            Template::parse(text)
        );
    }
    for text in [
        "config",
        "a:*",
        "a:*:*",
        "a:*:b",
        "a:<id>*",
        "a:<ret.id>:*",
        "a:b*",
        "a:<x>-<y>",
        "a:v1.*",
    ] {
        assert!(
            PatternTemplate::parse(text).is_ok(),
            "{text}: {:?}",
            PatternTemplate::parse(text)
        );
    }
}
