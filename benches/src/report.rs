//! What goes to the screen and into the file: the same Markdown.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context as _, Result};
use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};

#[derive(Default)]
pub(crate) struct Report(String);

impl Report {
    pub(crate) fn title(&mut self, title: &str) {
        self.block(&format!("# {title}"));
    }

    pub(crate) fn section(&mut self, title: &str) {
        self.block(&format!("## {title}"));
    }

    pub(crate) fn subsection(&mut self, title: &str) {
        self.block(&format!("### {title}"));
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.block(text);
    }

    /// A table whose first column has names and the others numbers.
    pub(crate) fn table(&mut self, header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
        let mut table = Table::new();
        table.load_style(ASCII_MARKDOWN).set_header(header.to_vec());
        for row in rows {
            table.add_row(row);
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        self.block(&aligned(&table.to_string()));
    }

    #[expect(
        clippy::print_stdout,
        reason = "the report is what the program is run for"
    )]
    fn block(&mut self, text: &str) {
        println!("{text}\n");
        // Writing to a string does not fail.
        let _ = write!(self.0, "{text}\n\n");
    }

    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)
                .with_context(|| format!("cannot make {}", directory.display()))?;
        }
        let text = format!("{}\n", self.0.trim_end());
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}

/// The numbers' columns to the right when the Markdown is rendered, too.
fn aligned(table: &str) -> String {
    let mut lines: Vec<String> = table.lines().map(str::to_owned).collect();
    if let Some(rule) = lines.get_mut(1) {
        let mut columns = 0;
        *rule = rule
            .split('|')
            .map(|dashes| {
                columns += 1;
                match dashes.strip_suffix('-') {
                    Some(start) if columns > 2 => format!("{start}:"),
                    _ => dashes.to_owned(),
                }
            })
            .collect::<Vec<_>>()
            .join("|");
    }
    lines.join("\n")
}

pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(123_456_789), "123,456,789");
    }
}
