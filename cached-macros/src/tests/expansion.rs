//! What the attributes expand to, shape by shape.

use std::{env, fs, path::Path};

use proc_macro2::TokenStream;

use super::{expand, flatten};
use crate::by_hand;

fn golden(name: &str, source: &str) {
    golden_of(name, expand(source));
}

pub(super) fn golden_of(name: &str, expanded: TokenStream) {
    let file = syn::parse2(expanded).unwrap();
    let actual = prettyplease::unparse(&file);
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/tests/goldens")
        .join(name)
        .with_extension("rs");
    if env::var_os("CACHED_BLESS").is_some() {
        fs::write(&path, &actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        actual, expected,
        "`CACHED_BLESS=1 cargo test -p cached-macros` takes it as it is now"
    );
}

#[test]
fn a_free_function() {
    golden(
        "free-function",
        r#"#[cached(key = "rates:<from>:<to>", ttl = 300)]
        /// Kept.
        #[must_use]
        pub(crate) async fn rate(from: &str, to: &str) -> Option<f64> {
            fetch(from, to).await?.rate
        }"#,
    );
}

#[test]
fn a_method_with_fields_in_its_key() {
    golden(
        "method",
        r#"#[cached(key = "rows:<self.tenant>:<filter.status>:<pair.0>:<type>", ttl = "5m", skip(_page, pair))]
        async fn rows(&self, filter: &Filter, pair: (u64, u64), r#type: u8, _page: u32) -> Result<Arc<Vec<Row>>, Error> {
            self.db.rows(filter, pair, r#type).await
        }"#
        .replace("skip(_page, pair)", "skip(_page)")
        .as_str(),
    );
}

#[test]
fn every_option() {
    golden(
        "every-option",
        r#"#[cached(
            key = "rows:<id>", ttl = TTL, policy = policy::QUERY, skip(trace), none_ttl = "10s", tti = config::IDLE,
            jitter = "10%", store_if = |rows: &Rows| !rows.is_empty(), caches = self.caches, crate = ::rt
        )]
        async fn rows(&self, id: u64, trace: &str) -> Option<Rows> {
            load(id, trace).await
        }"#,
    );
}

#[test]
fn a_method_of_an_async_trait() {
    golden(
        "async-trait",
        r#"#[cached(key = "rows:<self.tenant>:<id>", ttl = 300)]
        fn rows<'life0, 'async_trait>(
            &'life0 self,
            id: u64,
        ) -> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = Result<Rows, Error>> + ::core::marker::Send + 'async_trait>>
        where
            'life0: 'async_trait,
            Self: 'async_trait,
        {
            Box::pin(async move {
                let __self = self;
                let id = id;
                let __ret: Result<Rows, Error> = { __self.db.rows(id).await };
                __ret
            })
        }"#,
    );
}

#[test]
fn inner_attributes_stay_in_front() {
    golden(
        "inner-attributes",
        r#"#[cached(key = "one", ttl = 1)]
        async fn one() -> u8 {
            #![allow(unused)]
            #[allow(dead_code)]
            const ONE: u8 = 1;
            ONE
        }"#,
    );
}

#[test]
fn a_mutator() {
    golden(
        "mutator",
        r#"#[invalidates("conversations:user:<user_id>*", "messages:<conversation.id>:*:draft", "drafts:*")]
        async fn send(&self, user_id: u64, conversation: &Conversation, body: String) -> Result<Message, DbError> {
            self.db.insert(conversation, body).await
        }"#,
    );
}

#[test]
fn a_mutator_that_names_what_it_returns() {
    golden(
        "mutator-returned",
        r#"#[invalidates("conversations:instance:<ret.instance_id>", "users:<user_id>:<ret.id>*", on = "ok")]
        async fn open(&self, user_id: u64) -> Result<Conversation, DbError> {
            self.db.open(user_id).await
        }"#,
    );
}

#[test]
fn freshness_tags_and_a_time_out() {
    golden(
        "freshness",
        r#"#[cached(
            key = "rows:<id>", policy = policy::QUERY, stale_while_revalidate = "5m", stale_if_error = config::KEPT,
            refresh_ahead = "80%", tags("tenant:<self.tenant>", "rows"), timeout = config::LIMIT
        )]
        async fn rows(&self, id: u64) -> Result<Rows, Error> {
            self.load(id).await
        }"#,
    );
}

