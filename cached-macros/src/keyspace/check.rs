//! The keys of a keyspace, each by itself and against each other.

use std::ops::Range;

use cached_key::{PatternTemplate, Template, overlap};
use syn::Type;

use super::entry::{Entry, Param};
use super::syntax::Keyspace;
use crate::function::plain;
use crate::literal::Text;
use crate::report::{Errors, Report};
use crate::spelling::{peel, written};

/// A key in which nothing is wrong.
pub(super) struct Key<'a> {
    pub(super) text: String,
    pub(super) template: Template,
    /// In the order of the placeholders.
    pub(super) params: &'a [Param],
}

/// Of each key, what is left of it when all is well.
pub(super) fn check<'a>(keyspace: &'a Keyspace, errors: &mut Errors) -> Vec<Option<Key<'a>>> {
    let keys: Vec<_> = keyspace
        .keys
        .iter()
        .map(|entry| key(entry, errors))
        .collect();
    for (index, entry) in keyspace.keys.iter().enumerate() {
        let earlier = || keyspace.keys.iter().take(index);
        if plain(&entry.name) == "keyspace" {
            errors.push(
                Report::over(&entry.name, "no key can be called `keyspace`")
                    .note("the macro through which attributes find the keys is called so"),
            );
        } else if !keyspace.is_first(entry) {
            let headline = format!("there is a key `{}` already", entry.name);
            errors.push(Report::over(&entry.name, headline).help("rename one"));
            continue;
        }
        let sound = keys.get(index).and_then(Option::as_ref);
        let others = earlier()
            .zip(&keys)
            .filter_map(|(other, key)| key.as_ref().map(|key| (other, key)));
        if let Some(key) = sound {
            apart(entry, key, others, errors);
        }
    }
    keys
}

fn key<'a>(entry: &'a Entry, errors: &mut Errors) -> Option<Key<'a>> {
    let text = Text::new(entry.template.clone()?);
    let template = match Template::parse(&text.value) {
        Ok(template) => template,
        Err(faults) => {
            match typed_in_place(entry, &text, &faults) {
                Some(report) => errors.push(report),
                None => errors.extend(faults.iter().map(|fault| text.grammar(fault, None))),
            }
            return None;
        }
    };
    if !entry.written_params {
        errors.push(no_params(entry, &template));
        return None;
    }
    let params = entry.params.as_deref()?;
    let mut sound = fields(&text, &template, errors);
    sound &= twice(params, errors);
    sound &= braces(params, &text, errors);
    sound = sound && agree(entry, params, &text, &template, errors);
    sound.then_some(Key {
        text: text.value,
        template,
        params,
    })
}

/// `<user_id: u64>`, as if the types were declared in the template.
fn typed_in_place(entry: &Entry, text: &Text, faults: &[cached_key::Error]) -> Option<Report> {
    let mut params = Vec::new();
    let mut bare = String::new();
    let mut first: Option<Range<usize>> = None;
    let mut at = 0;
    while let Some(open) = text.value.get(at..)?.find('<') {
        let open = at + open;
        let close = open + closing(text.value.get(open..)?)?;
        let inside = text.value.get(open + 1..close)?;
        bare.push_str(text.value.get(at..open)?);
        match inside.split_once(':') {
            Some((name, ty)) => {
                syn::parse_str::<Type>(ty).ok()?;
                params.push(format!("{}: {}", name.trim(), ty.trim()));
                first.get_or_insert(open..close + 1);
                bare.extend(["<", name.trim(), ">"]);
            }
            None => bare.extend(["<", inside, ">"]),
        }
        at = close + 1;
    }
    bare.push_str(text.value.get(at..)?);
    let first = first?;
    // Something else is wrong as well, and says so.
    if entry.written_params || Template::parse(&bare).is_err() || faults.is_empty() {
        return None;
    }
    let name = &entry.name;
    Some(
        text.fault("types are declared beside the name", &first, "")
            .help(format!("`{name}({}) = \"{bare}\";`", params.join(", "))),
    )
}

/// Where the `<` at the start is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut before = ' ';
    for (at, sign) in text.char_indices() {
        match sign {
            '<' => depth += 1,
            '>' if before != '-' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
        before = sign;
    }
    None
}

fn no_params(entry: &Entry, template: &Template) -> Report {
    let name = &entry.name;
    let params = template
        .placeholders()
        .map(|(path, _)| format!("{path}: …"));
    let params: Vec<_> = params.collect();
    Report::over(name, format!("`{name}` needs its parameters"))
        .help(format!("`{name}({}) = \"{template}\";`", params.join(", ")))
}

/// A key of a keyspace is made of values.
fn fields(text: &Text, template: &Template, errors: &mut Errors) -> bool {
    let mut sound = true;
    for (path, range) in template.placeholders() {
        if path.fields().next().is_some() {
            let last = path.fields().last().unwrap_or_default();
            let headline = format!("`<{path}>` looks into a value");
            let name = if last.parse::<u32>().is_ok() {
                path.root()
            } else {
                last
            };
            errors.push(
                text.fault(headline, &range, "")
                    .help(format!("`<{name}>`"))
                    .note("who uses the key says what fills it"),
            );
            sound = false;
        }
    }
    sound
}

