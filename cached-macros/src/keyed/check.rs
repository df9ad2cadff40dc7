//! A key against the function or the macro that names it.

use cached_key::{Path, PatternTemplate, nearest};
use proc_macro2::{Ident, Span, TokenTree};

use super::call::{Call, Key};
use super::fill::{self, Fill, Placeholder, borrowed, placeholders};
use super::pattern;
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
            subject.given(fill::read(values.stream()), errors),
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
        pattern = pattern::of(&key.text, &subject.placeholders, &fills);
        if pattern.is_none() {
            let headline = format!("`{}` can't be a pattern like this", subject.path());
            errors.push(
                Report::at(subject.span(), headline).help("a text, with `*` where it may be"),
            );
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

struct Subject<'a> {
    call: &'a Call,
    key: &'a Key,
    placeholders: Vec<Placeholder>,
}

impl Subject<'_> {
    fn path(&self) -> String {
        written(&self.call.path)
    }

    fn span(&self) -> Span {
        let last = self.call.path.segments.last();
        last.map_or_else(Span::call_site, |segment| segment.ident.span())
    }

    fn fault(
        &self,
        span: Span,
        headline: String,
        placeholder: &Placeholder,
        label: &str,
    ) -> Report {
        Report::at(span, headline).draw(&self.key.text, &placeholder.range, label)
    }

    fn names_a_pattern(&self) -> bool {
        self.call.attribute == Attribute::Invalidates
    }

    /// The key with these values.
    fn with(&self, values: impl IntoIterator<Item = String>) -> String {
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

    fn given(&self, values: syn::Result<Vec<Fill>>, errors: &mut Errors) -> Option<Vec<Fill>> {
        let values = match values {
            Ok(values) => values,
            Err(error) => {
                errors.push(Report::at(error.span(), error.to_string()));
                return None;
            }
        };
        let sound = if self.names_a_pattern() {
            self.rest_comes_last(&values, errors)
        } else {
            self.all_fixed(&values, errors)
        };
        if !sound {
            return None;
        }
        let values = self.counted(values, errors)?;
        self.prefixed(&values, errors).then_some(values)
    }

    fn all_fixed(&self, values: &[Fill], errors: &mut Errors) -> bool {
        for value in values {
            let (sign, span) = match value {
                Fill::Any(span) => ("_", *span),
                Fill::Rest(span) => ("..", *span),
                Fill::Returned { ret, .. } if !self.call.params.contains(ret) => {
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

    fn rest_comes_last(&self, values: &[Fill], errors: &mut Errors) -> bool {
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
        let open = self.placeholders.len().saturating_sub(index + after);
        let names = self.placeholders.iter().enumerate();
        let names = names.map(|(at, other)| {
            if at < index || at >= index + open {
                other.name.clone()
            } else {
                "_".to_owned()
            }
        });
        let whole = self
            .placeholders
            .iter()
            .skip(index)
            .take(open)
            .all(|other| other.alone);
        errors.push(if whole && open > 0 {
            report.help(self.with(names))
        } else {
            let before = self.placeholders.iter().take(index);
            let before = before.map(|other| other.name.clone());
            report.help(self.with(before.chain(["..".to_owned()])))
        });
        false
    }

    /// As many values as placeholders, with what `..` stands for.
    fn counted(&self, mut values: Vec<Fill>, errors: &mut Errors) -> Option<Vec<Fill>> {
        let wanted = self.placeholders.len();
        if let Some(Fill::Rest(span)) = values.last() {
            let span = *span;
            if values.len() > wanted {
                let report = Report::at(span, format!("`{}` has no rest", self.path()));
                let names = self.placeholders.iter().map(|other| other.name.clone());
                errors.push(report.help(self.with(names)));
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
            self.path()
        );
        let span = self
            .call
            .values
            .as_ref()
            .map_or_else(|| self.span(), proc_macro2::Group::span);
        let mut report = match self.placeholders.get(found) {
            Some(first) => self.fault(span, headline, first, "no value for this"),
            None => Report::at(span, headline),
        };
        report = report.help(self.with(self.placeholders.iter().map(|other| other.name.clone())));
        if self.names_a_pattern() && found < wanted {
            let named = self.placeholders.iter().take(found);
            let named = named.map(|other| other.name.clone());
            report = report.help(format!(
                "or clear it for any: {}",
                self.with(named.chain(["..".to_owned()]))
            ));
        }
        errors.push(report);
        None
    }

    /// A value after one that is left open needs that one to be a whole segment.
    fn prefixed(&self, values: &[Fill], errors: &mut Errors) -> bool {
        let Some(last) = values.iter().rposition(Fill::is_fixed) else {
            return true;
        };
        let pairs = values.iter().zip(&self.placeholders).enumerate();
        for (index, (value, placeholder)) in pairs.take(last) {
            let Fill::Any(span) = value else {
                continue;
            };
            if placeholder.alone {
                continue;
            }
            let before = self.placeholders.iter().take(index);
            let before = before.map(|other| other.name.clone());
            errors.push(
                self.fault(
                    *span,
                    format!("`_` can't stand for `<{}>` here", placeholder.name),
                    placeholder,
                    "shares its segment",
                )
                .help(self.with(before.chain(["..".to_owned()])))
                .note("before a value only a whole segment can be left open"),
            );
            return false;
        }
        true
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