#[test]
fn a_body_that_may_run_in_the_background() {
    golden(
        "background",
        r#"#[cached(
            key = "rows:<id>:<name>:<status>", ttl = 60, refresh_ahead = "auto", skip(tags), store_if = keep, timeout = "2s",
            tags("name:<name>"), background
        )]
        async fn rows(&self, id: u64, name: &str, mut status: Option<&Status>, mut tags: Vec<String>) -> Result<Rows, Error> {
            use self::load;
            pub(self) struct Own;
            impl Own { fn get(&self) -> &Self { self } }
            impl Of<{ 1 }> for Own { fn get(self) {} }
            fn nested(this: fn(self::Own)) -> bool { self::check(this) }
            log!(self, "{}", self.tenant);
            tracing::debug!(of = self.id(), "{self} {id}", id = self.id,);
            let shown = format!("{self:?}");
            self::load(&self, || { self.0 + Self::N }, self . field).await
        }"#,
    );
}

#[test]
fn a_body_of_an_async_trait_that_may_run_in_the_background() {
    golden(
        "background-async-trait",
        r#"#[cached(key = "rows:<id>", ttl = 60, stale_while_revalidate = 5, background)]
        fn rows<'life0, 'async_trait>(
            self: &'life0 Arc<Self>,
            id: &'life1 str,
        ) -> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = Rows> + ::core::marker::Send + 'async_trait>> {
            Box::pin(async move {
                let __self = self;
                let id = id;
                let __ret: Rows = { __self.db.rows(id).await };
                __ret
            })
        }"#,
    );
}

#[test]
fn a_mutator_that_stores_what_it_returns() {
    golden(
        "updates",
        r#"#[updates(key = "users:<id>", ttl = "30m", stale_if_error = "1h", tags("team:<team>"))]
        #[doc = "Kept."]
        #[cached_runtime::invalidates("lists:<ret.team>*", tags("team:<team>", "report:<ret.id>:*"), on = "ok")]
        async fn rename(&mut self, id: u64, team: u64) -> Result<User, Error> {
            #![inner]
            self.db.rename(id).await
        }"#,
    );
}

#[test]
fn generics_and_lifetimes() {
    golden(
        "generic",
        r#"#[cached(key = "rows:<id>:<by>:<pages>", ttl = 60, skip(trace))]
        async fn rows<'a, T: Display + ?Sized, const N: usize>(
            self: &Arc<Self>, id: &'a T, by: impl KeyPart, pages: [u8; N], trace: Option<&'a str>,
        ) -> anyhow::Result<Option<Rows>>
        where
            T: 'a,
        {
            self.db.rows(id.to_string(), by, pages).await
        }"#,
    );
}

#[test]
fn a_method_of_a_trait_with_a_body() {
    golden(
        "trait-method",
        r#"#[cached(key = "rows:<id>", policy = policy::QUERY, none_ttl = 5)]
        async fn rows(&self, id: Option<u64>) -> Reply<Rows>
        where
            Self: Sync,
        {
            self.all().await?.get(id)
        }"#,
    );
}

#[test]
fn a_mutator_of_an_async_trait() {
    golden(
        "mutator-async-trait",
        r#"#[invalidates(tags("tenant:<self.tenant>", "rows:<id>*"))]
        fn change<'life0, 'async_trait>(
            &'life0 self,
            id: u64,
        ) -> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = ()> + ::core::marker::Send + 'async_trait>>
        where
            Self: 'async_trait,
        {
            Box::pin(async move {
                let __self = self;
                let id = id;
                let () = { __self.db.change(id).await };
            })
        }"#,
    );
}

#[test]
fn a_mutator_of_other_caches() {
    golden(
        "mutator-other-caches",
        r#"#[updates(key = "rows:<id>", policy = POLICY, tags("all"), caches = self.own, crate = ::rt)]
        #[invalidates("rows:<id>*")]
        #[updates(key = "names:<name>", ttl = TTL, caches = self.own, crate = ::rt)]
        async fn change(mut self, id: u64, name: String) -> Option<Row> {
            self.db.change(id, name).await
        }"#,
    );
}

