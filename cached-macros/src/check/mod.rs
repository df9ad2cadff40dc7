//! Arguments and function together become a plan, or faults: the only place that says no.

mod key;
mod patterns;
mod placeholder;
mod returns;
mod signature;

use cached_key::{PatternTemplate, Template};
use proc_macro2::{Span, TokenStream};
use syn::Meta;

use crate::attr::{CachedArgs, InvalidatesArgs, On, Slot};
use crate::duration::Duration;
use crate::function::Function;
use crate::literal::Text;
use crate::option::Attribute;
use crate::plan::{Base, Cached, Invalidates, Lifetime, Place, Policy, Wrapped};
use crate::report::{Errors, Report};
use crate::spelling::written;

pub(crate) fn cached(
    args: CachedArgs,
    function: Option<Function>,
    errors: &mut Errors,
) -> Option<Cached> {
    let text = args.key.given().cloned().map(Text::new);
    let template = text
        .as_ref()
        .and_then(|text| key::parse(text, function.as_ref(), errors));
    order(&args, errors);
    // Without a function there is no telling what its key would be.
    let function = function?;
    missing(&args, &function, errors);
    signature::cached(&function, errors);
    twice(&function, errors);

    let sound = text.as_ref().zip(template.as_ref());
    let key = key::check(&args, sound, &function, errors);
    let text = text?;
    errors.extend(self_defeating(&text, &function));
    let policy = policy(&args)?;
    let output = returns::output(&function);
    errors.is_empty().then(|| Cached {
        value: written(&output),
        function: wrapped(function, output),
        place: Place {
            runtime: args.runtime.into_given(),
            caches: args.caches.into_given(),
        },
        template: text.value,
        key,
        policy,
        store_if: args.store_if.into_given(),
    })
}

pub(crate) fn invalidates(
    args: InvalidatesArgs,
    function: Option<Function>,
    errors: &mut Errors,
) -> Option<Invalidates> {
    let texts: Vec<_> = args.patterns.iter().cloned().map(Text::new).collect();
    let templates = patterns::parse(&texts, function.as_ref(), errors);
    let function = function?;
    if texts.is_empty() && !args.patterns_faulty {
        errors.push(patterns::missing(&function));
    }
    signature::invalidates(&function, errors);
    let patterns = patterns::check(&texts, &templates, &function, errors);
    for (text, template) in texts.iter().zip(&templates) {
        if template
            .as_ref()
            .is_some_and(|template| removes_own_entry(template, &function))
        {
            errors.push(defeats_itself(text));
        }
    }
    let output = returns::output(&function);
    errors.is_empty().then(|| Invalidates {
        function: wrapped(function, output),
        place: Place {
            runtime: args.runtime.into_given(),
            caches: args.caches.into_given(),
        },
        patterns,
        only_on_ok: args.on.given() == Some(&On::Ok),
    })
}

fn wrapped(function: Function, output: syn::Type) -> Wrapped {
    Wrapped {
        name: function.name(),
        head: function.head,
        body: function.body,
        shape: function.shape,
        output,
    }
}

/// Points at the attribute itself: there is no token for what is not there.
fn attribute_span() -> Span {
    Span::call_site()
}

fn missing(args: &CachedArgs, function: &Function, errors: &mut Errors) {
    let no_ttl = args.ttl.is_absent() && args.policy.is_absent();
    let example = key::example(function, &args.skip);
    let report = |headline: &str| Report::at(attribute_span(), headline);
    if args.key.is_absent() && no_ttl {
        let report = report("`#[cached]` needs a `key` and a `ttl`");
        errors.push(if args.empty {
            report.help(format!("write `#[cached(key = \"{example}\", ttl = 300)]`"))
        } else {
            report.help(format!("add `key = \"{example}\", ttl = 300`"))
        });
    } else if args.key.is_absent() {
        errors.push(report("missing `key`").help(format!("add `key = \"{example}\"`")));
    } else if no_ttl {
        errors.push(
            report("missing `ttl`")
                .help("add `ttl = 300` (seconds) or `ttl = \"5m\"`")
                .note("an entry without a `ttl` would live until something invalidates it"),
        );
    }
}

