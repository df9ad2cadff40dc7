//! What single faults are told as, straight from the macro.

use proc_macro2::TokenStream;

use super::{expand, flatten};

/// The headline, and that the function is still there.
fn fault(source: &str) -> String {
    let expanded = expand(source);
    let mut flat = Vec::new();
    flatten(expanded, &mut flat);
    let error = flat
        .iter()
        .position(|token| token == "compile_error")
        .expect("a fault");
    flat.get(error + 2).cloned().unwrap_or_default()
}

#[test]
fn the_function_survives_token_for_token() {
    let item = r#"#[doc = "Kept."] pub(super) async fn rows<'a, T: Copy>(&self, id: &'a T) -> [u8; 4] where T: 'a { x!(id) }"#;
    let item: TokenStream = item.parse().unwrap();
    let expanded = crate::pipeline::cached("ttl = 0, tll, key = 5".parse().unwrap(), &item);
    let expected = item.to_string();
    assert!(expanded.to_string().starts_with(&expected));
    assert_eq!(expanded.to_string().matches("compile_error").count(), 3);
}

#[test]
fn a_drawing_points_at_its_part() {
    let told = fault(
        r#"#[cached(key = "conversations:user:<usr_id>:list", ttl = 300)] async fn list(user_id: u64) -> u8 { 0 }"#,
    );
    let expected = "unknown placeholder `<usr_id>` in the cache key

  conversations:user:<usr_id>:list
                     ^^^^^^^^ `list` has no parameter of this name

= help: did you mean `<user_id>`?
= note: parameters of `list`: `user_id`";
    assert_eq!(told, format!("{expected:?}"));
}