/// Braces are literal, but a parameter's name in them is a mistake.
fn braces(params: &[Param], text: &Text, errors: &mut Errors) -> bool {
    let mut sound = true;
    for param in params {
        let name = plain(&param.name);
        let written = format!("{{{name}}}");
        if let Some(at) = text.value.find(&written) {
            let headline = format!("`{written}` is not a placeholder here");
            let range = at..at + written.len();
            errors.push(text.fault(headline, &range, "").help(format!("`<{name}>`")));
            sound = false;
        }
    }
    sound
}

fn twice(params: &[Param], errors: &mut Errors) -> bool {
    let mut sound = true;
    for (index, param) in params.iter().enumerate() {
        let earlier = params.iter().take(index);
        if earlier.into_iter().any(|other| other.name == param.name) {
            let headline = format!("`{}` is declared twice", param.name);
            errors.push(Report::over(&param.name, headline).help("remove one"));
            sound = false;
        }
    }
    sound
}

/// Parameters and placeholders are the same, in the same order.
fn agree(
    entry: &Entry,
    params: &[Param],
    text: &Text,
    template: &Template,
    errors: &mut Errors,
) -> bool {
    let mut sound = true;
    let names: Vec<_> = params.iter().map(|param| plain(&param.name)).collect();
    let mut placeholders = Vec::new();
    for (path, range) in template.placeholders() {
        let placeholder = path.to_string();
        if !names.contains(&placeholder) {
            let mut all: Vec<_> = params
                .iter()
                .map(|param| format!("{}: {}", param.name, written(&param.ty)))
                .collect();
            all.push(format!("{placeholder}: …"));
            errors.push(
                text.fault(
                    format!("`<{placeholder}>` has no type"),
                    &range,
                    "not declared beside the name",
                )
                .help(format!("`{}({})`", entry.name, all.join(", "))),
            );
            sound = false;
        }
        placeholders.push(placeholder);
    }
    for (param, name) in params.iter().zip(&names) {
        if !placeholders.contains(name) {
            errors.push(
                Report::over(&param.name, format!("`{name}` is not in the template"))
                    .help(format!("add it: `\"{template}:<{name}>\"`"))
                    .help("or remove it"),
            );
            sound = false;
        }
    }
    if !sound {
        return false;
    }
    let mut pairs = params.iter().zip(&placeholders);
    if let Some((param, _)) = pairs.find(|(param, other)| plain(&param.name) != **other) {
        let ordered = placeholders.iter().filter_map(|name| {
            let param = params.iter().find(|param| plain(&param.name) == *name)?;
            Some(format!("{}: {}", param.name, written(&param.ty)))
        });
        let ordered: Vec<_> = ordered.collect();
        let headline = "parameters come in the order of the placeholders";
        errors.push(
            Report::over(&param.name, headline)
                .help(format!("`{}({})`", entry.name, ordered.join(", ")))
                .note("`..` leaves open what comes last in the key"),
        );
        return false;
    }
    true
}

/// No two keys of a keyspace can ever be the same.
fn apart<'a>(
    entry: &Entry,
    key: &Key<'_>,
    mut others: impl Iterator<Item = (&'a Entry, &'a Key<'a>)>,
    errors: &mut Errors,
) {
    let Ok(pattern) = PatternTemplate::parse(&key.text) else {
        return;
    };
    let found = others
        .find(|(_, other)| overlap(&pattern, &other.template) && !told_apart_by_types(key, other));
    let Some((other, template)) = found else {
        return;
    };
    let Some(literal) = &entry.template else {
        return;
    };
    let same = key.template.outline() == template.template.outline();
    let report = if same {
        let headline = format!("`{}` has the template of `{}`", entry.name, other.name);
        Report::over(literal, headline)
            .help("remove one of the two, or give each a segment of its own")
    } else {
        let headline = format!("`{}` and `{}` can be one key", other.name, entry.name);
        Report::over(literal, headline).help("give each a segment of its own")
    };
    errors.push(report.note(format!(
        "`{}` is `\"{}\"`: one would be answered with the other's value",
        other.name, template.text
    )));
}

/// In some segment one has text that is no number and the other a number.
fn told_apart_by_types(key: &Key<'_>, other: &Key<'_>) -> bool {
    let (left, right) = (key.text.split(':'), other.text.split(':'));
    left.zip(right).any(|(left, right)| {
        (is_number(left, key) && is_no_number(right))
            || (is_number(right, other) && is_no_number(left))
    })
}

/// The segment is a placeholder for an integer and nothing else.
fn is_number(segment: &str, key: &Key<'_>) -> bool {
    let name = segment
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'));
    let param = key
        .params
        .iter()
        .find(|param| Some(plain(&param.name).as_str()) == name);
    let Some(Type::Path(path)) = param.map(|param| peel(&param.ty)) else {
        return false;
    };
    let integers = [
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
    ];
    integers.iter().any(|integer| path.path.is_ident(integer))
}

/// The segment has text in it that no integer has.
fn is_no_number(segment: &str) -> bool {
    let mut inside = false;
    segment.chars().any(|sign| {
        match sign {
            '<' => inside = true,
            '>' => inside = false,
            _ => return !inside && !sign.is_ascii_digit() && sign != '-',
        }
        false
    })
}
