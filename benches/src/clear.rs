//! What it costs to clear a large cache, and what its readers notice.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use hdrhistogram::Histogram;
use tokio::{runtime::Runtime, time::sleep};

use crate::{
    cli::Cli,
    report::{Page, grouped},
    service::Service,
    workload::{Call, Source, loads},
};

/// The keys that the reader goes round.
const READ: u32 = 1_000;
const QUIET: Duration = Duration::from_millis(500);

#[derive(Clone, Copy)]
enum Phase {
    Before,
    Reclaiming,
    After,
    Over,
}

/// Nanoseconds a hit in each phase.
struct Latencies([Histogram<u64>; Phase::Over as usize]);

pub(crate) fn measure(cli: &Cli, runtime: &Runtime, page: &mut Page) -> Result<()> {
    let keys = if cli.quick { 100_000 } else { 1_000_000 };
    let service = Service::filled(&Arc::new(Source::new(keys)))?;
    let phase = AtomicU8::new(Phase::Before as u8);

    let (latencies, returned, reclaimed) = thread::scope(|scope| {
        let reader = scope.spawn(|| read(&service, &phase));
        let (returned, reclaimed) = runtime.block_on(clear(&service, &phase));
        reader
            .join()
            .map(|latencies| (latencies, returned, reclaimed))
    })
    .map_err(|_| anyhow::anyhow!("the reader panicked"))?;

    let latencies = latencies?;
    page.text(&format!(
        "`clear` of {} entries returned after **{:.2} ms**; the memory was given back by a task behind it, {:.0} ms after the \
         start. Another thread reads {} keys of the same cache all the time, loading each once after the clear. \
         Nanoseconds of its hits, the clock's own 20 to 40 included:",
        grouped(u64::from(keys)),
        millis(returned),
        millis(reclaimed),
        grouped(u64::from(READ)),
    ));
    let rows = ["before", "until all was reclaimed", "after"]
        .into_iter()
        .zip(&latencies.0);
    page.table(
        &["", "hits", "p50", "p99", "p99.9", "most"],
        rows.map(|(name, hits)| {
            let at = |share| grouped(hits.value_at_quantile(share));
            vec![
                name.to_owned(),
                grouped(hits.len()),
                at(0.5),
                at(0.99),
                at(0.999),
                grouped(hits.max()),
            ]
        }),
    );
    Ok(())
}

async fn clear(service: &Service, phase: &AtomicU8) -> (Duration, Duration) {
    sleep(QUIET).await;
    phase.store(Phase::Reclaiming as u8, Ordering::Relaxed);
    let begun = Instant::now();
    service.cache().clear().await;
    let returned = begun.elapsed();
    // The task that reclaims is the only one there is. Asking the cache itself would look at every entry.
    let metrics = tokio::runtime::Handle::current().metrics();
    while metrics.num_alive_tasks() > 0 {
        sleep(Duration::from_millis(1)).await;
    }
    let reclaimed = begun.elapsed();
    phase.store(Phase::After as u8, Ordering::Relaxed);
    sleep(QUIET).await;
    phase.store(Phase::Over as u8, Ordering::Relaxed);
    (returned, reclaimed)
}

fn read(service: &Service, phase: &AtomicU8) -> Result<Latencies> {
    let new = || Histogram::new_with_bounds(1, 1_000_000_000, 3);
    let mut latencies = [new()?, new()?, new()?];
    for call in (0..READ).cycle().map(Call) {
        let at = usize::from(phase.load(Ordering::Relaxed));
        let Some(histogram) = latencies.get_mut(at) else {
            break;
        };
        let loaded = loads();
        let begun = Instant::now();
        service.call(call);
        let nanos = begun.elapsed().as_nanos();
        if loads() == loaded {
            histogram.saturating_record(u64::try_from(nanos)?);
        }
    }
    Ok(Latencies(latencies))
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
