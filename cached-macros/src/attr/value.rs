//! Values of options other than durations.

use cached_key::nearest;
use quote::ToTokens;
use syn::{Expr, ExprPath, Lit, LitStr, Path};

use super::On;
use super::content::Content;
use crate::duration::names_self;
use crate::literal::{describe, peel, reject_suffix};
use crate::plan::Ahead;
use crate::report::Report;

/// A plain string literal. `subject` is what it is for; `around` is what stands before and after it in a fix.
pub(crate) fn string(subject: &str, around: (&str, &str), value: &Expr) -> Result<LitStr, Report> {
    match peel(value) {
        Expr::Lit(value) => match &value.lit {
            Lit::Str(text) => reject_suffix(text).map(|()| text.clone()),
            literal @ (Lit::ByteStr(_) | Lit::CStr(_)) => {
                let prefix = if matches!(literal, Lit::CStr(_)) {
                    'c'
                } else {
                    'b'
                };
                let found = describe(literal);
                Err(Report::over(
                    literal,
                    format!("{subject} must be a plain string, found {found}"),
                )
                .help(format!("remove the `{prefix}`")))
            }
            literal => Err(Report::over(
                literal,
                format!("{subject} must be a string, found {}", describe(literal)),
            )
            .help(format!(
                "`{}\"{}\"{}`",
                around.0,
                literal.to_token_stream(),
                around.1
            ))),
        },
        other => Err(
            Report::over(other, format!("{subject} must be written out here")).note(
                "it is checked while compiling, and a constant's value is not known to the macro",
            ),
        ),
    }
}

pub(super) fn key(value: &Expr) -> Result<Content, Report> {
    Content::read("`key`", ("key = ", ""), value)
}

pub(super) fn keyspace(value: &Expr) -> Result<Path, Report> {
    match peel(value) {
        Expr::Path(path) if path.qself.is_none() => Ok(path.path.clone()),
        other => {
            Err(Report::over(other, "`in` takes the path of a keyspace")
                .help("`in = conversations`"))
        }
    }
}

pub(super) fn policy(value: &Expr) -> Result<ExprPath, Report> {
    match peel(value) {
        Expr::Path(path) if names_self(path) => Err(Report::over(
            path,
            "`policy` can't be reached through `Self`",
        )
        .help("write the type's own name, or use a `const` outside of the `impl`")),
        Expr::Path(path) => Ok(path.clone()),
        other => Err(
            Report::over(other, "`policy` must be the path of a constant")
                .help("`policy = cached_runtime::policy::QUERY`"),
        ),
    }
}

pub(super) fn percentage(option: &str, value: &Expr) -> Result<u8, Report> {
    let text = match peel(value) {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => {
                reject_suffix(text)?;
                text.value()
            }
            Lit::Int(number) if number.suffix().is_empty() => number.base10_digits().to_owned(),
            Lit::Float(number) if number.suffix().is_empty() => number.base10_digits().to_owned(),
            _ => String::new(),
        },
        _ => String::new(),
    };
    let part = |percent: u64| {
        Report::over(value, format!("`{option}` is a percentage"))
            .help(format!("`{option} = \"{percent}%\"`"))
    };
    if let Some(percent) = whole_percent(&text) {
        return Err(part(percent.into()));
    }
    let number = text.trim_end_matches('%').trim();
    let example = if option == "refresh_ahead" {
        "80%"
    } else {
        "10%"
    };
    let at = |headline: String| Report::over(value, headline);
    match number.parse::<u64>() {
        Ok(0) => {
            Err(at(format!("`{option}` must be more than zero")).help(format!("remove `{option}`")))
        }
        Ok(percent) if percent <= 100 && text == format!("{percent}%") => {
            Ok(u8::try_from(percent).unwrap_or(100))
        }
        Ok(percent) if percent <= 100 => Err(part(percent)),
        _ => Err(at(format!("`{option}` is a percentage up to 100"))
            .help(format!("`{option} = \"{example}\"`"))),
    }
}

