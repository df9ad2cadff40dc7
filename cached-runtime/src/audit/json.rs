//! The list for programs.

use std::fmt::Write as _;

use super::{
    Audit,
    finding::{Finding, Place},
};

/// Of the shape. It goes up when a field leaves or changes its meaning.
const VERSION: u32 = 1;

impl Audit {
    /// The list for programs. Version 1 of its shape, in which later versions may have more fields and more kinds:
    ///
    /// ```json
    /// {
    ///   "version": 1,
    ///   "is_sound": false,
    ///   "cached_methods": 14,
    ///   "mutators": 6,
    ///   "findings": [
    ///     {
    ///       "severity": "error",
    ///       "kind": "dead-pattern",
    ///       "subject": "conversations:usr:<id>*",
    ///       "message": "pattern `conversations:usr:<id>*` matches no key of any cached method",
    ///       "did_you_mean": "conversations:user:<id>*",
    ///       "note": "what it was meant to clear stays until its `ttl` ends",
    ///       "places": [
    ///         {
    ///           "function": "send",
    ///           "module": "chat::conversations",
    ///           "file": "src/conversations.rs",
    ///           "line": 99,
    ///           "column": 5,
    ///           "says": null
    ///         }
    ///       ]
    ///     }
    ///   ]
    /// }
    /// ```
    ///
    /// `severity` is `"error"` or `"remark"`, `kind` as [`Kind::name`](super::Kind::name) has it. `did_you_mean`, `note` and `says` may be `null`;
    /// `says` is what the place says where places differ. Findings are in the order of [`findings`](Self::findings).
    pub fn to_json(&self) -> String {
        let fields = [
            ("version", VERSION.to_string()),
            ("is_sound", self.is_sound().to_string()),
            ("cached_methods", self.cached.to_string()),
            ("mutators", self.mutators.to_string()),
            ("findings", list(&self.findings, 1, finding)),
        ];
        object(&fields, 0)
    }
}

fn finding(finding: &Finding, depth: usize) -> String {
    let optional = |text: Option<&str>| text.map_or_else(|| "null".to_owned(), string);
    let fields = [
        ("severity", string(finding.severity.name())),
        ("kind", string(finding.kind.name())),
        ("subject", string(&finding.subject)),
        ("message", string(&finding.message)),
        ("did_you_mean", optional(finding.did_you_mean.as_deref())),
        ("note", optional(finding.note)),
        ("places", list(&finding.places, depth + 1, place)),
    ];
    object(&fields, depth)
}

fn place(place: &Place, depth: usize) -> String {
    let location = place.location;
    let says = place.says.as_deref();
    let fields = [
        ("function", string(place.function)),
        ("module", string(location.module)),
        ("file", string(location.file)),
        ("line", location.line.to_string()),
        ("column", location.column.to_string()),
        ("says", says.map_or_else(|| "null".to_owned(), string)),
    ];
    object(&fields, depth)
}

fn object(fields: &[(&str, String)], depth: usize) -> String {
    let field = |(name, value): &(&str, String)| format!("{}: {value}", string(name));
    block(['{', '}'], fields.iter().map(field), depth)
}

fn list<T>(items: &[T], depth: usize, write: fn(&T, usize) -> String) -> String {
    if items.is_empty() {
        return "[]".to_owned();
    }
    block(
        ['[', ']'],
        items.iter().map(|item| write(item, depth + 1)),
        depth,
    )
}

fn block([open, close]: [char; 2], lines: impl Iterator<Item = String>, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let lines: Vec<_> = lines.map(|line| format!("{indent}  {line}")).collect();
    format!("{open}\n{}\n{indent}{close}", lines.join(",\n"))
}

fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
