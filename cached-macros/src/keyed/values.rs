//! Values that are given for the placeholders of a key, in their order.

use super::check::Subject;
use super::fill::Fill;
use crate::report::{Errors, Report};

pub(super) fn check(
    subject: &Subject<'_>,
    values: syn::Result<Vec<Fill>>,
    errors: &mut Errors,
) -> Option<Vec<Fill>> {
    let values = match values {
        Ok(values) => values,
        Err(error) => {
            errors.push(Report::syntax(&error));
            return None;
        }
    };
    let sound = if subject.names_a_pattern() {
        rest_comes_last(subject, &values, errors)
    } else {
        all_fixed(subject, &values, errors)
    };
    if !sound {
        return None;
    }
    let values = counted(subject, values, errors)?;
    prefixed(subject, &values, errors).then_some(values)
}

fn all_fixed(subject: &Subject<'_>, values: &[Fill], errors: &mut Errors) -> bool {
    for value in values {
        let (sign, span) = match value {
            Fill::Any(span) => ("_", *span),
            Fill::Rest(span) => ("..", *span),
            Fill::Returned { ret, .. } if !subject.call.params.contains(ret) => {
                let headline = "`ret` is not known before the call";
                errors.push(Report::at(ret.span(), headline).note(
                    "the cache key is needed first: else an invalidation in between would go unnoticed",
                ));
                return false;
            }
            Fill::Returned { .. } | Fill::Value(_) => continue,
        };
        errors.push(
            Report::at(span, format!("`{sign}` is for patterns"))
                .note("a key names one entry; patterns go in `#[invalidates]`"),
        );
        return false;
    }
    true
}

fn rest_comes_last(subject: &Subject<'_>, values: &[Fill], errors: &mut Errors) -> bool {
    let Some((_, before)) = values.split_last() else {
        return true;
    };
    let early = before
        .iter()
        .enumerate()
        .find_map(|(index, value)| match value {
            Fill::Rest(span) => Some((index, *span)),
            _ => None,
        });
    let Some((index, span)) = early else {
        return true;
    };
    let report = Report::at(span, "`..` comes last")
        .note("it stands for everything from there on; `_` for one placeholder");
    // Those after it are the last ones.
    let after = values.len() - index - 1;
    let open = subject.placeholders.len().saturating_sub(index + after);
    let names = subject.placeholders.iter().enumerate();
    let names = names.map(|(at, other)| {
        if at < index || at >= index + open {
            other.name.clone()
        } else {
            "_".to_owned()
        }
    });
    let whole = subject
        .placeholders
        .iter()
        .skip(index)
        .take(open)
        .all(|other| other.alone);
    errors.push(if whole && open > 0 {
        report.help(subject.with(names))
    } else {
        let before = subject.placeholders.iter().take(index);
        let before = before.map(|other| other.name.clone());
        report.help(subject.with(before.chain(["..".to_owned()])))
    });
    false
}

/// As many values as placeholders, with what `..` stands for.
fn counted(subject: &Subject<'_>, mut values: Vec<Fill>, errors: &mut Errors) -> Option<Vec<Fill>> {
    let wanted = subject.placeholders.len();
    if let Some(Fill::Rest(span)) = values.last() {
        let span = *span;
        if values.len() > wanted {
            let report = Report::at(span, format!("`{}` has no rest", subject.path()));
            let names = subject.placeholders.iter().map(|other| other.name.clone());
            errors.push(report.help(subject.with(names)));
            return None;
        }
        values.resize_with(wanted, || Fill::Rest(span));
        return Some(values);
    }
    let found = values.len();
    if found == wanted {
        return Some(values);
    }
    let plural = if wanted == 1 { "" } else { "s" };
    let headline = format!(
        "`{}` takes {wanted} value{plural}, found {found}",
        subject.path()
    );
    let span = subject
        .call
        .values
        .as_ref()
        .map_or_else(|| subject.span(), proc_macro2::Group::span);
    let mut report = match subject.placeholders.get(found) {
        Some(first) => subject.fault(span, headline, first, "no value for this"),
        None => Report::at(span, headline),
    };
    report = report.help(subject.with(subject.placeholders.iter().map(|other| other.name.clone())));
    if subject.names_a_pattern() && found < wanted {
        let named = subject.placeholders.iter().take(found);
        let named = named.map(|other| other.name.clone());
        report = report.help(format!(
            "or clear it for any: {}",
            subject.with(named.chain(["..".to_owned()]))
        ));
    }
    errors.push(report);
    None
}

/// A value after one that is left open needs that one to be a whole segment.
fn prefixed(subject: &Subject<'_>, values: &[Fill], errors: &mut Errors) -> bool {
    let Some(last) = values.iter().rposition(Fill::is_fixed) else {
        return true;
    };
    let pairs = values.iter().zip(&subject.placeholders).enumerate();
    for (index, (value, placeholder)) in pairs.take(last) {
        let Fill::Any(span) = value else {
            continue;
        };
        if placeholder.alone {
            continue;
        }
        let before = subject.placeholders.iter().take(index);
        let before = before.map(|other| other.name.clone());
        errors.push(
            subject
                .fault(
                    *span,
                    format!("`_` can't stand for `<{}>` here", placeholder.name),
                    placeholder,
                    "shares its segment",
                )
                .help(subject.with(before.chain(["..".to_owned()])))
                .note("before a value only a whole segment can be left open"),
        );
        return false;
    }
    true
}
