//! Every option of the macros' table has a case, in each attribute that takes it. The table is read off the goldens: the
//! note of an unknown option lists it, so it can't be an old one.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;

use crate::cases::Case;

/// Those that must list their options. Others that list some are held to theirs too.
const ATTRIBUTES: [&str; 3] = ["cached", "invalidates", "updates"];

pub(crate) fn check(cases: &[Case]) -> Vec<String> {
    let table = table(cases);
    let mut complaints = Vec::new();
    let listing = table.keys().map(String::as_str);
    for attribute in listing.chain(ATTRIBUTES).collect::<BTreeSet<_>>() {
        let Some(options) = table.get(attribute) else {
            complaints.push(format!("no case lists the options of `#[{attribute}]`: an unknown option like none of them does"));
            continue;
        };
        for option in options {
            if !cases.iter().any(|case| shows(case, attribute, option)) {
                complaints.push(format!(
                    "`{option}` of `#[{attribute}]` has no case: a program that writes it there, and a headline that names it"
                ));
            }
        }
    }
    complaints
}

/// The options of each attribute, as the macros list them.
fn table(cases: &[Case]) -> BTreeMap<String, BTreeSet<String>> {
    let mut table: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let errors = cases.iter().flat_map(|case| &case.golden).flatten();
    for note in errors.flat_map(|told| &told.note) {
        let listed = note.strip_prefix("options of `#[");
        if let Some((attribute, list)) = listed.and_then(|listed| listed.split_once("]`: ")) {
            let options = list
                .split(", ")
                .map(|option| option.trim_matches('`').to_owned());
            table
                .entry(attribute.to_owned())
                .or_default()
                .extend(options);
        }
    }
    table
}

fn shows(case: &Case, attribute: &str, option: &str) -> bool {
    let quoted = format!("`{option}`");
    let told = case
        .golden
        .iter()
        .flatten()
        .any(|told| told.headline.contains(&quoted));
    told && writes(&case.source, attribute, option)
}

/// The option itself, or its absence, is in an attribute of the program.
fn writes(source: &str, attribute: &str, option: &str) -> bool {
    struct Search<'a> {
        attribute: &'a str,
        option: &'a str,
        found: bool,
    }
    impl<'ast> Visit<'ast> for Search<'_> {
        fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
            let arguments = match &attribute.meta {
                syn::Meta::List(list) => list.tokens.clone(),
                _ => TokenStream::new(),
            };
            self.found |= attribute.path().is_ident(self.attribute)
                && arguments
                    .into_iter()
                    .any(|token| matches!(token, TokenTree::Ident(ident) if ident == self.option));
        }
    }
    let Ok(file) = syn::parse_file(source) else {
        return false;
    };
    let mut search = Search {
        attribute,
        option,
        found: false,
    };
    search.visit_file(&file);
    search.found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::Told;

    fn case(source: &str, headline: &str, note: &str) -> Case {
        Case {
            name: "t/a".to_owned(),
            source: source.to_owned(),
            golden: Some(vec![Told {
                headline: headline.to_owned(),
                note: vec![note.to_owned()],
                ..Told::default()
            }]),
        }
    }

    fn table() -> Vec<Case> {
        ATTRIBUTES
            .iter()
            .map(|attribute| {
                let note = format!("options of `#[{attribute}]`: `ttl`, `on`");
                case("", "unknown option `x`", &note)
            })
            .collect()
    }

    #[test]
    fn an_option_without_a_case() {
        let mut cases = table();
        let told = check(&cases);
        assert_eq!(told.len(), 6, "{told:?}");
        for attribute in ATTRIBUTES {
            let source = format!("#[{attribute}(ttl = 0, on = 5)] async fn f() {{}}");
            cases.push(case(&source, "`ttl` is zero, and `on` is five", ""));
        }
        assert_eq!(check(&cases), Vec::<String>::new());
        let last = cases.len() - 1;
        cases[last].source = "#[updates(ttl = 0)] async fn f() {}".to_owned();
        assert!(
            check(&cases)
                .concat()
                .contains("`on` of `#[updates]` has no case")
        );
        cases[last].source =
            "impl X { #[updates(ttl = 0, x(on))] #[x(on)] async fn f() {} }".to_owned();
        assert!(
            check(&cases)
                .concat()
                .contains("`on` of `#[updates]` has no case")
        );
        let last = &mut cases[last];
        last.source = "impl X { #[updates(ttl = 0, on)] async fn f() {} }".to_owned();
        last.golden.as_mut().unwrap()[0].headline = "`ttl` is zero".to_owned();
        assert!(
            check(&cases)
                .concat()
                .contains("`on` of `#[updates]` has no case")
        );
    }

    #[test]
    fn another_attribute_that_lists_its_options() {
        let source = "#[cached(ttl = 0, on)] #[invalidates(ttl = 0, on)] #[updates(ttl = 0, on)] async fn f() {}";
        let mut cases = table();
        cases.push(case(
            source,
            "`ttl` and `on`",
            "options of `#[coherent]`: `elsewhere`",
        ));
        assert_eq!(check(&cases).len(), 1);
        cases.push(case(
            "#[coherent(elsewhere = 1)] impl X {}",
            "`elsewhere` takes a list",
            "",
        ));
        assert_eq!(check(&cases), Vec::<String>::new());
    }

    #[test]
    fn an_attribute_whose_options_nobody_lists() {
        let mut cases = table();
        cases.remove(1);
        assert!(
            check(&cases)
                .concat()
                .contains("no case lists the options of `#[invalidates]`")
        );
    }
}
