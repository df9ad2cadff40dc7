//! Texts that parameters fill: keys and tags against the parameters.

use std::ops::Range;

use cached_key::{Part, Path, Subject, Template};

use super::placeholder;
use crate::function::{Function, plain};
use crate::literal::Text;
use crate::option::Attribute;
use crate::plan::{Filled, Piece};
use crate::reference::RETURNED;
use crate::report::{Errors, Report};

/// Where a text stands, and what it is.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) attribute: Attribute,
    pub(super) subject: Subject,
    pub(super) function: &'a Function,
}

/// What the placeholders of a text came to.
#[derive(Default)]
pub(super) struct Found {
    pub(super) pieces: Vec<Piece>,
    /// The parameters named.
    pub(super) named: Vec<String>,
    /// The parameters probably meant by what is reported; `None` where that could be any.
    pub(super) meant: Vec<Option<String>>,
}

pub(super) fn parse(
    text: &Text,
    subject: Subject,
    function: Option<&Function>,
    example: &str,
    errors: &mut Errors,
) -> Option<Template> {
    let parsed = match subject {
        Subject::Tag => Template::parse_tag(&text.value),
        Subject::Key | Subject::Pattern => Template::parse(&text.value),
    };
    match parsed {
        Ok(template) => Some(template),
        Err(faults) => {
            for fault in &faults {
                errors.push(placeholder::grammar(text, fault, function, example));
            }
            None
        }
    }
}

pub(super) fn fill(
    text: &Text,
    template: &Template,
    context: Context<'_>,
    errors: &mut Errors,
) -> Found {
    let mut found = Found::default();
    let placeholders: Vec<_> = template.placeholders().map(|(_, range)| range).collect();
    for root in placeholder::braces(text, &placeholders, context.function, errors) {
        found.meant.push(Some(root));
    }
    let mut ranges = placeholders.into_iter();
    for part in template.parts() {
        match part {
            Part::Text(text) => found.pieces.push(Piece::Text(text.clone())),
            Part::Value(path) => {
                let range = ranges.next().unwrap_or_default();
                value(text, path, &range, context, &mut found, errors);
            }
        }
    }
    found
}

fn value(
    text: &Text,
    path: &Path,
    range: &Range<usize>,
    context: Context<'_>,
    found: &mut Found,
    errors: &mut Errors,
) {
    let Context {
        attribute,
        subject,
        function,
    } = context;
    if let Some(value) = placeholder::value(text, path, range, function) {
        found.named.push(path.root().to_owned());
        match value {
            Ok(value) => found.pieces.push(Piece::Value(value)),
            Err(report) => errors.push(report),
        }
    } else if path.root() == RETURNED
        && (attribute == Attribute::Updates || subject == Subject::Tag)
    {
        errors.push(too_late(text, path, range, subject));
    } else if let Some(report) = placeholder::unnamed(path.root(), function, attribute) {
        // `#[cached]` complains about each such parameter anyhow.
        if attribute != Attribute::Cached {
            errors.push(report);
        }
    } else {
        let meant = placeholder::unknown(text, path, range, function, subject, errors);
        if path.root() != "self" {
            found.meant.push(meant);
        }
    }
}

/// What the function returns is not there yet when its key and its tags are needed.
fn too_late(text: &Text, path: &Path, range: &Range<usize>, subject: Subject) -> Report {
    let report = text
        .fault(
            format!("`<{path}>` is not known before the call"),
            range,
            "",
        )
        .note(format!(
            "the {subject} is needed first: else an invalidation in between would go unnoticed"
        ));
    if subject == Subject::Key {
        report.help(format!("`#[invalidates(\"{}\")]`", text.value))
    } else {
        report
    }
}

/// The tags of an attribute. A placeholder of a tag accounts for no parameter of the key.
pub(super) fn tags(
    texts: &[Text],
    function: Option<&Function>,
    attribute: Attribute,
    errors: &mut Errors,
) -> Vec<Filled> {
    let example = match function.and_then(|function| function.names().next()) {
        Some(name) => format!("tenant:<{name}>"),
        None => "tenant:<tenant_id>".to_owned(),
    };
    let mut tags = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        if twice(texts, index) {
            errors.push(Report::at(text.span(), "this tag is given twice").help("remove one"));
            continue;
        }
        let Some(template) = parse(text, Subject::Tag, function, &example, errors) else {
            continue;
        };
        let Some(function) = function else {
            continue;
        };
        let context = Context {
            attribute,
            subject: Subject::Tag,
            function,
        };
        tags.push(Filled::Text {
            template: text.value.clone(),
            pieces: fill(text, &template, context, errors).pieces,
        });
    }
    tags
}

/// The text at `index` was there before.
pub(super) fn twice(texts: &[Text], index: usize) -> bool {
    let (earlier, rest) = texts.split_at(index.min(texts.len()));
    rest.first()
        .is_some_and(|text| earlier.iter().any(|earlier| earlier.value == text.value))
}

/// A key that would do for `function`: its name and its parameters without those that are skipped.
pub(super) fn example(function: &Function, skip: &[proc_macro2::Ident]) -> String {
    let mut key = function.name();
    let wanted = |name: &String| !skip.iter().any(|skipped| plain(skipped) == *name);
    for name in function.names().filter(wanted) {
        key.push_str(":<");
        key.push_str(&name);
        key.push('>');
    }
    key
}
