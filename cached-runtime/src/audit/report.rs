//! The list for people.

use std::fmt;

use super::{
    Audit,
    finding::{Finding, Place},
};

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = || self.findings.iter().flat_map(|finding| &finding.places);
        let widest = |text: fn(&Place) -> String| places().map(|it| width(&text(it))).max();
        let columns = [spot, function].map(|text| widest(text).unwrap_or_default());
        for finding in &self.findings {
            write(f, finding, columns)?;
        }
        if self.findings.is_empty() {
            f.write_str("nothing found in ")?;
        } else {
            let errors = counted(self.errors(), "error");
            let remarks = self.findings.len() - self.errors();
            write!(f, "{errors} and {} in ", counted(remarks, "remark"))?;
        }
        let cached = counted(self.cached, "cached method");
        write!(f, "{cached} and {}", counted(self.mutators, "mutator"))
    }
}

fn write(f: &mut fmt::Formatter<'_>, finding: &Finding, columns: [usize; 2]) -> fmt::Result {
    let (severity, kind) = (finding.severity.name(), finding.kind.name());
    writeln!(f, "{severity}[{kind}]: {}", finding.message)?;
    let [spots, functions] = columns;
    for place in &finding.places {
        let (spot, function) = (spot(place), function(place));
        match &place.says {
            Some(says) => writeln!(f, "  --> {spot:spots$}  {function:functions$}  {says}")?,
            None => writeln!(f, "  --> {spot:spots$}  {function}")?,
        }
    }
    if let Some(meant) = &finding.did_you_mean {
        writeln!(f, "   = help: did you mean `{meant}`?")?;
    }
    if let Some(note) = finding.note {
        writeln!(f, "   = note: {note}")?;
    }
    writeln!(f)
}

/// As terminals and editors know how to open it.
fn spot(place: &Place) -> String {
    let location = place.location;
    format!("{}:{}:{}", location.file, location.line, location.column)
}

fn function(place: &Place) -> String {
    format!("`{}`", place.function)
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn counted(count: usize, thing: &str) -> String {
    match count {
        1 => format!("1 {thing}"),
        _ => format!("{count} {thing}s"),
    }
}
