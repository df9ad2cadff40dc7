//! Format strings that name `self`, in the macros that are known to take one.

use proc_macro2::{Ident, Literal, TokenStream, TokenTree};

/// Which argument of a macro is its format string.
#[derive(Clone, Copy)]
enum Place {
    Argument(usize),
    /// The first one that is a string and nothing else: fields come before it.
    FirstString,
}

const MACROS: &[(&[&str], Place)] = &[
    (
        &[
            "format",
            "format_args",
            "print",
            "println",
            "eprint",
            "eprintln",
            "panic",
            "todo",
            "unimplemented",
            "unreachable",
            "anyhow",
            "bail",
        ],
        Place::Argument(0),
    ),
    (
        &["write", "writeln", "assert", "debug_assert", "ensure"],
        Place::Argument(1),
    ),
    (
        &[
            "assert_eq",
            "assert_ne",
            "debug_assert_eq",
            "debug_assert_ne",
        ],
        Place::Argument(2),
    ),
    (
        &["trace", "debug", "info", "warn", "error", "event"],
        Place::FirstString,
    ),
];

/// Whether a text would name `self` if it were a format string.
pub(crate) fn names_self(literal: &Literal) -> bool {
    let text = literal.to_string().replace("{{", "");
    text.contains("{self}") || text.contains("{self:")
}

/// Where among the tokens the format string of a macro stands, if it names `self`.
pub(crate) fn naming_self(name: &Ident, arguments: &TokenStream) -> Option<usize> {
    let name = name.to_string();
    let (_, place) = MACROS
        .iter()
        .find(|(names, _)| names.contains(&name.as_str()))?;
    let tokens: Vec<TokenTree> = arguments.clone().into_iter().collect();
    let mut start = 0;
    for (index, argument) in tokens.split(is_comma).enumerate() {
        let wanted = match place {
            Place::Argument(wanted) => index == *wanted,
            Place::FirstString => matches!(argument, [TokenTree::Literal(_)]),
        };
        if wanted {
            return match argument {
                [TokenTree::Literal(text)] if names_self(text) => Some(start),
                _ => None,
            };
        }
        start += argument.len() + 1;
    }
    None
}

pub(crate) fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_strings_are_found_where_they_are_taken() {
        for (source, found) in [
            (r#"println!("{self}", x)"#, Some(0)),
            (r#"println!("{self:?}")"#, Some(0)),
            (r#"println!("{}", "{self}")"#, None),
            (r#"println!("{{self}}")"#, None),
            (r#"println!("{{{self}}}")"#, Some(0)),
            (r#"write!(f.out(1, 2), "{self}")"#, Some(5)),
            (r#"assert_eq!(a, "{self}")"#, None),
            (r#"assert_eq!(a, b, "{self}")"#, Some(4)),
            (r#"info!(a = 1, "{self}", b)"#, Some(4)),
            (r#"info!(a = "{self}", "b")"#, None),
            (r#"query!("{self}")"#, None),
        ] {
            let mut tokens = source.parse::<TokenStream>().unwrap().into_iter();
            let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(group))) =
                (tokens.next(), tokens.nth(1))
            else {
                panic!("{source}");
            };
            let at = naming_self(&name, &group.stream());
            assert_eq!(at, found, "{source}");
        }
    }
}
