//! A key against the function or the macro that names it.

use cached_key::{Path, PatternTemplate, nearest};
use proc_macro2::{Ident, Span, TokenTree};

use super::call::{Call, Key};
use super::fill::{self, Fill, Placeholder, borrowed, placeholders};
use super::{pattern, values};
use crate::function::plain;
use crate::literal::identifier;
use crate::option::Attribute;
use crate::report::{Errors, Report};
use crate::spelling::written;

/// A key whose placeholders are all filled.
pub(super) struct Filled<'a> {
    pub(super) key: &'a Key,
    pub(super) placeholders: Vec<Placeholder>,
    /// As many as there are placeholders.
    pub(super) fills: Vec<Fill>,
    /// Where it is to be one.
    pub(super) pattern: Option<PatternTemplate>,
}

impl Filled<'_> {
    pub(super) fn fill(&self, name: &Path) -> Option<&Fill> {
        let name = name.to_string();
        let index = self
            .placeholders
            .iter()
            .position(|other| other.name == name)?;
        self.fills.get(index)
    }
}

pub(super) fn check<'a>(call: &Call, key: &'a Key, errors: &mut Errors) -> Option<Filled<'a>> {
    let subject = Subject {
        call,
        key,
        placeholders: placeholders(key),
    };
    let (fills, meant) = match &call.values {
        Some(values) => (
            values::check(&subject, fill::read(values.stream()), errors),
            Vec::new(),
        ),
        None => subject.by_name(errors),
    };
    if call.attribute == Attribute::Cached {
        subject.every_parameter(&meant, errors);
    }
    let fills = fills?;
    let mut pattern = None;
    if subject.names_a_pattern() {
        match pattern::of(&key.text, &subject.placeholders, &fills) {
            Ok(sound) => pattern = Some(sound),
            Err((text, faults)) => errors.push(subject.no_pattern(&text, &faults)),
        }
    }
    Some(Filled {
        key,
        fills,
        pattern,
        placeholders: subject.placeholders,
    })
}

/// A name that the keyspace does not have.
pub(super) fn unknown(call: &Call, name: &Ident, known: &[String]) -> Report {
    let keyspace = keyspace(call);
    let report = Report::at(name.span(), format!("`{keyspace}` has no key `{name}`"));
    let wrong = name.to_string();
    let report = match nearest(&wrong, known.iter().map(String::as_str)) {
        Some(near) => report.help(format!("did you mean `{keyspace}::{near}`?")),
        None => report,
    };
    let known: Vec<_> = known.iter().map(|key| format!("`{key}`")).collect();
    if known.is_empty() {
        report.note(format!("`{keyspace}` has no keys"))
    } else {
        report.note(format!("keys of `{keyspace}`: {}", known.join(", ")))
    }
}

/// The last name on the way to the key.
fn keyspace(call: &Call) -> String {
    let mut segments = call.path.segments.iter().rev();
    segments
        .nth(1)
        .map(|segment| segment.ident.to_string())
        .unwrap_or_default()
}

pub(super) struct Subject<'a> {
    pub(super) call: &'a Call,
    pub(super) key: &'a Key,
    pub(super) placeholders: Vec<Placeholder>,
}

