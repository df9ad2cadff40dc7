//! Whatever comes in, tokens come out, and no panic.

use proc_macro2::TokenStream;

use crate::{by_hand, keyed, keyspace, option::Attribute, pipeline};

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

/// The usual linear congruence: the same inputs in every run.
struct Dice(u64);

impl Dice {
    fn throw<T: Copy>(&mut self, sides: &[T]) -> T {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        sides[usize::try_from(self.0 >> 33).unwrap() % sides.len()]
    }
}

#[test]
fn no_input_makes_the_macros_panic() {
    let mut dice = Dice(7);
    let lengths: Vec<usize> = (0..14).collect();
    for _ in 0..2_000 {
        let length = dice.throw(&lengths);
        let words: Vec<_> = (0..length).map(|_| dice.throw(ARGUMENTS)).collect();
        let source = words.join(" ");
        let args: TokenStream = source.parse().unwrap();
        let item: TokenStream = dice.throw(ITEMS).parse().unwrap();
        for output in [
            pipeline::cached(args.clone(), &item),
            pipeline::mutator(Attribute::Invalidates, args.clone(), &item),
            pipeline::mutator(Attribute::Updates, args.clone(), &item),
            by_hand::key(args.clone()),
            by_hand::pattern(args.clone()),
            keyspace::expand(args.clone()),
            keyspace::expand(quote::quote!(mod keys { #args })),
            keyspace::expand(quote::quote!(mod keys { one(#args) = "a:<x>"; })),
            keyed::expand(
                quote::quote!((key "a:<x>:b<y>" "u8") {keys::one} {rt} draft cached "f" {x} {} {p} (#args)),
            ),
            keyed::expand(args),
        ] {
            assert!(output.to_string().len() < 100_000, "{source}");
        }
    }
}
