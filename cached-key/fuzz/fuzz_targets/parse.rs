//! Any text is parsed or refused, and what is parsed prints as it was.
#![no_main]

use cached_key::{Error, Key, Pattern, PatternTemplate, Template, overlap};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let (text, other) = input.split_once('\n').unwrap_or((input, "user:1"));
    let template = Template::parse(text);
    let pattern = PatternTemplate::parse(text);

    match &template {
        Ok(template) => assert_eq!(template.to_string(), text),
        Err(errors) => tell(text, errors),
    }
    match &pattern {
        Ok(pattern) => {
            assert_eq!(pattern.to_string(), text);
            assert!(pattern.covers(pattern));
        }
        Err(errors) => tell(text, errors),
    }
    if let (Ok(template), Ok(pattern)) = (&template, &pattern) {
        assert!(overlap(pattern, template));
    }
    if let (Ok(pattern), Ok(other)) = (&pattern, Template::parse(other)) {
        overlap(pattern, &other);
    }

    match Pattern::parse(text) {
        Ok(pattern) => {
            pattern.matches(other);
            assert_eq!(Pattern::parse(&pattern.to_string()), Ok(pattern));
        }
        Err(error) => tell(text, &[error]),
    }
    match Key::parse(text) {
        Ok(key) => {
            assert_eq!(key.as_str(), text);
            assert!(key.short().len() <= 1_024);
            assert!(Pattern::from(&key).matches(text));
        }
        Err(error) => tell(text, &[error]),
    }
});

fn tell(text: &str, errors: &[Error]) {
    assert!(!errors.is_empty());
    for error in errors {
        assert!(text.get(error.range()).is_some());
        let _ = (error.to_string(), error.label(), error.help(), error.note());
    }
}
