//! The answer to one question.

use super::{
    PLOTS, markdown,
    plot::{Bars, Lines},
    samples::Samples,
};
use crate::rounds::Series;
use anyhow::Result;

/// What one question has found so far: on the screen at once, in the folder when it is saved.
pub(crate) struct Page {
    slug: &'static str,
    text: String,
    plots: Vec<(String, String)>,
    samples: Samples,
    answered: bool,
}

impl Page {
    pub(crate) fn new(slug: &'static str, title: &str) -> Self {
        let mut page = Self {
            slug,
            text: String::new(),
            plots: Vec::new(),
            samples: Samples::new(),
            answered: false,
        };
        page.block(&format!("## {title}"));
        page
    }

    /// Begins a part with a heading of its own.
    pub(crate) fn part(&mut self, title: &str) {
        self.block(&format!("### {title}"));
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.block(text);
    }

    /// A table whose first column has names and the others numbers.
    pub(crate) fn table(&mut self, header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
        self.answered = true;
        self.block(&markdown::table(header, rows));
    }

    /// Bars, or dots on a logarithmic scale, with whiskers from the least to the most. `name` is that of the file, after
    /// the question's; it may be empty.
    pub(crate) fn bars(&mut self, name: &str, bars: &Bars) -> Result<()> {
        let svg = bars.draw()?;
        self.plot(name, &bars.title, svg);
        Ok(())
    }

    /// Lines over sizes, or whatever else has steps.
    pub(crate) fn lines(&mut self, name: &str, lines: &Lines) -> Result<()> {
        let svg = lines.draw()?;
        self.plot(name, &lines.title, svg);
        Ok(())
    }

    /// Keeps the values of all rounds.
    pub(crate) fn samples(
        &mut self,
        measurement: &str,
        contestant: &str,
        parameters: &[(&str, &str)],
        unit: &str,
        series: &Series,
    ) {
        self.samples
            .push(measurement, contestant, parameters, unit, series);
    }

    fn plot(&mut self, name: &str, title: &str, svg: String) {
        self.answered = true;
        let file = match name {
            "" => format!("{}.svg", self.slug),
            name => format!("{}-{name}.svg", self.slug),
        };
        self.block(&format!("![{title}]({PLOTS}/{file})"));
        self.plots.push((file, svg));
    }

    #[expect(
        clippy::print_stdout,
        reason = "the report is what the program is run for"
    )]
    fn block(&mut self, text: &str) {
        println!("{text}\n");
        self.text.push_str(text);
        self.text.push_str("\n\n");
    }

    /// Whether there is anything to save; a question may lack what it needs to be asked.
    pub(crate) fn is_answered(&self) -> bool {
        self.answered
    }

    pub(super) fn slug(&self) -> &'static str {
        self.slug
    }

    pub(super) fn text_so_far(&self) -> &str {
        &self.text
    }

    pub(super) fn samples_text(&self) -> &str {
        self.samples.as_str()
    }

    /// File names and contents.
    pub(super) fn plots(&self) -> impl Iterator<Item = (&str, &str)> {
        self.plots
            .iter()
            .map(|(name, svg)| (name.as_str(), svg.as_str()))
    }

    /// Whether a plot of this name is one of this question's.
    pub(super) fn owns(&self, plot: &str) -> bool {
        plot.strip_suffix(".svg")
            .and_then(|name| name.strip_prefix(self.slug))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }
}
