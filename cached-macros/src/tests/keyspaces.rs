//! What keyspaces expand to, and what is answered about their keys.

use proc_macro2::TokenStream;
use quote::quote;

use super::{expand, expansion::golden_of, flatten};
use crate::{by_hand, keyed, keyspace};

const KEYSPACE: &str = r#"
    /// What is cached about conversations.
    pub mod conversations {
        use super::Status;

        /// The conversations of a user.
        by_user(user_id: u64, status: Option<&Status>) = "conversations:user:<user_id>:status:<status>";
        /// One that is gone.
        #[deprecated]
        instance(instance_id: &str) = "conversations:instance:<instance_id>";
        all() = "conversations:all";
    }
"#;

fn expand_keyspace(source: &str) -> TokenStream {
    keyspace::expand(source.parse().unwrap())
}

#[test]
fn a_declaration() {
    golden_of("keyspace", expand_keyspace(KEYSPACE));
}

#[test]
fn a_cached_method_and_a_mutator() {
    golden_of(
        "keyspace-method",
        expand(
            r"#[cached(key = keys::conversations::by_user, ttl = 60, skip(trace))]
            async fn list(&self, user_id: u64, status: Option<&Status>, trace: u64) -> Rows {
                self.load(user_id, status, trace).await
            }",
        ),
    );
    golden_of(
        "keyspace-mutator",
        expand(
            r#"#[invalidates(conversations::by_user(user_id, ..), conversations::instance(<ret.id>), "all:*", in = all)]
            async fn send(&self, user_id: u64) -> Message {
                self.send(user_id).await
            }"#,
        ),
    );
}

/// As the arms of the keyspace's macro answer: what is asked about a key goes through `keyed!`.
fn answer(key: &str, call: &str) -> TokenStream {
    let call: TokenStream = call.parse().unwrap();
    let key: TokenStream = key.parse().unwrap();
    keyed::expand(quote!(#key {conversations::by_user} {::rt::__private} #call))
}

const BY_USER: &str =
    r#"(key "conversations:user:<user_id>:status:<status>" "u64" "Option<&Status>")"#;

#[test]
fn answers() {
    for (call, expected) in [
        (
            r#"key cached "list" {status user_id} {} {}"#,
            r#"| key : & mut :: rt :: __private :: KeyWriter < '_ > | { key . text ("conversations:user:") ; conversations :: by_user :: user_id (key , & user_id) ; key . text (":status:") ; conversations :: by_user :: status (key , & status) ; }"#,
        ),
        (
            r#"pattern invalidates "send" {} {} {} (a.b, ..)"#,
            r#""conversations:user:<user_id>:status:*""#,
        ),
        (
            r#"draft invalidates "send" {} {} {patterns} (_, ret.status)"#,
            r#"{ patterns . text ("conversations:user:") ; patterns . any () ; patterns . text (":status:") ; patterns . hole () ; patterns . end (:: rt :: __private :: Tail :: Exact) ; }"#,
        ),
        (
            r#"fill invalidates "send" {} {} {holes answer} (_, ret.status)"#,
            r"{ { let ret = answer ; conversations :: by_user :: status (holes , & ret . status) ; } }",
        ),
        (r#"check cached "list" {status user_id} {} {}"#, ""),
    ] {
        assert_eq!(answer(BY_USER, call).to_string(), expected, "{call}");
    }
}

/// One answer for each question tells what is wrong; the others do what nothing else is complained about.
#[test]
fn a_fault_is_told_once() {
    let unknown = r#"(unknown by_usr "by_user")"#;
    for key in [BY_USER, unknown] {
        let told = |what: &str| {
            let call = format!("{what} cached \"list\" {{}} {{}} {{patterns}}");
            let mut flat = Vec::new();
            flatten(answer(key, &call), &mut flat);
            flat.iter()
                .filter(|token| *token == "compile_error")
                .count()
        };
        assert!(told("key") > 0 && told("check") > 0);
        assert!(told("draft") > 0);
        assert_eq!(told("pattern") + told("fill"), 0);
    }
    for what in ["key", "pattern", "draft", "fill", "check"] {
        let call = format!("{what} cached \"list\" {{}} {{}} {{patterns}}");
        let answer = answer("(faulty)", &call).to_string();
        assert!(!answer.contains("compile_error"), "{answer}");
    }
}

/// A key with a fault is still there for those who use it, and its neighbours are whole.
#[test]
fn a_faulty_key_harms_no_other() {
    let expanded = expand_keyspace(
        r#"mod users {
            name(id: u64) = "users:<id";
            name(id: u64) = "users:again:<id>";
            mail(id: u64) = "users:<id>:mail";
        }"#,
    )
    .to_string();
    assert_eq!(expanded.matches("pub fn name").count(), 1, "{expanded}");
    assert!(expanded.contains("(faulty)"), "{expanded}");
    assert!(expanded.contains("pub enum mail"), "{expanded}");
    assert_eq!(expanded.matches("compile_error").count(), 2, "{expanded}");
}

#[test]
fn keys_that_types_tell_apart_are_no_fault() {
    let faults = |keys: &str| {
        let expanded = expand_keyspace(&format!("mod users {{ {keys} }}")).to_string();
        expanded.matches("compile_error").count()
    };
    let newest = r#"newest() = "users:newest";"#;
    assert_eq!(
        faults(&format!("one(id: u64) = \"users:<id>\"; {newest}")),
        0
    );
    assert_eq!(
        faults(&format!("one(id: &str) = \"users:<id>\"; {newest}")),
        1
    );
    assert_eq!(
        faults(r#"one(id: u64) = "users:<id>"; two() = "users:2";"#),
        1
    );
    assert_eq!(
        faults(r#"one(id: u64) = "users:<id>"; u(id: &str) = "users:u<id>";"#),
        0
    );
    assert_eq!(
        faults(r#"one(id: &str) = "users:<id>"; u(id: u64) = "users:u<id>";"#),
        1
    );
}

#[test]
fn a_pattern_by_hand_asks_the_keyspace() {
    let expanded = by_hand::pattern("conversations::by_user(1, ..)".parse().unwrap()).to_string();
    assert!(
        expanded.contains("conversations :: keyspace ! { by_user"),
        "{expanded}"
    );
}
