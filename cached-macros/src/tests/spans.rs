//! Where the tokens of an expansion were written, which is what an editor goes by.

use std::ops::Range;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use syn::spanned::Spanned as _;

use super::expand_meta;
use crate::relations;

/// Where a token was written, and its text. The two delimiters of a group are tokens.
type Token = (Range<usize>, String);

fn tokens(stream: TokenStream) -> Vec<Token> {
    let mut found = Vec::new();
    for token in stream {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                found.push((group.span_open().byte_range(), open.to_owned()));
                found.extend(tokens(group.stream()));
                found.push((group.span_close().byte_range(), close.to_owned()));
            }
            other => found.push((other.span().byte_range(), other.to_string())),
        }
    }
    found
}

/// An attribute and what it is on, of one text: each place is another.
fn parsed(attribute: &str, item: &str) -> (syn::Meta, TokenStream) {
    let text: TokenStream = format!("{attribute} {item}").parse().unwrap();
    let mut trees = text.into_iter().collect::<Vec<_>>();
    let item = trees.split_off(2);
    let attribute = syn::parse2(trees.into_iter().collect()).unwrap();
    (attribute, item.into_iter().collect())
}

/// The body of a function.
fn body(item: &TokenStream) -> Group {
    match item.clone().into_iter().last() {
        Some(TokenTree::Group(group)) => group,
        _ => panic!("no body"),
    }
}

/// The block with the user's statements: the body, or what `#[async_trait]` has made of it.
fn block(body: &Group) -> Group {
    match body.stream().into_iter().last() {
        Some(TokenTree::Group(call)) if call.delimiter() == Delimiter::Parenthesis => {
            self::body(&call.stream())
        }
        _ => body.clone(),
    }
}

const ATTRIBUTES: &[&str] = &[
    r#"cached(key = "rows:<id>:<name>:<self.tenant>", ttl = 300)"#,
    r#"cached(key = "rows:<id>:<name>", ttl = 300, tags("r:<id>"), timeout = 2, store_if = keep, jitter = "5%", none_ttl = 5)"#,
    r#"cached(key = "rows:<id>:<name>", ttl = 300, refresh_ahead = "auto", background)"#,
    r#"invalidates("rows:<id>*", "names:<name>:*:<ret.id>", tags("r:<id>"), on = "ok")"#,
    r#"updates(key = "rows:<id>:<name>", ttl = 300, tags("r:<id>"))"#,
];

const BODY: &str = r#"
    #![allow(unused)]
    use self::rows;
    let first = |this: &Self| { this.0 + 1 };
    let texts = ["a", r"b", "c"];
    match self.db.rows(id, name, texts).await? {
        Some(row) if row.id > 41 => return Ok(vec![row; 2]),
        _ => log!("{first:?} {}", self.tenant),
    }
    'outer: loop { break 'outer; }
    Ok(Vec::<Row>::new())
"#;

fn shapes() -> [String; 3] {
    let rest = "(&self, id: u64, name: &str)";
    [
        format!("async fn rows{rest} -> Result<Option<Rows>, Error> {{ {BODY} }}"),
        format!(
            "/// Documented.\n#[inline] pub(crate) async fn rows<'a, T: Copy, const N: usize>{rest} -> Result<Option<[u8; 4]>, Error> where T: 'a {{ {BODY} }}"
        ),
        format!(
            "fn rows<'life0, 'async_trait>{rest} -> Pin<Box<dyn Future<Output = Result<Option<Rows>, Error>> + Send + 'async_trait>> {{
                Box::pin(async move {{ {} }})
            }}",
            BODY.replace("#![allow(unused)]", "")
        ),
    ]
}

#[test]
fn every_token_of_the_body_keeps_its_place_and_comes_once() {
    for attribute in ATTRIBUTES {
        for item in shapes() {
            let (meta, item) = parsed(attribute, &item);
            let body = body(&item);
            let block = block(&body);
            // Braces around all that is written of the user's are the wrapping's too.
            let braces = [&body, &block].map(|group| [group.span_open(), group.span_close()]);
            let braces = braces.map(|both| both.map(|brace| brace.byte_range()));
            let is_brace = |at: &Range<usize>| braces.iter().flatten().any(|brace| brace == at);
            let within = body.span().byte_range();
            let mut written = tokens(body.stream());
            written.retain(|(at, _)| !is_brace(at));

            let mut kept = tokens(expand_meta(&meta, &item));
            kept.retain(|(at, _)| within.contains(&at.start) && !is_brace(at));
            if attribute.contains("background") {
                for (_, text) in kept.iter_mut().filter(|(_, text)| text == "__self") {
                    "self".clone_into(text);
                }
            }
            kept.sort_by_key(|(at, _)| at.start);
            assert_eq!(kept, written, "{attribute}");
        }
    }
}

