//! The one table of options: name, how it is written, an example, which attribute takes it.

use cached_key::nearest;
use proc_macro2::Ident;

use crate::report::Report;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attribute {
    Cached,
    Invalidates,
    Updates,
    Coherent,
}

impl Attribute {
    pub(crate) fn display(self) -> &'static str {
        match self {
            Self::Cached => "`#[cached]`",
            Self::Invalidates => "`#[invalidates]`",
            Self::Updates => "`#[updates]`",
            Self::Coherent => "`#[coherent]`",
        }
    }

    /// As it stands in the source.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cached => "cached",
            Self::Invalidates => "invalidates",
            Self::Updates => "updates",
            Self::Coherent => "coherent",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `name = value`
    Value,
    /// `name(a, b)`
    Names,
    /// `name("a", "b")`
    Texts,
    /// `name`
    Flag,
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
const STORING: &[Attribute] = &[Attribute::Cached, Attribute::Updates];
const ALL: &[Attribute] = &[
    Attribute::Cached,
    Attribute::Invalidates,
    Attribute::Updates,
];

const fn value(name: &'static str, example: &'static str, takers: &'static [Attribute]) -> Spec {
    Spec {
        name,
        form: Form::Value,
        example,
        takers,
    }
}

pub(crate) const OPTIONS: &[Spec] = &[
    value("key", "key = \"user:<id>\"", STORING),
    value("ttl", "ttl = 300", STORING),
    value("policy", "policy = QUERY", STORING),
    Spec {
        name: "skip",
        form: Form::Names,
        example: "skip(page)",
        takers: CACHED,
    },
    value("none_ttl", "none_ttl = \"10s\"", CACHED),
    value("tti", "tti = \"1m\"", STORING),
    value("jitter", "jitter = \"10%\"", STORING),
    value(
        "stale_while_revalidate",
        "stale_while_revalidate = \"1m\"",
        STORING,
    ),
    value("stale_if_error", "stale_if_error = \"1h\"", STORING),
    value("refresh_ahead", "refresh_ahead = \"80%\"", STORING),
    Spec {
        name: "tags",
        form: Form::Texts,
        example: "tags(\"tenant:<tenant_id>\")",
        takers: ALL,
    },
    value("store_if", "store_if = Rows::is_complete", CACHED),
    value("timeout", "timeout = \"2s\"", CACHED),
    Spec {
        name: "background",
        form: Form::Flag,
        example: "background",
        takers: CACHED,
    },
    value("on", "on = \"ok\"", INVALIDATES),
    value("in", "in = conversations", INVALIDATES),
    Spec {
        name: "elsewhere",
        form: Form::Texts,
        example: "elsewhere(\"users\")",
        takers: &[Attribute::Coherent],
    },
    value("caches", "caches = self.caches", ALL),
    value("crate", "crate = ::cached_runtime", ALL),
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
    ("swr", "stale_while_revalidate"),
    ("stale", "stale_while_revalidate"),
    ("grace", "stale_if_error"),
    ("refresh", "refresh_ahead"),
    ("deadline", "timeout"),
    ("tag", "tags"),
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

/// What there is, for notes.
pub(crate) fn listed(attribute: Attribute) -> String {
    let known: Vec<_> = names(attribute).map(|name| format!("`{name}`")).collect();
    format!("options of {}: {}", attribute.display(), known.join(", "))
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
        Some(spec) => {
            let owners: Vec<_> = spec.takers.iter().map(|taker| taker.display()).collect();
            let report = Report::at(
                name.span(),
                format!("`{name}` belongs to {}", owners.join(" and ")),
            )
            .note(listed(attribute));
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
    let alias = ALIASES.iter().find(|(theirs, _)| *theirs == text);
    if let Some((_, ours)) = alias.filter(|(_, ours)| names(attribute).any(|name| name == *ours)) {
        return Unknown {
            report: report.help(format!("it is called `{ours}` here")),
            meant: Some(*ours),
        };
    }
    if STORING.contains(&attribute) && CAPACITY.contains(&text.as_str()) {
        let report = report.help("capacity belongs to the cache: `Settings::capacity`");
        return Unknown {
            report,
            meant: None,
        };
    }
    let report = report.note(listed(attribute));
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
