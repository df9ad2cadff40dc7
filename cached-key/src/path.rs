//! What stands between `<` and `>`: a name and the fields to follow from it.

use std::fmt;

/// `user_id`, `req.user_id`, `self.tenant`, `pair.0`, `ret.instance_id`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Path {
    text: Box<str>,
}

impl Path {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut names = text.split('.');
        let root = names.next()?;
        let fields_are_sound = names.clone().all(|field| is_name(field) || is_index(field));
        let root_is_sound = is_name(root) || (root == "self" && names.next().is_some());
        (root_is_sound && fields_are_sound).then(|| Self { text: text.into() })
    }

    /// The parameter (or `self`, or `ret`) that the path starts from.
    pub fn root(&self) -> &str {
        self.text.split('.').next().unwrap_or_default()
    }

    /// The fields, from the outermost inwards; tuple fields are numbers.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.text.split('.').skip(1)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn is_name(text: &str) -> bool {
    // These four are no names even with `r#` before them.
    if matches!(text, "_" | "self" | "Self" | "super" | "crate") {
        return false;
    }
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|first| first == '_' || first.is_alphabetic())
        && chars.all(|next| next == '_' || next.is_alphanumeric())
}

fn is_index(text: &str) -> bool {
    // Nine digits fit in any integer, and no tuple comes near.
    (1..=9).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_fall_into_root_and_fields() {
        let path = Path::parse("req.inner.0").unwrap();
        assert_eq!(path.root(), "req");
        assert_eq!(path.fields().collect::<Vec<_>>(), ["inner", "0"]);
        assert_eq!(path.to_string(), "req.inner.0");
    }

    #[test]
    fn names_are_the_identifiers_of_rust() {
        for good in [
            "id", "_id", "type", "self.id", "pair.0", "größe", "ret.a.10",
        ] {
            assert!(Path::parse(good).is_some(), "{good}");
        }
        for bad in [
            "", "_", "self", "Self", "crate", "1", "1a", "a-b", "a.", ".a", "a.00", "a.self",
            "a._", "a b",
        ] {
            assert!(Path::parse(bad).is_none(), "{bad}");
        }
    }
}
