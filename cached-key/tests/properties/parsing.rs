//! Parsing takes any text, and printing gives back what was parsed.

use cached_key::{
    Correction, Error, Key, Part, Pattern, PatternPart, PatternTemplate, Template, nearest, overlap,
};
use proptest::prelude::*;

use crate::cases;
use crate::texts::{any_text, pattern_template, template};

/// Every fault can be told, lies within the text, and comes in source order.
fn check(text: &str, errors: &[Error]) {
    assert!(!errors.is_empty());
    for error in errors {
        assert!(text.get(error.range()).is_some(), "{text:?} {error:?}");
        assert!(!error.to_string().is_empty());
        let _ = (error.label(), error.help(), error.note());
    }
    assert!(
        errors.is_sorted_by_key(|error| error.range().start),
        "{text:?}"
    );
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_text_is_parsed_or_refused(text in any_text(), other in any_text()) {
        let template = Template::parse(&text);
        let pattern = PatternTemplate::parse(&text);
        let _ = nearest(&text, [other.as_str()]);
        match &template {
            Ok(template) => prop_assert_eq!(template.to_string(), text.as_str()),
            Err(errors) => check(&text, errors),
        }
        match &pattern {
            Ok(pattern) => prop_assert_eq!(pattern.to_string(), text.as_str()),
            Err(errors) => check(&text, errors),
        }
        if let (Ok(template), Ok(pattern)) = (&template, &pattern) {
            prop_assert!(overlap(pattern, template));
            let _ = (Correction::of_pattern(pattern, [template]), Correction::of_template(template, [pattern]));
            prop_assert!(pattern.covers(pattern));
        }
        match Key::parse(&text) {
            Ok(key) => prop_assert!(Pattern::from(&key).matches(key.as_str())),
            Err(error) => check(&text, &[error]),
        }
        match Pattern::parse(&text) {
            Ok(pattern) => {
                let _ = pattern.matches(&other);
                prop_assert_eq!(Pattern::parse(&pattern.to_string()), Ok(pattern));
            }
            Err(error) => check(&text, &[error]),
        }
    }

    #[test]
    fn templates_print_what_was_parsed(text in template()) {
        let template = Template::parse(&text).unwrap();
        prop_assert_eq!(&template.to_string(), &text);
        let printed: String = template.parts().iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Value(path) => format!("<{path}>"),
        }).collect();
        prop_assert_eq!(&printed, &text);
        for (path, range) in template.placeholders() {
            prop_assert_eq!(&text[range], format!("<{path}>"));
        }
    }

    #[test]
    fn pattern_templates_print_what_was_parsed(text in pattern_template()) {
        let pattern = PatternTemplate::parse(&text).unwrap();
        prop_assert_eq!(&pattern.to_string(), &text);
        let printed: String = pattern.parts().iter().map(|part| match part {
            PatternPart::Text(text) => text.clone(),
            PatternPart::Value(path) => format!("<{path}>"),
            PatternPart::AnySegment => "*".to_owned(),
        }).collect();
        prop_assert!(text.starts_with(&printed));
        prop_assert!(["", "*", ":*"].contains(&&text[printed.len()..]));
        for (path, range) in pattern.placeholders() {
            prop_assert_eq!(&text[range], format!("<{path}>"));
        }
    }
}
