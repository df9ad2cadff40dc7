//! The type that a method stores, as far as its spelling shows it.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::Type;

use crate::spelling::{last_segment, peel, written};

/// What is inside of `Result` and `Option`. A type behind an alias stays the alias.
pub(super) fn stored(ty: &Type) -> &Type {
    match last_segment(ty) {
        Some((name, arguments)) if name == "Option" || name.to_string().ends_with("Result") => {
            arguments.first().map_or(ty, |inner| stored(inner))
        }
        _ => peel(ty),
    }
}

/// Whether both may be one type: a path may be written in full, or from what is imported.
pub(super) fn may_be_one(one: &Type, other: &Type) -> bool {
    named(one) == named(other)
}

fn named(ty: &Type) -> String {
    written(&without_ways(ty.to_token_stream()))
}

/// Paths without all but their ends.
fn without_ways(tokens: TokenStream) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    let mut colons = 0;
    for token in tokens {
        match token {
            TokenTree::Punct(colon) if colon.as_char() == ':' => {
                colons += 1;
                if colons == 2 {
                    colons = 0;
                    kept.pop_if(|before| matches!(before, TokenTree::Ident(_)));
                }
            }
            TokenTree::Group(group) => kept.push(
                proc_macro2::Group::new(group.delimiter(), without_ways(group.stream())).into(),
            ),
            other => kept.push(other),
        }
    }
    kept.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ty(text: &str) -> Type {
        syn::parse_str(text).unwrap()
    }

    #[test]
    fn results_and_options_are_peeled() {
        for (returned, expected) in [
            ("Result<Arc<Vec<Row>>, DbError>", "Arc<Vec<Row>>"),
            ("anyhow::Result<Option<(u8, u16)>>", "(u8, u16)"),
            ("DbResult<User>", "User"),
            ("Reply<User>", "Reply<User>"),
            ("u64", "u64"),
        ] {
            assert_eq!(written(stored(&ty(returned))), expected);
        }
    }

    #[test]
    fn a_path_may_be_written_in_full() {
        for (one, other) in [
            ("crate::model::User", "User"),
            ("::std::sync::Arc<model::Row>", "Arc<Row>"),
            ("[model::Row; 4]", "[Row; 4]"),
        ] {
            assert!(may_be_one(&ty(one), &ty(other)), "{one}");
        }
        assert!(!may_be_one(&ty("Arc<User>"), &ty("Arc<Row>")));
        assert!(!may_be_one(&ty("User"), &ty("Vec<User>")));
    }
}
