//! What the attributes expand to, shape by shape.

use std::{env, fs, path::Path};

use super::{expand, flatten};

fn golden(name: &str, source: &str) {
    let file = syn::parse2(expand(source)).unwrap();
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
fn the_body_is_written_once_and_whole() {
    for attribute in [
        r#"#[cached(key = "rows:<id>", ttl = 300, store_if = keep)]"#,
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
