//! Durations as options take them: `300`, `"5m"`, the path of a constant.

use proc_macro2::Span;
use syn::{Expr, ExprPath, Lit, LitFloat, LitInt, LitStr, UnOp};

use crate::literal;
use crate::report::Report;
use crate::spelling::written;

pub(crate) enum Duration {
    Literal {
        millis: u64,
        written: String,
        span: Span,
    },
    Const(ExprPath),
}

const UNITS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];
const LONGEST: u64 = 100 * 365 * 86_400_000;

/// What people write for a unit, by how it begins. Longer beginnings come first.
const SPELLINGS: [(&str, &str); 7] = [
    ("milli", "ms"),
    ("msec", "ms"),
    ("ms", "ms"),
    ("s", "s"),
    ("m", "m"),
    ("h", "h"),
    ("d", "d"),
];

pub(crate) fn parse(option: &str, value: &Expr) -> Result<Duration, Report> {
    match literal::peel(value) {
        Expr::Lit(value) => match &value.lit {
            Lit::Int(number) => integer(option, number),
            Lit::Float(number) => Err(fraction(option, number)),
            Lit::Str(text) => string(option, text),
            other => Err(not_a_duration(
                option,
                other.span(),
                literal::describe(other),
            )),
        },
        Expr::Unary(negation) if matches!(negation.op, UnOp::Neg(_)) => {
            let report = Report::over(negation, format!("`{option}` can't be negative"));
            Err(match negation.expr.as_ref() {
                Expr::Lit(number) => report.help(format!("`{option} = {}`", written(number))),
                _ => report,
            })
        }
        Expr::Path(path) => constant(option, path),
        other => Err(Report::over(
            other,
            format!("`{option}` must be a number, a string or a constant"),
        )
        .help(format!(
            "give it a name: `const LIFETIME: Duration = {};`",
            written(other)
        ))),
    }
}

/// The policy lives in a `static`, where `Self` has no meaning.
pub(crate) fn names_self(path: &ExprPath) -> bool {
    path.qself.is_some()
        || path
            .path
            .segments
            .first()
            .is_some_and(|first| first.ident == "Self")
}

fn constant(option: &str, path: &ExprPath) -> Result<Duration, Report> {
    if names_self(path) {
        return Err(
            Report::over(path, format!("`{option}` can't be reached through `Self`"))
                .help("write the type's own name, or use a `const` outside of the `impl`"),
        );
    }
    Ok(Duration::Const(path.clone()))
}

fn integer(option: &str, number: &LitInt) -> Result<Duration, Report> {
    let digits = number.base10_digits();
    let suffix = number.suffix();
    if suffix.is_empty() {
        return check(
            option,
            digits.parse().ok(),
            1_000,
            digits.to_owned(),
            number.span(),
        );
    }
    match unit(suffix) {
        Some(unit) => Err(unit_outside(option, number.span(), digits, unit)),
        None => Err(
            Report::at(number.span(), format!("unexpected suffix `{suffix}`"))
                .help(format!("`{option} = {digits}`")),
        ),
    }
}

fn unit_outside(option: &str, span: Span, digits: &str, unit: &str) -> Report {
    Report::at(span, "write the unit inside quotes")
        .help(format!("`{option} = \"{digits}{unit}\"`"))
}

fn fraction(option: &str, number: &LitFloat) -> Report {
    let report = Report::at(number.span(), format!("`{option}` takes whole seconds"));
    let unit = unit(number.suffix()).unwrap_or("s");
    match whole(number.base10_digits(), unit) {
        Some(exact) => report.help(format!("`{option} = \"{exact}\"`")),
        None => report,
    }
}

fn string(option: &str, literal: &LitStr) -> Result<Duration, Report> {
    let text = literal.value();
    if let Some(unit) = unit(literal.suffix())
        && text.parse::<u64>().is_ok()
    {
        return Err(unit_outside(option, literal.span(), &text, unit));
    }
    literal::reject_suffix(literal)?;
    let at = |headline: String| Report::at(literal.span(), headline);

    let negative = text.trim_start().starts_with('-');
    let digits_end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(digits_end);
    let word = rest.trim();
    if text.trim().is_empty() {
        return Err(at(format!("`{option}` is empty")).help(format!("`{option} = \"5m\"`")));
    }
    if negative {
        let positive = text.trim_start().trim_start_matches('-');
        return Err(at(format!("`{option}` can't be negative"))
            .help(format!("`{option} = \"{positive}\"`")));
    }
    if digits.is_empty() {
        return Err(number_missing(option, literal, &text));
    }
    if word.is_empty() {
        return Err(
            at(format!("`{option} = \"{text}\"` has no unit")).help(format!(
                "`{option} = {digits}` or `{option} = \"{digits}s\"`"
            )),
        );
    }
    if let Some((unit, millis)) = UNITS.into_iter().find(|(unit, _)| *unit == word) {
        if rest != word {
            return Err(at(format!("white space in `{option}`"))
                .help(format!("`{option} = \"{digits}{unit}\"`")));
        }
        return check(option, digits.parse().ok(), millis, text, literal.span());
    }
    if word.starts_with('.') {
        let report = at(format!("`{option}` takes a whole number"));
        let unit_start = text
            .find(|c: char| c.is_ascii_alphabetic())
            .unwrap_or(text.len());
        let (number, written) = text.split_at(unit_start);
        let exact = unit(written).and_then(|unit| whole(number, unit));
        return Err(match exact {
            Some(exact) => report.help(format!("`{option} = \"{exact}\"`")),
            None => report,
        });
    }
    if let Some(exact) = several(&text) {
        return Err(at(format!("`{option}` takes one number and one unit"))
            .help(format!("`{option} = \"{exact}\"`")));
    }
    let start = text.len() - rest.trim_start().len();
    let report = at(format!("unknown unit `{word}` in `{option}`"))
        .draw(&text, &(start..start + word.len()), "")
        .note("units: `ms`, `s`, `m`, `h`, `d`");
    Err(match unit(word) {
        Some(unit) => report.help(format!("`{option} = \"{digits}{unit}\"`")),
        None => report,
    })
}

