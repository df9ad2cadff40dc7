//! How many accesses of a recorded trace hit, beside moka that is told of every one.

mod read;

use std::path::Path;

use anyhow::Result;
use cached_runtime::{Caches, Settings, cached};
use foldhash::{HashSet, fast::RandomState};
use tokio::runtime::Runtime;

use crate::{
    cli::Cli,
    poll::now,
    report::{Page, grouped},
    rounds::Series,
};

/// Capacities, in hundredths of the distinct keys.
const SHARES: [u64; 4] = [1, 5, 10, 25];

pub(crate) fn measure(cli: &Cli, _runtime: &Runtime, page: &mut Page) -> Result<()> {
    for file in &cli.traces {
        replay(cli, page, file)?;
    }
    Ok(())
}

fn replay(cli: &Cli, page: &mut Page, file: &Path) -> Result<()> {
    let trace = read::read(file)?;
    let distinct = trace.iter().copied().collect::<HashSet<u32>>().len() as u64;
    let repeats = if cli.quick { 1 } else { 3 };
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    page.part(&name);
    page.text(&format!(
        "{} accesses, {} distinct keys. Per cent of the accesses that hit, in the median of {repeats} runs, which differ by \
         their hash seeds; then the least and the most.",
        grouped(trace.len() as u64),
        grouped(distinct)
    ));
    let mut rows = Vec::new();
    for share in SHARES {
        let capacity = (distinct * share / 100).max(1);
        let (mut toolkit, mut moka) = (Series::default(), Series::default());
        for _ in 0..repeats {
            toolkit.push(by_toolkit(&trace, capacity)?);
            moka.push(by_moka(&trace, capacity));
        }
        let spread = |series: &Series| format!("{:.2}–{:.2}", series.least(), series.most());
        rows.push(vec![
            format!("{share} % of the keys, {}", grouped(capacity)),
            format!("{:.2}", toolkit.median()),
            spread(&toolkit),
            format!("{:.2}", moka.median()),
            spread(&moka),
            format!("{:+.2}", toolkit.median() - moka.median()),
        ]);
    }
    page.table(
        &[
            "capacity",
            "this toolkit",
            "spread",
            "moka",
            "spread",
            "points",
        ],
        rows,
    );
    Ok(())
}

struct Objects {
    caches: Caches,
}

impl Objects {
    #[cached(key = "objects:<id>", ttl = "1d", caches = self.caches)]
    async fn object(&self, id: u32) -> u32 {
        id
    }
}

fn by_toolkit(trace: &[u32], capacity: u64) -> Result<f64> {
    let settings = Settings::new().capacity(capacity);
    let objects = Objects {
        caches: Caches::builder().settings("objects", settings).build()?,
    };
    for id in trace {
        assert_eq!(now(objects.object(*id)), *id);
    }
    let stats = objects.caches.cache("objects").stats();
    assert_eq!(stats.hits + stats.misses, trace.len() as u64);
    Ok(100.0 * stats.hit_rate())
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn by_moka(trace: &[u32], capacity: u64) -> f64 {
    let cache = moka::sync::Cache::builder()
        .max_capacity(capacity)
        .build_with_hasher(RandomState::default());
    let mut hits = 0_u64;
    for id in trace {
        if cache.get(id).is_some() {
            hits += 1;
        } else {
            cache.insert(*id, *id);
        }
    }
    100.0 * hits as f64 / trace.len() as f64
}
