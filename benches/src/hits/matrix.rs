//! One row a contestant, one column a situation.

use crate::{
    report::{Bar, Line, Page},
    rounds::Series,
};

#[derive(Clone, Default)]
pub(super) struct Matrix {
    columns: Vec<String>,
    rows: Vec<(&'static str, Vec<Series>)>,
}

impl Matrix {
    /// Adds a column; all have the same rows in the same order.
    pub(super) fn push(
        &mut self,
        column: &str,
        measured: impl Iterator<Item = (&'static str, Series)>,
    ) {
        self.columns.push(column.to_owned());
        for (at, (name, series)) in measured.enumerate() {
            match self.rows.get_mut(at) {
                Some((_, row)) => row.push(series),
                None => self.rows.push((name, vec![series])),
            }
        }
    }

    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    pub(super) fn row(&self, name: &str) -> &[Series] {
        let named = self.rows.iter().find(|(known, _)| *known == name);
        named.map_or(&[], |(_, row)| row)
    }

    /// The rows' names with what they have in one column.
    pub(super) fn column(&self, at: usize) -> impl Iterator<Item = (&'static str, Series)> {
        let rows = self.rows.iter();
        rows.filter_map(move |(name, row)| Some((*name, row.get(at)?.clone())))
    }

    /// Without one row.
    pub(super) fn without(mut self, name: &str) -> Self {
        self.rows.retain(|(known, _)| *known != name);
        self
    }

    /// Only the columns that `wanted` takes.
    pub(super) fn filtered(&self, wanted: impl Fn(&str) -> bool) -> Self {
        let kept = |row: &[Series]| {
            let both = self.columns.iter().zip(row);
            let kept = both.filter(|(column, _)| wanted(column));
            kept.map(|(_, series)| series.clone()).collect()
        };
        Self {
            columns: self
                .columns
                .iter()
                .filter(|column| wanted(column))
                .cloned()
                .collect(),
            rows: self
                .rows
                .iter()
                .map(|(name, row)| (*name, kept(row)))
                .collect(),
        }
    }

    /// Each value in relation to that of the row `base` in the same round and situation.
    pub(super) fn over_row(&self, base: &str) -> Self {
        self.each(|at, series| {
            self.row(base)
                .get(at)
                .map(|base| series.over(base))
                .unwrap_or_default()
        })
    }

    /// What `threads` do together in the time in which one, in `alone`, does its share.
    pub(super) fn gain(&self, alone: &Self, threads: u32) -> Self {
        Self {
            columns: self.columns.clone(),
            rows: self
                .rows
                .iter()
                .map(|(name, row)| {
                    let pairs = alone.row(name).iter().zip(row);
                    let gains = pairs.map(|(one, all)| {
                        let gain = one.over(all);
                        gain.values()
                            .iter()
                            .map(|gain| gain * f64::from(threads))
                            .collect()
                    });
                    (*name, gains.collect())
                })
                .collect(),
        }
    }

    fn each(&self, change: impl Fn(usize, &Series) -> Series) -> Self {
        let changed = |row: &[Series]| {
            let row = row.iter().enumerate();
            row.map(|(at, series)| change(at, series)).collect()
        };
        Self {
            columns: self.columns.clone(),
            rows: self
                .rows
                .iter()
                .map(|(name, row)| (*name, changed(row)))
                .collect(),
        }
    }

    /// Medians with the least and the most of the rounds; rows without any number are left out.
    pub(super) fn table(&self, page: &mut Page) {
        let rows = self.rows.iter().filter(|(_, row)| has_numbers(row));
        let rows = rows.map(|(name, row)| {
            let mut cells = vec![(*name).to_owned()];
            cells.extend(row.iter().map(Series::shown));
            cells
        });
        let mut header = vec![""];
        header.extend(self.columns.iter().map(String::as_str));
        page.table(&header, rows);
    }

    pub(super) fn samples(
        &self,
        page: &mut Page,
        measurement: &str,
        parameter: &str,
        threads: u32,
    ) {
        for (name, row) in &self.rows {
            for (column, series) in self.columns.iter().zip(row) {
                let parameters = [
                    (parameter, column.as_str()),
                    ("threads", &threads.to_string()),
                ];
                if series.median().is_finite() {
                    page.samples(measurement, name, &parameters, "ns a call", series);
                }
            }
        }
    }

    pub(super) fn lines(&self) -> Vec<Line> {
        let rows = self.rows.iter().filter(|(_, row)| has_numbers(row));
        rows.map(|(name, row)| Line::new(name, row.clone()))
            .collect()
    }

    /// Those of one column.
    pub(super) fn bars(&self, column: &str) -> Vec<Bar> {
        let at = self.columns.iter().position(|known| known == column);
        let series = |row: &[Series]| at.and_then(|at| row.get(at)).cloned();
        let rows = self.rows.iter();
        rows.filter_map(|(name, row)| Some(Bar::new(name, series(row)?)))
            .collect()
    }
}

fn has_numbers(row: &[Series]) -> bool {
    row.iter().any(|series| series.median().is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(values: [[f64; 2]; 2]) -> Matrix {
        let mut matrix = Matrix::default();
        let names = ["a", "b"].into_iter();
        matrix.push(
            "column",
            names.zip(values.map(|rounds| rounds.into_iter().collect())),
        );
        matrix
    }

    #[test]
    fn ratios_are_taken_within_a_round() {
        let ratios = matrix([[10.0, 30.0], [5.0, 10.0]]).over_row("b");
        assert_eq!(ratios.row("a")[0].values(), [2.0, 3.0]);
        assert_eq!(ratios.row("b")[0].values(), [1.0, 1.0]);
    }

    #[test]
    fn two_threads_as_fast_as_one_gain_double() {
        let (alone, two) = (
            matrix([[10.0; 2], [10.0; 2]]),
            matrix([[10.0; 2], [20.0; 2]]),
        );
        let gain = two.gain(&alone, 2);
        assert_eq!(gain.row("a")[0].values(), [2.0, 2.0]);
        assert_eq!(gain.row("b")[0].values(), [1.0, 1.0]);
    }
}
