//! Tables and numbers as they are written down.

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};

use crate::rounds::Series;

/// A table whose first column has names and the others numbers.
pub(super) fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(header.to_vec());
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    aligned(&table.to_string())
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

/// With about three digits that mean something.
pub(crate) fn figure(number: f64) -> String {
    match number.abs() {
        size if !size.is_finite() => String::from("–"),
        size if size < 9.995 => format!("{number:.2}"),
        size if size < 99.95 => format!("{number:.1}"),
        size if size < 999.5 => format!("{number:.0}"),
        _ => {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is positive, and nothing here is measured in quintillions"
            )]
            let whole = grouped(number.abs().round() as u64);
            format!("{}{whole}", if number < 0.0 { "-" } else { "" })
        }
    }
}

/// The least and the most of the rounds.
pub(crate) fn spread(series: &Series) -> String {
    format!("{}–{}", figure(series.least()), figure(series.most()))
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

    #[test]
    fn figures_have_three_digits_or_all_before_the_point() {
        let figures = [0.123, 9.999, 12.34, 123.4, 1_234.5, -2_500.0, f64::NAN].map(figure);
        assert_eq!(
            figures,
            ["0.12", "10.0", "12.3", "123", "1,235", "-2,500", "–"]
        );
    }

    #[test]
    fn columns_of_numbers_are_on_the_right() {
        let text = table(&["", "ns"], [vec![String::from("a"), String::from("12")]]);
        assert_eq!(text.lines().nth(1), Some("|---|---:|"), "{text}");
    }
}
