//! Whatever comes in, tokens come out, and no panic.

use proc_macro2::TokenStream;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use quote::{ToTokens as _, quote};

use crate::{by_hand, keyed, keyspace, option::Attribute, pipeline, relations};

const ARGUMENTS: &[&str] = &[
    "key",
    "=",
    "=",
    ",",
    ",",
    "ttl",
    "policy",
    "skip",
    "none_ttl",
    "tti",
    "jitter",
    "stale_while_revalidate",
    "stale_if_error",
    "refresh_ahead",
    "tags",
    "timeout",
    "background",
    "auto",
    "\"auto\"",
    "store_if",
    "on",
    "caches",
    "crate",
    "\"a:<id>\"",
    "\"a:<b.c>*\"",
    "\"<<\"",
    "\"ü:{id}<ret.1>\"",
    "\"5m\"",
    "\"10%\"",
    "\"1.5h\"",
    "\"\"",
    "\"\\n%s\"",
    "b\"x\"",
    "300",
    "300s",
    "1.5",
    "0",
    "99999999999999999999",
    "-",
    "(a, b)",
    "()",
    "(\"a\")",
    "(\"a:<id>\", \"b:<ret.c>\", 5)",
    "|x, y|",
    "x",
    "::",
    "self",
    ".",
    "crate",
    "_",
    "true",
    "'a'",
    "#",
    "[1]",
    "{}",
    "Self",
    "r#\"a:<r#type>\"#",
    ";",
    "in",
    "keys::one",
    "keys::one",
    "(x, ..)",
    "(_, 5)",
    "(<ret.x>)",
    "key",
    "all",
    "unknown",
    "draft",
    "check",
    "cached",
    "{keys::one}",
    "{x}",
    "mod",
    "mod keys { one(x: u8) = \"a:<x>\"; }",
    "{ one(x: u8, y: &str) = \"a:<x>:<y>\"; two = \"a:<b: u8>\"; use x; }",
    "pub",
];

const ITEMS: &[&str] = &[
    "async fn f(&self, id: u64, _: u8, (a, b): (u8, u8)) -> Result<T, &str> { #![x] #[y] id }",
    "fn f<T>(mut self: Box<Self>, r#type: &mut [T]) -> Pin<Box<dyn Future<Output = T> + 'a>> { x; Box::pin(async move { 1 }) }",
    "fn f(__arg0: u8) -> Pin<Box<dyn Future<Output = impl A>>> { Box::pin(async move { 1 },) }",
    "unsafe extern \"C\" fn f(x: u8, ...) -> BoxFuture<'_, ()> {}",
    "const async fn f() -> ! {}",
    "async fn f() -> for<'a> fn(&'a str) -> &'a str {}",
    "#[invalidates(\"a:<ret.b>*\", tags(\"c:<id>\"))] #[updates(key = \"a:<id>\", ttl = 5)] #[x] async fn f(&self, mut id: &str, a: Option<&u8>, b: impl X) -> u8 { use self::x; fn y(self) { self } self.z(id, m!(self)) }",
    "#[cached] #[updates] #[invalidates(\"a:*\")] pub(crate) default async fn f(id: u64);",
    "pub struct S { x: u8 }",
    "unsafe impl<T> X for Y {}",
    "macro_rules! x { () => {} }",
    "x",
    "",
];

/// Words that mean something, and any others.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(ARGUMENTS).prop_map(str::to_owned),
        1 => "[a-z_]{1,6}|[0-9]{1,3}[a-z]{0,2}|'[a-z]",
        1 => select(vec!["fn", "mod", "impl", "async", "pub", "&", "<", ">", "->", "=>", "$", "?", "..", "r#fn"])
            .prop_map(str::to_owned),
        1 => any::<String>().prop_map(|text| format!("{text:?}")),
        1 => "[a-z<>:*.{}%$ -]{0,24}".prop_map(|text| format!("{text:?}")),
    ]
}

/// Tokens with groups in groups.
fn tokens() -> impl Strategy<Value = String> {
    vec(word(), 0..14)
        .prop_map(|words| words.join(" "))
        .prop_recursive(3, 32, 4, |inner| {
            let group = (
                inner.clone(),
                select(vec![("(", ")"), ("[", "]"), ("{", "}")]),
            );
            let group = group.prop_map(|(inner, (open, close))| format!("{open}{inner}{close}"));
            (inner, group, select(ARGUMENTS))
                .prop_map(|(before, group, after)| format!("{before} {group} {after}"))
        })
}

fn item() -> impl Strategy<Value = String> {
    let functions = vec((tokens(), select(ITEMS)), 0..4).prop_map(|items| {
        let items = items.into_iter().map(|(arguments, item)| {
            format!("#[cached({arguments})] #[cfg_attr(x, invalidates({arguments}))] {item}")
        });
        format!(
            "#[x] pub mod rows {{ #![y] use a::{{cached as b}}; {} }}",
            items.collect::<String>()
        )
    });
    prop_oneof![
        2 => select(ITEMS).prop_map(str::to_owned),
        1 => (tokens(), select(ITEMS)).prop_map(|(tokens, item)| format!("{tokens} {item}")),
        1 => tokens(),
        1 => functions,
    ]
}

/// Also where the text is no tokens: then there is nothing to be expanded.
fn parsed(text: &str) -> Option<TokenStream> {
    text.parse().ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_input_makes_the_macros_panic(args in tokens(), item in item()) {
        let (Some(args), Some(item)) = (parsed(&args), parsed(&item)) else {
            return Ok(());
        };
        for output in [
            pipeline::cached(args.clone(), &item),
            pipeline::mutator(Attribute::Invalidates, args.clone(), &item),
            pipeline::mutator(Attribute::Updates, args.clone(), &item),
            relations::coherent(args.clone(), &item),
            by_hand::key(args.clone()),
            by_hand::pattern(args.clone()),
            keyspace::expand(args.clone()),
            keyspace::expand(quote!(mod keys { #args })),
            keyspace::expand(quote!(mod keys { one(#args) = "a:<x>"; })),
            keyed::expand(
                quote!((key "a:<x>:b<y>" "u8") {keys::one} {rt} draft cached "f" {x} {} {p} (#args)),
            ),
            keyed::expand(args),
        ] {
            prop_assert!(output.to_string().len() < 200_000);
        }
    }

    #[test]
    fn no_text_makes_the_macros_panic(text in any::<String>(), item in select(ITEMS)) {
        let item: TokenStream = item.parse().unwrap();
        let text = proc_macro2::Literal::string(&text);
        pipeline::cached(quote!(key = #text, ttl = #text, tags(#text)), &item);
        pipeline::mutator(Attribute::Invalidates, quote!(#text, tags(#text), on = #text), &item);
        pipeline::mutator(Attribute::Updates, quote!(key = #text, jitter = #text, refresh_ahead = #text), &item);
        relations::coherent(quote!(elsewhere(#text)), &quote!(impl X { #[cached(key = #text, ttl = 1)] #item }));
        by_hand::key(text.to_token_stream());
        by_hand::pattern(text.to_token_stream());
        keyspace::expand(quote!(mod keys { one = #text; two(u8) = #text; }));
        keyed::expand(quote!((key #text "u8") {keys::one} {rt} draft cached "f" {x} {} {p} (x)));
    }
}
