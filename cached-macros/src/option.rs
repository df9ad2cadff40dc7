//! The one table of options: name, how it is written, an example, which attribute takes it.

use cached_key::nearest;
use proc_macro2::Ident;

use crate::report::Report;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attribute {
    Cached,
    Invalidates,
}

impl Attribute {
    pub(crate) fn display(self) -> &'static str {
        match self {
            Self::Cached => "`#[cached]`",
            Self::Invalidates => "`#[invalidates]`",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `name = value`
    Value,
    /// `name(a, b)`
    List,
}

pub(crate) struct Spec {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    pub(crate) example: &'static str,
    takers: &'static [Attribute],
}

impl Spec {
    pub(crate) fn belongs_to(&self, attribute: Attribute) -> bool {
        self.takers.contains(&attribute)
    }
}

const CACHED: &[Attribute] = &[Attribute::Cached];
const INVALIDATES: &[Attribute] = &[Attribute::Invalidates];
const BOTH: &[Attribute] = &[Attribute::Cached, Attribute::Invalidates];

const fn value(name: &'static str, example: &'static str, takers: &'static [Attribute]) -> Spec {
    Spec {
        name,
        form: Form::Value,
        example,
        takers,
    }
}

pub(crate) const OPTIONS: &[Spec] = &[
    value("key", "key = \"user:<id>\"", CACHED),
    value("ttl", "ttl = 300", CACHED),
    value("policy", "policy = QUERY", CACHED),
    Spec {
        name: "skip",
        form: Form::List,
        example: "skip(page)",
        takers: CACHED,
    },
    value("none_ttl", "none_ttl = \"10s\"", CACHED),
    value("tti", "tti = \"1m\"", CACHED),
    value("jitter", "jitter = \"10%\"", CACHED),
    value("store_if", "store_if = Rows::is_complete", CACHED),
    value("on", "on = \"ok\"", INVALIDATES),
    value("caches", "caches = self.caches", BOTH),
    value("crate", "crate = ::cached_runtime", BOTH),
];

/// What other caches call an option of ours.
const ALIASES: &[(&str, &str)] = &[
    ("time", "ttl"),
    ("expire", "ttl"),
    ("expires", "ttl"),
    ("expires_in", "ttl"),
    ("ttl_secs", "ttl"),
    ("time_to_live", "ttl"),
    ("time_to_idle", "tti"),
];

const CAPACITY: &[&str] = &["size", "max_size", "capacity", "max_capacity"];

pub(crate) fn find(name: &Ident) -> Option<&'static Spec> {
    OPTIONS.iter().find(|spec| name == spec.name)
}

fn names(attribute: Attribute) -> impl Iterator<Item = &'static str> {
    OPTIONS
        .iter()
        .filter(move |spec| spec.belongs_to(attribute))
        .map(|spec| spec.name)
}

/// A name that means nothing to an attribute.
pub(crate) struct Unknown {
    pub(crate) report: Report,
    pub(crate) meant: Option<&'static str>,
}

/// The option that `name` means to `attribute`, or what is wrong with it.
pub(crate) fn resolve(name: &Ident, attribute: Attribute) -> Result<&'static Spec, Unknown> {
    match find(name) {
        Some(spec) if spec.belongs_to(attribute) => Ok(spec),
        Some(_) => {
            let owner = match attribute {
                Attribute::Cached => Attribute::Invalidates,
                Attribute::Invalidates => Attribute::Cached,
            };
            let report = Report::at(
                name.span(),
                format!("`{name}` belongs to {}", owner.display()),
            );
            Err(Unknown {
                report,
                meant: None,
            })
        }
        None => Err(unknown(name, attribute)),
    }
}

fn unknown(name: &Ident, attribute: Attribute) -> Unknown {
    let text = name.to_string();
    let report = Report::at(name.span(), format!("unknown option `{text}`"));
    if attribute == Attribute::Cached {
        if let Some((_, ours)) = ALIASES.iter().find(|(theirs, _)| *theirs == text) {
            return Unknown {
                report: report.help(format!("it is called `{ours}` here")),
                meant: Some(*ours),
            };
        }
        if CAPACITY.contains(&text.as_str()) {
            let report = report.help("capacity belongs to the cache: `Settings::capacity`");
            return Unknown {
                report,
                meant: None,
            };
        }
    }
    let known: Vec<_> = names(attribute).map(|name| format!("`{name}`")).collect();
    let report = report.note(format!(
        "options of {}: {}",
        attribute.display(),
        known.join(", ")
    ));
    match nearest(&text, names(attribute)) {
        Some(near) => {
            let meant = names(attribute).find(|name| *name == near);
            Unknown {
                report: report.help(format!("did you mean `{near}`?")),
                meant,
            }
        }
        None => Unknown {
            report,
            meant: None,
        },
    }
}