#[test]
fn keys_and_patterns_by_hand() {
    let key = by_hand::key(r#""rows:<id>:<self.tenant>""#.parse().unwrap());
    let pattern = r#"crate = ::rt; "rows:*:<filter.status>:x*""#;
    let pattern = by_hand::pattern(pattern.parse().unwrap());
    let both = quote::quote!(fn by_hand(&self, id: u64, filter: Filter) -> (Key, Pattern) { (#key, #pattern) });
    golden_of("by-hand", both);
}

#[test]
fn an_attribute_for_other_caches_is_an_act_of_its_own() {
    let expanded = expand(
        r#"#[invalidates("a:<id>", caches = self.a)]
        #[updates(key = "b:<id>", ttl = 1, caches = self.b)]
        #[elsewhere::invalidates("c:<id>", caches = self.a)]
        async fn rename(&self, id: u64) -> u64 { id }"#,
    )
    .to_string();
    assert!(expanded.starts_with("# [updates"), "{expanded}");
    assert!(
        expanded.contains("# [elsewhere :: invalidates"),
        "{expanded}"
    );
    assert!(!expanded.contains("compile_error"), "{expanded}");
}

/// Whatever the order, one act of the same parts.
#[test]
fn the_order_of_attributes_means_nothing() {
    let attributes = [
        r#"#[invalidates("a:<id>*", "b:<ret.x>", tags("t:<id>"))]"#,
        r#"#[updates(key = "c:<id>", ttl = 1, tags("t:<id>"))]"#,
        r#"#[invalidates("d:*", on = "ok")]"#,
        r#"#[cached_runtime::updates(key = "e:<name>", policy = P)]"#,
    ];
    let mut expected: Option<Vec<String>> = None;
    let mut orders = 0;
    permutations(&mut attributes.clone(), 0, &mut |order| {
        let source = format!(
            "{} async fn f(id: u64, name: &str) -> R {{ body(id) }}",
            order.join(" ")
        );
        let expanded = expand(&source);
        let text = expanded.to_string();
        assert!(!text.contains("compile_error"), "{text}");
        assert_eq!(text.matches("mutator_site !").count(), 1, "{text}");
        assert_eq!(text.matches("body (id)").count(), 1, "{text}");
        let words = words(expanded);
        let expected = expected.get_or_insert_with(|| words.clone());
        assert_eq!(*expected, words, "{source}");
        orders += 1;
    });
    assert_eq!(orders, 24);
}

/// The tokens in any order, without those by which an absorbed attribute's import is used.
fn words(expanded: TokenStream) -> Vec<String> {
    let mut flat = Vec::new();
    flatten(expanded, &mut flat);
    let mut words = Vec::new();
    let mut rest = flat.into_iter();
    while let Some(word) = rest.next() {
        if word == "unused_imports" {
            rest.find(|word| word == ";");
        } else if word != "#" && word != "allow" {
            words.push(word);
        }
    }
    words.sort();
    words
}

fn permutations<T: Clone>(items: &mut [T], fixed: usize, visit: &mut impl FnMut(&[T])) {
    if fixed == items.len() {
        return visit(items);
    }
    for other in fixed..items.len() {
        items.swap(fixed, other);
        permutations(items, fixed + 1, visit);
        items.swap(fixed, other);
    }
}

#[test]
fn the_body_is_written_once_and_whole() {
    for attribute in [
        r#"#[cached(key = "rows:<id>", ttl = 300, store_if = keep)]"#,
        r#"#[cached(key = "rows:<id>", ttl = 300, refresh_ahead = "auto", timeout = 2, tags("r:<id>"), background)]"#,
        r#"#[updates(key = "rows:<id>", ttl = 300)]"#,
        r#"#[invalidates("rows:<id>*", "rows:<ret.id>")]"#,
    ] {
        for signature in [
            "async fn rows(id: u64) -> R",
            "fn rows(id: u64) -> Pin<Box<dyn Future<Output = R>>>",
        ] {
            let body = r#"first(41); let second = |third| third + 42; match fourth { Fifth => sixth!(43), _ => "44" }"#;
            let wrapped = if signature.starts_with("async") {
                format!("{{ {body} }}")
            } else {
                format!("{{ Box::pin(async move {{ {body} }}) }}")
            };
            let mut expanded = Vec::new();
            flatten(
                expand(&format!("{attribute} {signature} {wrapped}")),
                &mut expanded,
            );
            let mut written = Vec::new();
            flatten(body.parse().unwrap(), &mut written);

            let at = expanded
                .windows(written.len())
                .filter(|window| *window == written)
                .count();
            assert_eq!(at, 1, "{attribute} {signature}");
            for token in written
                .iter()
                .filter(|token| token.contains("th") || token.contains("41"))
            {
                let count = expanded.iter().filter(|other| *other == token).count();
                assert_eq!(
                    count,
                    written.iter().filter(|other| *other == token).count(),
                    "{token}"
                );
            }
        }
    }
}