/// An entry can't go unread for longer than it lives.
fn order(args: &CachedArgs, errors: &mut Errors) {
    if let Some(Duration::Literal {
        millis: ttl,
        written: ttl_written,
        ..
    }) = args.ttl.given()
        && let Some(Duration::Literal {
            millis: tti,
            written,
            span,
        }) = args.tti.given()
        && tti >= ttl
    {
        errors.push(
            Report::at(*span, "`tti` must be shorter than `ttl`")
                .note(format!("{written} is not shorter than {ttl_written}")),
        );
    }
}

fn policy(args: &CachedArgs) -> Option<Policy> {
    let ttl = args.ttl.given().map(lifetime);
    let base = match (&args.policy, ttl) {
        (Slot::Given(policy), ttl) => Base::Constant {
            policy: policy.clone(),
            ttl,
        },
        (_, Some(ttl)) => Base::Ttl(ttl),
        _ => return None,
    };
    Some(Policy {
        base,
        tti: args.tti.given().map(lifetime),
        none_ttl: args.none_ttl.given().map(lifetime),
        jitter: args.jitter.given().copied(),
    })
}

fn lifetime(duration: &Duration) -> Lifetime {
    match duration {
        Duration::Literal { millis, .. } => Lifetime::Millis(*millis),
        Duration::Const(path) => Lifetime::Constant(path.clone()),
    }
}

fn twice(function: &Function, errors: &mut Errors) {
    for attribute in function
        .attrs
        .iter()
        .filter(|attribute| is(attribute, "cached"))
    {
        errors
            .push(Report::over(&attribute.path(), "`#[cached]` is given twice").help("remove one"));
    }
}

fn is(attribute: &syn::Attribute, name: &str) -> bool {
    attribute
        .path()
        .segments
        .last()
        .is_some_and(|segment| segment.ident == name)
}

fn arguments_of(attribute: &syn::Attribute) -> TokenStream {
    match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    }
}

/// A pattern of an `#[invalidates]` further down that hits the key of this `#[cached]`.
fn self_defeating(key: &Text, function: &Function) -> Option<Report> {
    let key = PatternTemplate::parse(&key.value).ok()?;
    let below = function
        .attrs
        .iter()
        .filter(|attribute| is(attribute, "invalidates"));
    below
        .flat_map(|attribute| {
            InvalidatesArgs::parse(arguments_of(attribute), &mut Errors::default()).patterns
        })
        .map(Text::new)
        .find(|text| PatternTemplate::parse(&text.value).is_ok_and(|pattern| pattern.covers(&key)))
        .map(|text| defeats_itself(&text))
}

/// The same, where the `#[cached]` is further down.
fn removes_own_entry(pattern: &PatternTemplate, function: &Function) -> bool {
    let below = function
        .attrs
        .iter()
        .filter(|attribute| is(attribute, "cached"));
    below
        .filter_map(|attribute| {
            let args = CachedArgs::parse(arguments_of(attribute), &mut Errors::default());
            args.key.into_given().map(|key| key.value())
        })
        .filter(|key| Template::parse(key).is_ok())
        .any(|key| PatternTemplate::parse(&key).is_ok_and(|key| pattern.covers(&key)))
}

fn defeats_itself(pattern: &Text) -> Report {
    Report::at(
        pattern.span(),
        "this would remove the entry it has just stored",
    )
    .help("remove the pattern")
}

/// What the parameters are called, for notes.
fn parameters(function: &Function) -> String {
    let names: Vec<_> = function.names().map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        format!("`{}` has no named parameters", function.name())
    } else {
        format!("parameters of `{}`: {}", function.name(), names.join(", "))
    }
}

fn subject(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::Cached => "cache key",
        Attribute::Invalidates => "pattern",
    }
}
