//! Templates without the names of their placeholders, which differ from method to method.

use cached_key::{Path, Template};

/// [`Template::outline`] that outlives the template: tags are parsed anew each time.
pub(super) fn outline(template: &Template) -> Vec<Option<String>> {
    let parts = template.outline().into_iter();
    parts.map(|part| part.map(str::to_owned)).collect()
}

/// Whether both may be names of the same thing: `id`, `user_id` and `user.id`, or `user` and `user_id`. What is numbered may be
/// anything.
pub(super) fn are_related(one: &Path, other: &Path) -> bool {
    let (one, other) = (words(one), words(other));
    let is_numbered = |words: &[String]| words.iter().any(|word| word.parse::<u32>().is_ok());
    is_numbered(&one)
        || is_numbered(&other)
        || one.ends_with(&other)
        || other.ends_with(&one)
        || one.starts_with(&other)
        || other.starts_with(&one)
}

fn words(path: &Path) -> Vec<String> {
    let root = Some(path.root()).filter(|root| !matches!(*root, "self" | "ret"));
    let names = root.into_iter().chain(path.fields());
    let words = names.flat_map(|name| name.split('_'));
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_thing_are_related() {
        let related = |one: &str, other: &str| {
            let template = Template::parse(&format!("a:<{one}>:<{other}>")).unwrap();
            let mut paths = template.placeholders().map(|(path, _)| path);
            are_related(paths.next().unwrap(), paths.next().unwrap())
        };
        for (one, other) in [
            ("id", "user_id"),
            ("user.id", "user_id"),
            ("user", "user_id"),
            ("self.tenant", "tenant"),
            ("pair.0", "user_id"),
        ] {
            assert!(related(one, other) && related(other, one), "{one} {other}");
        }
        for (one, other) in [
            ("user_id", "conversation_id"),
            ("name", "id"),
            ("self.id", "page"),
        ] {
            assert!(!related(one, other), "{one} {other}");
        }
    }
}
