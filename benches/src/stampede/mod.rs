//! How long until the last of many callers of one cold key has its answer.

mod contestants;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::Result;
use tokio::{
    runtime::{Builder, Runtime},
    sync::watch,
};

use crate::{
    cli::Cli,
    report::{Bar, Bars, Group, Page, Scale, figure, grouped, spread},
    rounds::play,
    workload::{Conversations, NoSuchUser},
};

const CALLERS: u64 = 10_000;

/// Those who want one answer, and the load that brings it. It ends when all have come, as a slow one would.
struct Crowd {
    answer: Conversations,
    here: AtomicU64,
    complete: watch::Sender<bool>,
    loads: AtomicU64,
}

impl Crowd {
    fn new() -> Self {
        Self {
            answer: Arc::new(Vec::new()),
            here: AtomicU64::new(0),
            complete: watch::Sender::new(false),
            loads: AtomicU64::new(0),
        }
    }

    /// Each caller says so before it calls.
    fn arrive(&self) {
        if self.here.fetch_add(1, Ordering::Relaxed) + 1 == CALLERS {
            self.complete.send_replace(true);
        }
    }

    async fn load(&self) -> Result<Conversations, NoSuchUser> {
        self.loads.fetch_add(1, Ordering::Relaxed);
        let mut complete = self.complete.subscribe();
        complete
            .wait_for(|all| *all)
            .await
            .map_err(|_| NoSuchUser)?;
        Ok(Arc::clone(&self.answer))
    }
}

/// One of those that are measured.
trait Coalescing: Send + Sync {
    fn name(&self) -> &'static str;

    /// Lets tasks loose on the key of `id`, and returns when the last has its answer: how long that took.
    fn stampede(self: Arc<Self>, runtime: &Runtime, id: u64, crowd: &Arc<Crowd>) -> Duration;
}

pub(crate) fn measure(cli: &Cli, _runtime: &Runtime, page: &mut Page) -> Result<()> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    page.text(&format!(
        "{} tasks call one key that is not there, all spawned at once. The load ends when the last of them has come, so \
         it takes no time of its own. Milliseconds from the first spawn until the last has its answer: median over the rounds, then the \
         least and the most; and how many loads there were in the median round.",
        grouped(CALLERS)
    ));
    let mut groups = Vec::new();
    let mut rows = Vec::new();
    // Never the same twice: some caches are the process's.
    let mut id = 0;
    for (title, runtime) in [
        (
            String::from("current-thread runtime"),
            Builder::new_current_thread().enable_time().build()?,
        ),
        (
            format!("multi-thread runtime, {cores} workers"),
            Builder::new_multi_thread()
                .worker_threads(cores)
                .enable_time()
                .build()?,
        ),
    ] {
        let contestants = contestants::all(&runtime)?;
        let all = play(&contestants, cli.rounds(), |contestant| {
            id += 1;
            let crowd = Arc::new(Crowd::new());
            let took = Arc::clone(contestant).stampede(&runtime, id, &crowd);
            let loads = u32::try_from(crowd.loads.load(Ordering::Relaxed));
            [took.as_secs_f64() * 1e3, loads.map_or(f64::NAN, f64::from)]
        });
        let mut bars = Vec::new();
        for (contestant, [took, loads]) in contestants.iter().zip(all) {
            let name = contestant.name();
            page.samples("until the last", name, &[("runtime", &title)], "ms", &took);
            page.samples("loads", name, &[("runtime", &title)], "", &loads);
            rows.push(vec![
                format!("{title}: {name}"),
                figure(took.median()),
                spread(&took),
                format!("{:.0}", loads.median()),
            ]);
            bars.push(Bar::new(name, took));
        }
        groups.push(Group { title, bars });
    }
    page.table(&["", "ms", "spread", "loads"], rows);
    page.bars(
        "",
        &Bars {
            title: format!("{} callers of one cold key", grouped(CALLERS)),
            axis: String::from("milliseconds until the last has its answer"),
            scale: Scale::Log,
            groups,
        },
    )
}
