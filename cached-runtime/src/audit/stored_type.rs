//! The stored type of a method, read off its return type as it is written.

/// What `Result` and `Option` wrap. A type behind an alias stays the alias: the audit sees text, no types.
pub(super) fn stored_type(written: &str) -> String {
    let text = without_needless_space(written);
    let mut inner = text.as_str();
    while let Some((head, arguments)) = generic(inner) {
        let name = head.rsplit("::").next().unwrap_or(head);
        // `IoResult<T>` is hardly ever anything else.
        if !name.ends_with("Result") && name != "Option" {
            break;
        }
        inner = first_argument(arguments);
    }
    inner.to_owned()
}

/// Whether two stored types may be one: a path may be written in full or from what is imported.
pub(super) fn are_one_type(one: &str, other: &str) -> bool {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let paths =
        |text: &str| -> Vec<String> { text.split(|c| !is_path(c)).map(str::to_owned).collect() };
    let marks = |text: &str| -> String { text.chars().filter(|c| !is_path(*c)).collect() };
    let is_end = |long: &str, short: &str| {
        let head = long.strip_suffix(short);
        head.is_some_and(|head| head.is_empty() || head.ends_with("::"))
    };
    let (left, right) = (paths(one), paths(other));
    let mut pairs = left.iter().zip(&right);
    marks(one) == marks(other) && pairs.all(|(a, b)| is_end(a, b) || is_end(b, a))
}

fn without_needless_space(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = None;
    let mut spaced = false;
    for c in text.chars() {
        if c.is_whitespace() {
            spaced = true;
            continue;
        }
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == '\'';
        if spaced && last.is_some_and(word) && word(c) {
            out.push(' ');
        }
        spaced = false;
        last = Some(c);
        out.push(c);
    }
    out
}

fn generic(text: &str) -> Option<(&str, &str)> {
    let (head, rest) = text.split_once('<')?;
    Some((head, rest.strip_suffix('>')?))
}

fn first_argument(arguments: &str) -> &str {
    let mut depth = 0_usize;
    for (at, c) in arguments.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return arguments.get(..at).unwrap_or(arguments),
            _ => {}
        }
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::{are_one_type, stored_type};

    #[test]
    fn results_and_options_are_peeled() {
        for (written, stored) in [
            ("Result < Arc < Vec < Row > > , DbError >", "Arc<Vec<Row>>"),
            ("anyhow :: Result < Option < (u8 , u16) > >", "(u8,u16)"),
            ("Option<User>", "User"),
            ("Reply<User>", "Reply<User>"),
            ("DbResult<Option<User>>", "User"),
            ("Box < dyn Rows + Send >", "Box<dyn Rows+Send>"),
            ("u64", "u64"),
        ] {
            assert_eq!(stored_type(written), stored);
        }
    }

    #[test]
    fn a_path_may_be_written_in_full() {
        for (one, other) in [
            ("User", "crate::model::User"),
            ("std::sync::Arc<Vec<Row>>", "Arc<Vec<model::Row>>"),
            ("[u8;4]", "[u8;4]"),
        ] {
            assert!(
                are_one_type(one, other) && are_one_type(other, one),
                "{one}"
            );
        }
        for (one, other) in [
            ("chat::Row", "billing::Row"),
            ("User", "SuperUser"),
            ("Vec<User>", "User"),
            ("(u8,u16)", "(u8,u8)"),
        ] {
            assert!(!are_one_type(one, other), "{one}");
        }
    }
}
