//! What is logged while a test runs on this thread.

use std::{
    fmt::{self, Write},
    sync::{Arc, Mutex},
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::{DefaultGuard, set_default},
};

/// The lines logged since it was made.
pub(crate) struct Log {
    lines: Arc<Mutex<Vec<(Level, String)>>>,
    _guard: DefaultGuard,
}

impl Log {
    pub(crate) fn new() -> Self {
        let lines = Arc::default();
        let recorder = Recorder(Arc::clone(&lines));
        Self {
            lines,
            _guard: set_default(recorder),
        }
    }

    pub(crate) fn lines(&self, level: Level) -> Vec<String> {
        let lines = self.lines.lock().unwrap();
        let meant = lines.iter().filter(|(of, _)| *of == level);
        meant.map(|(_, line)| line.clone()).collect()
    }
}

struct Recorder(Arc<Mutex<Vec<(Level, String)>>>);

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
        self.0.lock().unwrap().push((level, line.0));
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
