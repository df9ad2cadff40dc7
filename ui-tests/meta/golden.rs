//! What a golden holds: the errors of one case, taken apart.

/// One error as the terminal shows it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Told {
    /// The compiler's number for it.
    pub(crate) code: Option<String>,
    pub(crate) headline: String,
    /// The text with the caret below it, without the margin; empty where there is none.
    pub(crate) drawing: Vec<String>,
    /// Of the message, not what the compiler adds below the source.
    pub(crate) help: Vec<String>,
    pub(crate) note: Vec<String>,
    /// File, line and column.
    pub(crate) at: String,
    /// The source with its underlines, and what the compiler adds.
    pub(crate) source: Vec<String>,
}

/// What `const` evaluation says before the words of the panic.
const PANICKED: &str = "evaluation panicked: ";

pub(crate) fn parse(golden: &str) -> Vec<Told> {
    let mut all: Vec<Told> = Vec::new();
    for line in golden.lines() {
        if let Some((code, headline)) = beginning(line) {
            all.push(Told {
                code,
                headline: headline
                    .strip_prefix(PANICKED)
                    .unwrap_or(headline)
                    .to_owned(),
                ..Told::default()
            });
        } else if let Some(told) = all.last_mut() {
            told.append(line);
        }
    }
    all
}

fn beginning(line: &str) -> Option<(Option<String>, &str)> {
    let rest = line
        .strip_prefix("error")
        .or(line.strip_prefix("warning"))?;
    if let Some(headline) = rest.strip_prefix(": ") {
        return Some((None, headline));
    }
    let (code, headline) = rest.strip_prefix('[')?.split_once("]: ")?;
    Some((Some(code.to_owned()), headline))
}

impl Told {
    fn append(&mut self, line: &str) {
        if !self.at.is_empty() {
            self.source.push(line.to_owned());
        } else if let Some(at) = line.trim_start().strip_prefix("--> ") {
            at.clone_into(&mut self.at);
        } else if let Some(help) = line.trim_start().strip_prefix("= help: ") {
            self.help.push(help.to_owned());
        } else if let Some(note) = line.trim_start().strip_prefix("= note: ") {
            self.note.push(note.to_owned());
        } else if !line.trim().is_empty() {
            let margin = line.len().min("         ".len());
            self.drawing
                .push(line.get(margin..).unwrap_or_default().to_owned());
        }
    }

    /// The line and column without the file.
    pub(crate) fn place(&self) -> Option<(usize, usize)> {
        let mut parts = self.at.rsplit(':');
        let column = parts.next()?.parse().ok()?;
        Some((parts.next()?.parse().ok()?, column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "\
error: unknown placeholder `<usr>` in the tag

         user:<usr>
              ^^^^^ `list` has no parameter of this name

       = help: did you mean `<user>`?
       = note: parameters of `list`: `user`
  --> fail/tags/x.rs:10:25
   |
10 | #[cached(tags(\"user:<usr>\"))]
   |               ^^^^^^^^^^^^
   |
   = note: of the compiler

error[E0080]: evaluation panicked: `ttl` must be longer than zero
 --> fail/tags/x.rs:9:47
";

    #[test]
    fn an_error_is_taken_apart() {
        let [first, second] = &parse(TWO)[..] else {
            panic!("two errors");
        };
        assert_eq!(first.headline, "unknown placeholder `<usr>` in the tag");
        assert_eq!(
            first.drawing,
            [
                "user:<usr>",
                "     ^^^^^ `list` has no parameter of this name"
            ]
        );
        assert_eq!(first.help, ["did you mean `<user>`?"]);
        assert_eq!(first.note, ["parameters of `list`: `user`"]);
        assert_eq!(first.place(), Some((10, 25)));
        assert_eq!(first.source.len(), 6);
        assert_eq!(second.code.as_deref(), Some("E0080"));
        assert_eq!(second.headline, "`ttl` must be longer than zero");
        assert!(second.drawing.is_empty());
    }
}