/// In the order of the source, for the attributes alone may be absorbed.
#[test]
fn every_token_before_the_body_keeps_its_place() {
    for attribute in ATTRIBUTES {
        for item in shapes() {
            let (meta, item) = parsed(attribute, &item);
            let mut head: Vec<TokenTree> = item.clone().into_iter().collect();
            head.pop();
            let head = tokens(head.into_iter().collect());
            let expanded = tokens(expand_meta(&meta, &item));
            assert_eq!(expanded.get(..head.len()), Some(&*head), "{attribute}");
        }
    }
}

#[test]
fn a_placeholder_stands_at_the_text_that_names_it() {
    let item = "async fn rows(&self, id: u64, filter: &Filter, r#type: u8) -> Rows { 1 }";
    for (attribute, texts) in [
        (
            r#"cached(key = "rows:<id>:<filter.status>:<type>:<self.tenant.0>", ttl = 1, tags("t:<id>"))"#,
            &[
                (
                    "\"rows:",
                    &["id", "r#type", "filter", "status", "self", "tenant", "0"][..],
                ),
                ("\"t:", &["id"]),
            ][..],
        ),
        (
            "cached(key = r##\"rows:<id>:<filter>:<type>\"##, ttl = 1)",
            &[("r##", &["id", "r#type", "filter"])],
        ),
        (
            r#"invalidates("rows:<id>*", "names:<ret.team>:<filter.status>", tags("t:<type>"))"#,
            &[
                ("\"rows:", &["id"]),
                ("\"names:", &["filter", "status", "team"]),
                ("\"t:", &["r#type"]),
            ],
        ),
    ] {
        let (meta, item) = parsed(attribute, item);
        let start = meta.span().byte_range().start;
        let expanded = tokens(expand_meta(&meta, &item));
        for (text, names) in texts {
            let at = start + attribute.find(text).unwrap();
            let here = expanded.iter().filter(|(place, _)| place.start == at);
            let mut found: Vec<&str> = here.map(|(_, text)| text.as_str()).collect();
            found.retain(|text| names.contains(text));
            found.dedup();
            assert_eq!(found, *names, "{text} in {attribute}");
        }
    }
}

#[test]
fn on_an_error_the_function_is_written_as_it_was() {
    for attribute in [
        "cached(ttl = 0, tll, key = 5)",
        r#"cached(key = "rows:<idd>", ttl = 300)"#,
        r#"invalidates("rows:<idd>*", "rows")"#,
        r#"updates(key = "rows:<id", tll = 300)"#,
    ] {
        for item in shapes() {
            let (meta, item) = parsed(attribute, &item);
            let written = tokens(item.clone());
            let expanded = tokens(expand_meta(&meta, &item));
            assert_eq!(
                expanded.get(..written.len()),
                Some(&*written),
                "{attribute}"
            );
            let errors = expanded.iter().filter(|(_, text)| text == "compile_error");
            assert!(errors.count() > 0, "{attribute}");
        }
    }
}

#[test]
fn a_coherent_block_is_written_as_it_was() {
    let [function, ..] = shapes();
    let block = format!(
        r#"impl<T> Rows<T> {{
            const N: usize = {{ 1 }};
            #[cached(key = "rows:<id>:<name>", ttl = 300)] {function}
            #[invalidates("PATTERN")] async fn change(&self, id: u64) {{}}
        }}"#
    );
    for (pattern, faults) in [("rows:<id>*", 0), ("rowz:<id>*", 1)] {
        let (_, block) = parsed("coherent()", &block.replace("PATTERN", pattern));
        let written = tokens(block.clone());
        let expanded = tokens(relations::coherent(TokenStream::new(), &block));
        assert_eq!(expanded.get(..written.len()), Some(&*written));
        let errors = expanded.iter().filter(|(_, text)| text == "compile_error");
        assert_eq!(errors.count(), faults);
        assert_eq!(expanded.len() > written.len(), faults > 0);
    }
}