fn number_missing(option: &str, literal: &LitStr, text: &str) -> Report {
    let unit_end = text
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(text.len());
    let (word, digits) = text.split_at(unit_end);
    let report = Report::at(
        literal.span(),
        format!("expected a number before `{}`", word.trim()),
    );
    let digits = if digits.is_empty() || digits.contains(|c: char| !c.is_ascii_digit()) {
        "5"
    } else {
        digits
    };
    match unit(word.trim()) {
        Some(unit) => report.help(format!("`{option} = \"{digits}{unit}\"`")),
        None => report.note("units: `ms`, `s`, `m`, `h`, `d`"),
    }
}

fn check(
    option: &str,
    number: Option<u64>,
    unit: u64,
    written: String,
    span: Span,
) -> Result<Duration, Report> {
    match number.and_then(|number| number.checked_mul(unit)) {
        Some(0) => Err(
            Report::at(span, format!("`{option}` must be longer than zero")).help(match option {
                "ttl" => "remove `#[cached]` to stop caching".to_owned(),
                other => format!("remove `{other}`"),
            }),
        ),
        Some(millis) if millis <= LONGEST => Ok(Duration::Literal {
            millis,
            written,
            span,
        }),
        _ => Err(Report::at(span, format!("`{option}` does not fit"))
            .help(format!("`{option} = \"36500d\"`"))
            .note("the longest is 100 years")),
    }
}

fn not_a_duration(option: &str, span: Span, found: &str) -> Report {
    Report::at(
        span,
        format!("`{option}` must be a duration, found {found}"),
    )
    .help(format!("`{option} = 300` (seconds) or `{option} = \"5m\"`"))
}

/// The unit that `word` probably means.
fn unit(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    let integer_type = word.starts_with(['i', 'u']);
    SPELLINGS
        .iter()
        .find(|(begin, _)| !integer_type && word.starts_with(begin))
        .map(|(_, unit)| *unit)
}

/// `1.5` and `h` as a whole number of a smaller unit: `90m`.
fn whole(number: &str, unit: &str) -> Option<String> {
    let (_, unit_millis) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    let (integer, decimals) = number.split_once('.')?;
    let scale = 10_u64.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    let scaled: u64 = format!("{integer}{decimals}").parse().ok()?;
    let millis = scaled.checked_mul(unit_millis)?;
    (scale > 1 && millis.is_multiple_of(scale))
        .then(|| shortest(millis / scale))
        .flatten()
}

/// `1h30m` as one number of one unit: `90m`.
fn several(text: &str) -> Option<String> {
    let mut rest = text;
    let mut total = 0_u64;
    while !rest.is_empty() {
        let (digits, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let (word, after) = after.split_at(
            after
                .find(|c: char| c.is_ascii_digit())
                .unwrap_or(after.len()),
        );
        let (_, millis) = UNITS.into_iter().find(|(unit, _)| *unit == word.trim())?;
        total = total.checked_add(digits.parse::<u64>().ok()?.checked_mul(millis)?)?;
        rest = after;
    }
    shortest(total)
}

fn shortest(millis: u64) -> Option<String> {
    let fits = UNITS
        .into_iter()
        .rev()
        .find(|(_, unit)| millis > 0 && millis.is_multiple_of(*unit));
    fits.map(|(name, unit)| format!("{}{name}", millis / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(source: &str) -> Result<u64, Report> {
        parse("ttl", &syn::parse_str(source).unwrap()).map(|duration| match duration {
            Duration::Literal { millis, .. } => millis,
            Duration::Const(_) => panic!("a constant"),
        })
    }

    #[test]
    fn the_three_spellings() {
        assert_eq!(millis("300").ok(), Some(300_000));
        assert_eq!(millis("1_000").ok(), Some(1_000_000));
        assert_eq!(millis("\"1500ms\"").ok(), Some(1_500));
        assert_eq!(millis("\"5m\"").ok(), Some(300_000));
        assert_eq!(millis("\"36500d\"").ok(), Some(LONGEST));
        assert!(matches!(
            parse("ttl", &syn::parse_str("config::TTL").unwrap()),
            Ok(Duration::Const(_))
        ));
    }

    #[test]
    fn the_fix_is_exact() {
        for (wrong, right) in [
            ("1.5", "1500ms"),
            ("1.5h", "90m"),
            ("\"1.5h\"", "90m"),
            ("\"1h30m\"", "90m"),
            ("\"24h 60m\"", "25h"),
            ("\"5 minutes\"", "5m"),
            ("\"5min\"", "5m"),
            ("\"5M\"", "5m"),
            ("\"20 msecs\"", "20ms"),
            ("\"5 m\"", "5m"),
            ("300s", "300s"),
            ("\"m5\"", "5m"),
        ] {
            let mut errors = crate::report::Errors::default();
            errors.push(millis(wrong).err().unwrap());
            let message = errors.messages().concat();
            assert!(
                message.contains(&format!("\"{right}\"")),
                "{wrong}: {message}"
            );
        }
    }
}
