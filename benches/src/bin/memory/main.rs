//! Counts the bytes that one contestant needs, in a process of its own: all that it allocates goes through the counter, and
//! what is resident is its own.
//!
//! `memory` lists the contestants. `memory NAME ENTRIES` prints the bytes of keys and values; and those that are allocated, and
//! those that are resident, beyond the beginning: with all entries, once they were cleared, when others have expired unasked, and after that once the cache
//! was asked to tidy up; `-` where there is no such thing.

mod contestants;

use std::{alloc::System, env, fs, thread, time::Duration};

use anyhow::{Context as _, Result, ensure};
use cap::Cap;

use self::contestants::{Contestant, Lifetime, NAMES};

#[global_allocator]
static ALLOCATED: Cap<System> = Cap::new(System, usize::MAX);

/// Longer than it takes to store the entries that are to expire.
const SHORT: Duration = Duration::from_secs(4);
/// How long a cache that nobody asks anything has for what has expired.
const IDLE: Duration = Duration::from_secs(2);
/// The most entries that are made to expire.
const EXPIRING: u32 = 100_000;

#[expect(clippy::print_stdout, reason = "the parent reads it")]
fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let Some(name) = arguments.next() else {
        for name in NAMES {
            println!("{name}");
        }
        return Ok(());
    };
    let entries = arguments.next().context("how many entries?")?.parse()?;
    // For those who leave work to a task.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()?;
    let _inside = runtime.enter();

    let payload = contestants::payload(entries);
    println!("payload {payload} {payload}");
    let beginning = Bytes::now();
    let cache = filled(&name, entries, Lifetime::Long)?;
    println!("full {}", Bytes::now().beyond(&beginning));
    cache.clear();
    println!("cleared {}", Bytes::now().beyond(&beginning));
    drop(cache);

    if entries <= EXPIRING && contestants::expires(&name) {
        let beginning = Bytes::now();
        let cache = filled(&name, entries, Lifetime::Short(SHORT))?;
        thread::sleep(SHORT + IDLE);
        println!("expired {}", Bytes::now().beyond(&beginning));
        cache.tidy_up();
        println!("tidied {}", Bytes::now().beyond(&beginning));
    } else {
        println!("expired - -\ntidied - -");
    }
    Ok(())
}

fn filled(name: &str, entries: u32, lifetime: Lifetime) -> Result<Box<dyn Contestant>> {
    let cache = contestants::make(name, entries, lifetime)?;
    cache.fill(entries);
    cache.tidy_up();
    let (is, wanted) = (cache.entries(), u64::from(entries));
    ensure!(is == wanted, "{name} has {is} entries of {wanted}");
    Ok(cache)
}

struct Bytes {
    allocated: usize,
    /// Where the system tells.
    resident: Option<usize>,
}

impl Bytes {
    fn now() -> Self {
        Self {
            allocated: ALLOCATED.allocated(),
            resident: resident(),
        }
    }

    fn beyond(&self, beginning: &Self) -> String {
        let allocated = self.allocated.saturating_sub(beginning.allocated);
        let resident = self.resident.zip(beginning.resident);
        match resident.map(|(now, then)| now.saturating_sub(then)) {
            Some(resident) => format!("{allocated} {resident}"),
            None => format!("{allocated} -"),
        }
    }
}

fn resident() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS"))?;
    let kib: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1_024)
}
