//! The messages that a page of the documentation prints are those of the goldens.
//!
//! `<!-- <topic>/<fault> -->` stands above each. `CACHED_BLESS=1` writes the goldens into the page.

/// The file that a reader would have made the mistake in.
const FILE: &str = "src/conversations.rs";

/// The page with the goldens in it, and how many there are; or what is wrong with the page.
pub(crate) fn filled(
    page: &str,
    golden: impl Fn(&str) -> Option<String>,
) -> Result<(String, usize), String> {
    let mut out = String::new();
    let mut count = 0;
    let mut lines = page.split_inclusive('\n');
    while let Some(line) = lines.next() {
        out.push_str(line);
        let Some(case) = marker(line) else {
            continue;
        };
        let golden = golden(case).ok_or_else(|| format!("there is no golden of {case}"))?;
        if lines.next() != Some("```text\n") {
            return Err(format!("{case}: no text block follows"));
        }
        if !lines.by_ref().any(|line| line == "```\n") {
            return Err(format!("{case}: its block is never closed"));
        }
        let shown = golden.replace(&format!("fail/{case}.rs"), FILE);
        out.push_str("```text\n");
        out.push_str(shown.trim_end());
        out.push_str("\n```\n");
        count += 1;
    }
    Ok((out, count))
}

fn marker(line: &str) -> Option<&str> {
    let case = line
        .trim_end()
        .strip_prefix("<!-- ")?
        .strip_suffix(" -->")?;
    case.contains('/').then_some(case)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn golden(case: &str) -> Option<String> {
        (case == "t/a").then(|| "error: new\n --> fail/t/a.rs:3:1\n".to_owned())
    }

    #[test]
    fn a_page_that_says_something_else() {
        let old = "A.\n<!-- t/a -->\n```text\nerror: old\n```\nB.\n";
        let new = "A.\n<!-- t/a -->\n```text\nerror: new\n --> src/conversations.rs:3:1\n```\nB.\n";
        assert_eq!(filled(old, golden), Ok((new.to_owned(), 1)));
        assert_eq!(filled(new, golden), Ok((new.to_owned(), 1)));
        assert_eq!(
            filled("A.\n<!-- b -->\n", golden),
            Ok(("A.\n<!-- b -->\n".to_owned(), 0))
        );
    }

    #[test]
    fn a_page_that_names_no_case() {
        assert!(
            filled("<!-- t/b -->\n```text\n```\n", golden)
                .unwrap_err()
                .contains("no golden of t/b")
        );
        assert!(
            filled("<!-- t/a -->\n", golden)
                .unwrap_err()
                .contains("no text block")
        );
        assert!(
            filled("<!-- t/a -->\n```text\n", golden)
                .unwrap_err()
                .contains("never closed")
        );
    }
}
