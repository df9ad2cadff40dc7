//! What is logged while a test runs on this thread.

use std::{
    cell::RefCell,
    fmt::{self, Write},
    sync::{Arc, Mutex, Once},
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    callsite::rebuild_interest_cache,
    field::{Field, Visit},
    span,
    subscriber::set_global_default,
};

type Lines = Arc<Mutex<Vec<(Level, String)>>>;

thread_local! {
    static LINES: RefCell<Option<Lines>> = const { RefCell::new(None) };
}

/// The lines logged on this thread since it was made.
pub(crate) struct Log {
    lines: Lines,
}

impl Log {
    pub(crate) fn new() -> Self {
        // One subscriber for all tests: where each comes and goes with its own, `tracing` may take a place that another
        // thread logs from for the first time to be of interest to nobody.
        static INSTALL: Once = Once::new();
        INSTALL.call_once(|| set_global_default(Recorder).unwrap());
        rebuild_interest_cache();
        let lines = Lines::default();
        LINES.set(Some(Arc::clone(&lines)));
        Self { lines }
    }

    pub(crate) fn lines(&self, level: Level) -> Vec<String> {
        let lines = self.lines.lock().unwrap();
        let meant = lines.iter().filter(|(of, _)| *of == level);
        meant.map(|(_, line)| line.clone()).collect()
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        LINES.set(None);
    }
}

struct Recorder;

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("cached_runtime")
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        let level = *event.metadata().level();
        LINES.with_borrow(|lines| {
            if let Some(lines) = lines {
                lines.lock().unwrap().push((level, line.0));
            }
        });
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[derive(Default)]
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, "{}={value:?} ", field.name()).unwrap();
    }
}
