//! What goes to the screen and into the folder of results: a section of Markdown for each question, its plots and its samples.

mod markdown;
mod page;
mod plot;
mod samples;
mod sections;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

pub(crate) use self::{
    markdown::{figure, grouped, spread},
    page::Page,
    plot::{Bar, Bars, Group, Line, Lines, Scale},
};

const REPORT: &str = "latest.md";
const PLOTS: &str = "plots";
const SAMPLES: &str = "samples";

/// The folder of results. Each question has a section there that only a new answer to it replaces.
pub(crate) struct Report<'a> {
    folder: &'a Path,
    slugs: Vec<&'static str>,
}

impl<'a> Report<'a> {
    /// `slugs` are those of all questions, in the order of the report.
    pub(crate) fn new(folder: &'a Path, slugs: Vec<&'static str>) -> Self {
        Self { folder, slugs }
    }

    pub(crate) fn save(&self, page: &Page) -> Result<()> {
        let slug = page.slug();
        for (name, svg) in page.plots() {
            self.write(&Path::new(PLOTS).join(name), svg)?;
        }
        self.remove_plots_other_than(page)?;
        self.write(
            &Path::new(SAMPLES).join(format!("{slug}.csv")),
            page.samples_text(),
        )?;
        let former = fs::read_to_string(self.folder.join(REPORT)).unwrap_or_default();
        let text = sections::replaced(&former, &self.slugs, slug, page.text_so_far());
        self.write(Path::new(REPORT), &text)
    }

    /// Those that this question no longer draws.
    fn remove_plots_other_than(&self, page: &Page) -> Result<()> {
        let folder = self.folder.join(PLOTS);
        let Ok(files) = fs::read_dir(&folder) else {
            return Ok(());
        };
        for file in files {
            let name = file?.file_name().to_string_lossy().into_owned();
            if page.owns(&name) && page.plots().all(|(drawn, _)| drawn != name) {
                fs::remove_file(folder.join(&name))
                    .with_context(|| format!("cannot remove the plot {name}"))?;
            }
        }
        Ok(())
    }

    fn write(&self, file: &Path, text: &str) -> Result<()> {
        let path: PathBuf = self.folder.join(file);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}