/// `"80%"` or `"auto"`.
pub(super) fn ahead(option: &str, value: &Expr) -> Result<Ahead, Report> {
    let at = |headline: String| Report::over(value, headline);
    let either = || at(format!("`{option}` is a percentage or `\"auto\"`"));
    let Expr::Lit(literal) = peel(value) else {
        return Err(either().help(format!("`{option} = \"80%\"`")));
    };
    let text = match &literal.lit {
        Lit::Str(text) => text.value(),
        Lit::Float(number) if number.suffix().is_empty() => number.base10_digits().to_owned(),
        _ => String::new(),
    };
    if text == "auto" {
        return Ok(Ahead::Auto);
    }
    if text.ends_with('%') || matches!(literal.lit, Lit::Int(_)) || whole_percent(&text).is_some() {
        return percentage(option, value).map(Ahead::Percent);
    }
    let meant = text.trim().to_lowercase();
    Err(
        if meant.starts_with("auto") || nearest(&meant, ["auto"]).is_some() {
            either().help(format!("`{option} = \"auto\"`"))
        } else {
            either().help(format!("`{option} = \"80%\"`"))
        },
    )
}

/// `0.8` as `80`.
fn whole_percent(fraction: &str) -> Option<u8> {
    let decimals = fraction.strip_prefix("0.").or(fraction.strip_prefix('.'))?;
    let percent: u8 = match decimals.len() {
        1 => decimals.parse::<u8>().ok()?.checked_mul(10)?,
        2 => decimals.parse().ok()?,
        _ => return None,
    };
    (1..=99).contains(&percent).then_some(percent)
}

pub(super) fn predicate(option: &str, value: Expr) -> Result<Expr, Report> {
    match peel(&value) {
        Expr::Lit(literal) => Err(Report::over(
            literal,
            format!("`{option}` must be a path or a closure"),
        )
        .help(format!("`{option} = |value| value.is_complete()`"))),
        _ => Ok(value),
    }
}

pub(super) fn on(value: &Expr) -> Result<On, Report> {
    let text = match peel(value) {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => {
                reject_suffix(text)?;
                match text.value().as_str() {
                    "ok" => return Ok(On::Ok),
                    "always" => return Ok(On::Always),
                    other => other.to_owned(),
                }
            }
            _ => String::new(),
        },
        other => other.to_token_stream().to_string(),
    };
    let report = Report::over(value, "`on` is either `\"ok\"` or `\"always\"`");
    Err(match nearest(&text.to_lowercase(), ["ok", "always"]) {
        Some(near) => report.help(format!("`on = \"{near}\"`")),
        None => report.note("`\"always\"` is the default: an error can be an unknown outcome"),
    })
}

const DEFAULT_RUNTIME: &str = "`crate = ::cached_runtime`";

pub(super) fn runtime(value: &Expr) -> Result<Path, Report> {
    match peel(value) {
        Expr::Path(path) if path.qself.is_none() => absolute_path(&path.path),
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Err(not_a_path(literal).help(format!(
                "`crate = ::{}`",
                text.value().trim_start_matches("::")
            ))),
            _ => Err(not_a_path(literal).help(DEFAULT_RUNTIME)),
        },
        other => Err(not_a_path(other).help(DEFAULT_RUNTIME)),
    }
}

fn not_a_path(value: &impl ToTokens) -> Report {
    Report::over(value, "`crate` must be a path")
}

/// A relative path would mean something else inside the function than beside the attribute.
pub(crate) fn absolute_path(path: &Path) -> Result<Path, Report> {
    let first = path
        .segments
        .first()
        .map(|segment| segment.ident.to_string())
        .unwrap_or_default();
    if path.leading_colon.is_some() || first == "crate" {
        return Ok(path.clone());
    }
    let report = Report::over(path, "`crate` must be an absolute path");
    let rest: Vec<_> = path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    Err(if first == "super" || first == "self" {
        let name = rest.last().cloned().unwrap_or_default();
        report.help(format!("`crate = crate::{name}` or `crate = ::{name}`"))
    } else {
        report.help(format!("`crate = ::{}`", rest.join("::")))
    })
}
