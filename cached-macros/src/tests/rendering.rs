//! What an expansion writes for a key or a pattern, carried out as the program would, is what the grammar says.

use std::fmt::Write as _;

use cached_key::{
    Key, KeyMemory, KeyWriter, Part, Pattern, PatternBuf, PatternPart, PatternTemplate, Tail,
    Template, overlap,
};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::expand;

const PATHS: [&str; 6] = [
    "id",
    "name",
    "filter.status",
    "self.tenant",
    "pair.0",
    "type",
];
const SIGNATURE: &str = "async fn rows(&self, id: u64, name: &str, filter: Filter, pair: (u8, u8), r#type: Kind) -> Rows { 1 }";

/// One call that an expansion makes.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Begin,
    Text(String),
    /// The path of what is written.
    Value(String),
    Any,
    End(Tail),
}

/// The calls that write the first key, or all patterns, in order.
fn steps(expanded: TokenStream, steps: &mut Vec<Step>) {
    let tokens: Vec<TokenTree> = expanded.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else {
            continue;
        };
        let before: String = tokens[index.saturating_sub(3)..index]
            .iter()
            .map(ToString::to_string)
            .collect();
        let text = || match group.stream().into_iter().next() {
            Some(TokenTree::Literal(text)) => {
                let text: syn::LitStr = syn::parse2(TokenTree::from(text).into()).unwrap();
                text.value()
            }
            _ => panic!("no text"),
        };
        match before.as_str() {
            "key.text" | "patterns.text" => steps.push(Step::Text(text())),
            "patterns.begin" | "patterns.begin_tag" => steps.push(Step::Begin),
            "patterns.any" => steps.push(Step::Any),
            "patterns.end" => steps.push(Step::End(tail(&group.stream().to_string()))),
            "patterns.write" => steps.push(Step::Value(path(group.stream()))),
            "::write" => {
                let value = group.stream().into_iter().skip(2).collect();
                steps.push(Step::Value(path(value)));
            }
            _ => self::steps(group.stream(), steps),
        }
    }
}

fn tail(text: &str) -> Tail {
    match text.rsplit(' ').next().unwrap() {
        "Exact" => Tail::Exact,
        "Below" => Tail::Below,
        "AtOrBelow" => Tail::AtOrBelow,
        "Continues" => Tail::Continues,
        other => panic!("{other}"),
    }
}

/// Of `&id` or `&own_id`, or of `{ use …; (&&&&&…::Value(&filter.status)).part() }`.
fn path(value: TokenStream) -> String {
    let mut value: Vec<TokenTree> = value.into_iter().collect();
    if let [TokenTree::Group(block)] = value.as_slice() {
        assert_eq!(block.delimiter(), Delimiter::Brace);
        let statements: Vec<TokenTree> = block.stream().into_iter().collect();
        let probed = statements.iter().find_map(|token| match token {
            TokenTree::Group(group) => Some(group.stream()),
            _ => None,
        });
        let argument = probed.unwrap().into_iter().last().unwrap();
        let TokenTree::Group(argument) = argument else {
            panic!("{argument}");
        };
        value = argument.stream().into_iter().collect();
    }
    assert_eq!(value.remove(0).to_string(), "&");
    let path: String = value.iter().map(ToString::to_string).collect();
    path.trim_start_matches("own_").replace("r#", "")
}

/// A key or pattern of segments of text and placeholders; each placeholder comes once.
fn text() -> impl Strategy<Value = String> {
    let segment = (any::<bool>(), select(vec!["", "a", "b-", "ü", "1"]));
    let paths = subsequence(PATHS.to_vec(), 0..=PATHS.len()).prop_shuffle();
    (paths, vec(segment, 0..8)).prop_map(|(paths, segments)| {
        let mut paths = paths.into_iter();
        let mut text = "rows".to_owned();
        for (has_value, before) in segments {
            let value = has_value.then(|| paths.next()).flatten();
            if before.is_empty() && value.is_none() {
                continue;
            }
            let _ = write!(text, ":{before}");
            if let Some(path) = value {
                let _ = write!(text, "<{path}>");
            }
        }
        text
    })
}

fn values() -> impl Strategy<Value = Vec<String>> {
    vec("[ab:*%<{é ]{0,3}", PATHS.len())
}

fn encoded(value: &str) -> String {
    let mut memory = KeyMemory::new();
    let mut key = KeyWriter::new(&mut memory);
    key.value(|out| out.str(value));
    String::from_utf8(key.as_bytes().to_vec()).unwrap()
}

fn value<'a>(path: &str, values: &'a [String]) -> &'a str {
    &values[PATHS.iter().position(|other| *other == path).unwrap()]
}

