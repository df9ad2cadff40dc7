//! What a pattern that matches nothing was probably meant to be.

use cached_key::{PatternTemplate, Template, nearest, overlap};

/// The pattern with one segment replaced by that of a template, where this makes it match.
pub(super) fn better_pattern(text: &str, templates: &[Template]) -> Option<String> {
    let segments: Vec<&str> = text.split(':').collect();
    let written: Vec<String> = templates.iter().map(ToString::to_string).collect();
    for template in &written {
        for (n, (wrong, right)) in segments.iter().zip(template.split(':')).enumerate() {
            let star = if wrong.ends_with('*') { "*" } else { "" };
            let bare = wrong.trim_end_matches('*');
            if bare == right || nearest(bare, [right]).is_none() {
                continue;
            }
            let mut better = segments.clone();
            let segment = format!("{right}{star}");
            better.splice(n..=n, [segment.as_str()]);
            let better = better.join(":");
            let matches = PatternTemplate::parse(&better)
                .is_ok_and(|better| templates.iter().any(|template| overlap(&better, template)));
            if matches {
                return Some(better);
            }
        }
    }
    nearest(text, written.iter().map(String::as_str)).map(str::to_owned)
}
