//! The stored type of a method, read off its return type as it is written.

/// What `Result` and `Option` wrap. A type behind an alias stays the alias: the audit sees text, no types.
pub(super) fn stored_type(written: &str) -> String {
    let text = without_needless_space(written);
    let mut inner = text.as_str();
    while let Some((head, arguments)) = generic(inner) {
        let name = head.rsplit("::").next().unwrap_or(head);
        if name != "Result" && name != "Option" {
            break;
        }
        inner = first_argument(arguments);
    }
    inner.to_owned()
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
    use super::stored_type;

    #[test]
    fn results_and_options_are_peeled() {
        for (written, stored) in [
            ("Result < Arc < Vec < Row > > , DbError >", "Arc<Vec<Row>>"),
            ("anyhow :: Result < Option < (u8 , u16) > >", "(u8,u16)"),
            ("Option<User>", "User"),
            ("Reply<User>", "Reply<User>"),
            ("Box < dyn Rows + Send >", "Box<dyn Rows+Send>"),
            ("u64", "u64"),
        ] {
            assert_eq!(stored_type(written), stored);
        }
    }
}