/// What the grammar makes of a template.
fn key_of(template: &Template, values: &[String]) -> Key {
    let mut memory = KeyMemory::new();
    let mut key = KeyWriter::new(&mut memory);
    for part in template.parts() {
        match part {
            Part::Text(text) => key.text(text),
            Part::Value(path) => key.value(|out| out.str(value(&path.to_string(), values))),
        }
    }
    Key::from(&key)
}

fn pattern_of(template: &PatternTemplate, values: &[String]) -> Pattern {
    let mut pattern = PatternBuf::new();
    for part in template.parts() {
        match part {
            PatternPart::Text(text) => pattern.text(text),
            PatternPart::Value(path) => pattern.value(&encoded(value(&path.to_string(), values))),
            PatternPart::AnySegment => pattern.any_segment(),
        }
    }
    pattern.finish(template.tail())
}

/// What the expansion of `#[cached]` makes of it.
fn rendered(source: &str, values: &[String]) -> Key {
    let mut found = Vec::new();
    steps(expand(source), &mut found);
    let mut memory = KeyMemory::new();
    let mut key = KeyWriter::new(&mut memory);
    for step in found {
        match step {
            Step::Text(text) => key.text(&text),
            Step::Value(path) => key.value(|out| out.str(value(&path, values))),
            other => panic!("{other:?}"),
        }
    }
    Key::from(&key)
}

/// What the expansion of `#[invalidates]` makes of its patterns.
fn drafted(source: &str, values: &[String]) -> Vec<Pattern> {
    let mut found = Vec::new();
    steps(expand(source), &mut found);
    let mut patterns = Vec::new();
    let mut pattern = PatternBuf::new();
    for step in found {
        match step {
            Step::Begin => pattern = PatternBuf::new(),
            Step::Text(text) => pattern.text(&text),
            Step::Value(path) => pattern.value(&encoded(value(&path, values))),
            Step::Any => pattern.any_segment(),
            Step::End(tail) => {
                patterns.push(std::mem::replace(&mut pattern, PatternBuf::new()).finish(tail));
            }
        }
    }
    patterns
}

fn cached(template: &Template) -> String {
    let text = template.to_string();
    let roots: Vec<_> = template
        .placeholders()
        .map(|(path, _)| path.root().to_owned())
        .collect();
    let names = ["id", "name", "filter", "pair", "type"];
    let skipped = names
        .into_iter()
        .filter(|name| !roots.iter().any(|root| root == name));
    let skipped: Vec<_> = skipped.map(|name| name.replace("type", "r#type")).collect();
    let skip = if skipped.is_empty() {
        String::new()
    } else {
        format!(", skip({})", skipped.join(", "))
    };
    format!("#[cached(key = {text:?}, ttl = 300{skip})] {SIGNATURE}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_expansion_renders_keys_as_the_grammar_does(text in text(), values in values()) {
        let template = Template::parse(&text);
        prop_assume!(template.is_ok());
        let template = template.unwrap();
        prop_assert_eq!(rendered(&cached(&template), &values), key_of(&template, &values));
    }

    #[test]
    fn an_expansion_drafts_patterns_as_the_grammar_does(
        text in text(),
        star in select(vec!["", "*", ":*", ":*:x", ":*:*"]),
        key in text(),
        values in values(),
    ) {
        let text = format!("{text}{star}");
        let template = PatternTemplate::parse(&text);
        prop_assume!(template.is_ok());
        let template = template.unwrap();
        for source in [
            format!("#[invalidates({text:?})] {SIGNATURE}"),
            format!("#[invalidates(tags({text:?}), on = \"ok\")] {SIGNATURE}"),
        ] {
            let patterns = drafted(&source, &values);
            prop_assert_eq!(&patterns, &[pattern_of(&template, &values)]);
            if let Ok(other) = Template::parse(&key) {
                let key = rendered(&cached(&other), &values);
                prop_assert!(!patterns[0].matches(key.as_str()) || overlap(&template, &other));
            }
        }
    }

    /// Whatever is in a text, it is taken as the grammar takes it: where the grammar finds no fault in it and the function has
    /// what it names, neither does the macro.
    #[test]
    fn a_text_is_refused_when_the_grammar_refuses_it(text in "[ab:<>*?. -]{0,12}|rows(:[ab<>*]{1,4}){0,4}") {
        let template = Template::parse(&text);
        let roots = template.iter().flat_map(Template::placeholders).map(|(path, _)| path.root().to_owned());
        let mut roots: Vec<_> = roots.filter(|root| root != "self").collect();
        roots.sort();
        roots.dedup();
        let params: Vec<_> = roots.iter().map(|root| format!("{root}: u64")).collect();
        let source = format!("#[cached(key = {text:?}, ttl = 300)] async fn f(&self, {}) -> u8 {{ 1 }}", params.join(", "));
        let refused = expand(&source).to_string().contains("compile_error");
        prop_assert_eq!(refused, template.is_err(), "{}", source);
    }
}
