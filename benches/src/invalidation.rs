//! What it costs to invalidate all keys of one user, in a small cache and in a large one.

use std::{sync::Arc, time::Instant};

use anyhow::Result;
use cached_runtime::pattern;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use tokio::runtime::Runtime;

use crate::{
    cli::Cli,
    poll::now,
    report::{Page, grouped},
    rounds::Series,
    service::Service,
    workload::{Call, KEYS_OF_A_USER, SEED, Source, loads},
};

const SMALL: u32 = 1_000;

/// Whether the user's answers have just been read, or lie in memory that nobody has touched for long.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    JustRead,
    LongUnread,
}

struct Sized {
    keys: u32,
    service: Service,
    users: SmallRng,
    just_read: Series,
    long_unread: Series,
}

impl Sized {
    fn new(keys: u32) -> Result<Self> {
        Ok(Self {
            keys,
            service: Service::filled(&Arc::new(Source::new(keys)))?,
            users: SmallRng::seed_from_u64(SEED),
            just_read: Series::default(),
            long_unread: Series::default(),
        })
    }

    fn turn(&mut self, before: Before) -> Result<()> {
        let user = self.users.random_range(0..self.keys / KEYS_OF_A_USER);
        let calls = (0..KEYS_OF_A_USER).map(|at| Call(user * KEYS_OF_A_USER + at));
        if before == Before::JustRead {
            calls.clone().for_each(|call| self.service.call(call));
        }
        let user_id = Call(user * KEYS_OF_A_USER).user_id();
        let pattern = pattern!("conversations:user:<user_id>*");

        let begun = Instant::now();
        now(self.service.caches.invalidate(pattern))?;
        let micros = begun.elapsed().as_secs_f64() * 1e6;

        let loaded = loads();
        calls.for_each(|call| self.service.call(call));
        assert_eq!(
            loads() - loaded,
            u64::from(KEYS_OF_A_USER),
            "all were invalidated, and no others"
        );
        match before {
            Before::JustRead => self.just_read.push(micros),
            Before::LongUnread => self.long_unread.push(micros),
        }
        Ok(())
    }
}

pub(crate) fn measure(cli: &Cli, _runtime: &Runtime, page: &mut Page) -> Result<()> {
    let large = if cli.quick { 100_000 } else { 1_000_000 };
    let mut caches = [Sized::new(SMALL)?, Sized::new(large)?];
    let turns = 100 * cli.rounds();
    for _ in 0..turns {
        for before in [Before::JustRead, Before::LongUnread] {
            for cache in &mut caches {
                cache.turn(before)?;
            }
        }
    }
    page.text(&format!(
        "`caches.invalidate(pattern!(\"conversations:user:<user_id>*\"))` for a random user, {} times, each followed by loading \
         the 10 again. Microseconds until it returns; the memory of the 10 entries is given back by the loads that follow.",
        grouped(turns as u64)
    ));
    let [small, large] = &caches;
    let row = |name: &str, of: fn(&Sized) -> &Series| {
        let (a, b) = (of(small).median(), of(large).median());
        vec![
            name.to_owned(),
            format!("{a:.2}"),
            format!("{b:.2}"),
            format!("{:.2}", b / a),
        ]
    };
    let header =
        [small, large].map(|cache| format!("µs, {} entries", grouped(u64::from(cache.keys))));
    page.table(
        &["", &header[0], &header[1], "ratio"],
        [
            row("just read", |cache| &cache.just_read),
            row("long unread", |cache| &cache.long_unread),
        ],
    );
    Ok(())
}
