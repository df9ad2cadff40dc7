//! The report as sections, one a question, so that answering one anew leaves the others as they are.

const HEAD: &str = "# Results\n\n\
    Written by the benches, section by section: each says where and when it was measured. The [README](../README.md) \
    explains the questions; all samples are in `samples/`.\n";

fn mark(slug: &str) -> String {
    format!("<!-- question: {slug} -->")
}

/// `former` with the section of `slug` replaced, in the order of `slugs`. Sections of questions that are no more go.
pub(super) fn replaced(former: &str, slugs: &[&str], slug: &str, section: &str) -> String {
    let mut text = HEAD.to_owned();
    for known in slugs {
        let section = if *known == slug {
            Some(section)
        } else {
            section_of(former, known)
        };
        if let Some(section) = section {
            text.push_str(&["\n", &mark(known), "\n", section.trim(), "\n"].concat());
        }
    }
    text
}

fn section_of<'t>(text: &'t str, slug: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&mark(slug))?;
    let section = rest.split("<!-- question: ").next()?;
    Some(section.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLUGS: [&str; 3] = ["hits", "misses", "memory"];

    #[test]
    fn an_answer_leaves_those_to_other_questions_alone() {
        let memory = replaced("", &SLUGS, "memory", "## Memory\n\nmuch\n");
        let both = replaced(&memory, &SLUGS, "hits", "## Hits\n\nfast\n");
        let again = replaced(&both, &SLUGS, "hits", "## Hits\n\nfaster");
        assert_eq!(section_of(&again, "memory"), Some("## Memory\n\nmuch"));
        assert_eq!(section_of(&again, "hits"), Some("## Hits\n\nfaster"));
        assert_eq!(section_of(&again, "misses"), None);
        assert!(again.find("## Hits") < again.find("## Memory"), "{again}");
    }

    #[test]
    fn a_question_that_is_no_more_goes() {
        let text = replaced("", &SLUGS, "memory", "## Memory");
        let text = replaced(&text, &["hits"], "hits", "## Hits");
        assert!(!text.contains("Memory"), "{text}");
    }
}