impl Subject<'_> {
    pub(super) fn path(&self) -> String {
        written(&self.call.path)
    }

    pub(super) fn span(&self) -> Span {
        let last = self.call.path.segments.last();
        last.map_or_else(Span::call_site, |segment| segment.ident.span())
    }

    pub(super) fn fault(
        &self,
        span: Span,
        headline: String,
        placeholder: &Placeholder,
        label: &str,
    ) -> Report {
        Report::at(span, headline).draw(&self.key.text, &placeholder.range, label)
    }

    pub(super) fn names_a_pattern(&self) -> bool {
        self.call.attribute == Attribute::Invalidates
    }

    /// A key may hold what a pattern may not.
    fn no_pattern(&self, text: &str, faults: &[cached_key::Error]) -> Report {
        let headline = format!("`{}` can't be written as a pattern", self.path());
        let report = Report::at(self.span(), headline);
        let Some(fault) = faults.first() else {
            return report;
        };
        let cache = text.split(':').next().unwrap_or_default();
        report
            .draw(text, &fault.range(), "not in a pattern")
            .help(format!(
                "name the segment otherwise where `{}` is declared",
                self.path()
            ))
            .help(format!("or clear more with a text: `\"{cache}:*\"`"))
            .note(fault.fault().to_string())
    }

    /// The key with these values.
    pub(super) fn with(&self, values: impl IntoIterator<Item = String>) -> String {
        let values: Vec<_> = values.into_iter().collect();
        format!("`{}({})`", self.path(), values.join(", "))
    }

    /// Each placeholder takes the parameter of its name. Gives also the parameters that were probably meant.
    fn by_name(&self, errors: &mut Errors) -> (Option<Vec<Fill>>, Vec<String>) {
        let mut fills = Vec::new();
        let mut meant = Vec::new();
        for (index, placeholder) in self.placeholders.iter().enumerate() {
            let params = self.call.params.iter();
            let param = params
                .clone()
                .find(|param| plain(param) == placeholder.name);
            if let Some(param) = param {
                fills.push(Fill::Value(borrowed(param)));
            } else if self.call.function.is_empty() {
                // A variable in scope where the macro is called.
                let variable = identifier(&placeholder.name, self.span());
                fills.extend(variable.map(|variable| Fill::Value(borrowed(&variable))));
            } else {
                meant.extend(self.missing(index, placeholder, errors));
            }
        }
        let complete = fills.len() == self.placeholders.len();
        (complete.then_some(fills), meant)
    }

    fn missing(
        &self,
        index: usize,
        placeholder: &Placeholder,
        errors: &mut Errors,
    ) -> Option<String> {
        let name = &placeholder.name;
        let function = &self.call.function;
        let report = self.fault(
            self.span(),
            format!("`{function}` has no parameter for `<{name}>`"),
            placeholder,
            "no parameter of this name",
        );
        let free = self.free();
        let near = nearest(name, free.iter().map(String::as_str)).map(str::to_owned);
        let ty = self.key.types.get(index).map_or("", String::as_str);
        let values = |instead: &str| {
            self.with(self.placeholders.iter().map(|other| {
                if other.name == *name {
                    instead.to_owned()
                } else {
                    other.name.clone()
                }
            }))
        };
        let report = match &near {
            Some(near) => report.help(format!("did you mean {}?", values(near))),
            None => report.help(format!("add the parameter `{name}: {ty}`")),
        };
        let report = if self.names_a_pattern() {
            let before = self.placeholders.iter().take(index);
            let rest = before
                .map(|other| other.name.clone())
                .chain(["..".to_owned()]);
            report.help(format!("or clear it for any: {}", self.with(rest)))
        } else if near.is_none() {
            report.help(format!("or say what fills it: {}", values("…")))
        } else {
            report
        };
        let params: Vec<_> = self
            .call
            .params
            .iter()
            .map(|param| format!("`{}`", plain(param)))
            .collect();
        errors.push(if params.is_empty() {
            report.note(format!("`{function}` has no named parameters"))
        } else {
            report.note(format!("parameters of `{function}`: {}", params.join(", ")))
        });
        near
    }

    /// Parameters that neither the key nor `skip(…)` accounts for.
    fn free(&self) -> Vec<String> {
        let names = self.call.params.iter().map(plain);
        names
            .filter(|name| !self.names(name) && !self.skips(name))
            .collect()
    }

    fn skips(&self, name: &str) -> bool {
        self.call.skip.iter().any(|skipped| plain(skipped) == *name)
    }

    /// The key depends on this parameter.
    fn names(&self, name: &str) -> bool {
        match &self.call.values {
            Some(values) => mentions(values.stream(), name),
            None => self.placeholders.iter().any(|other| other.name == name),
        }
    }

    fn every_parameter(&self, meant: &[String], errors: &mut Errors) {
        for param in &self.call.params {
            let name = plain(param);
            if self.names(&name) || self.skips(&name) || meant.contains(&name) {
                continue;
            }
            errors.push(
                Report::at(
                    param.span(),
                    format!("`{name}` is not part of the cache key"),
                )
                .help(format!("add `<{name}>` to `{}`", self.path()))
                .help(format!(
                    "or, if the answer does not depend on it: `skip({param})`"
                ))
                .note(format!(
                    "calls with different `{name}` would share one entry"
                )),
            );
        }
        for skipped in &self.call.skip {
            let name = plain(skipped);
            if self.names(&name) {
                let headline = format!("`{name}` is in the key and skipped");
                errors.push(Report::at(skipped.span(), headline).help("remove one of the two"));
            }
        }
    }
}

/// The name stands in the tokens, and not as that of a field.
fn mentions(tokens: proc_macro2::TokenStream, name: &str) -> bool {
    let mut is_field = false;
    for token in tokens {
        let found = match &token {
            TokenTree::Ident(ident) => !is_field && plain(ident) == name,
            TokenTree::Group(group) => mentions(group.stream(), name),
            _ => false,
        };
        if found {
            return true;
        }
        is_field = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
    }
    false
}
