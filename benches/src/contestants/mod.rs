//! Those who are measured, each set up in its best way to read.

mod amalgam;
mod concurrent_cached;
mod hashbrown;
mod moka;
mod papaya;
mod quick_cache;
mod toolkit;

use std::{sync::Arc, time::Duration};

use ::tokio::runtime::Runtime;

use crate::workload::{Call, Calls, Conversations, Source, loads};

/// The lifetime that those get who have one.
pub(crate) const TTL: Duration = Duration::from_mins(30);

/// The one all are compared with.
pub(crate) const BASE: &str = hashbrown::NAME;

/// One of them, behind a pointer that is followed once a slice.
pub(crate) trait Contestant: Sync {
    fn name(&self) -> &'static str;

    /// Answers the first `count` calls and returns how many rows the answers had.
    fn run(&self, calls: &Calls, count: usize) -> usize;

    /// Answers one call.
    fn answer(&self, call: Call) -> Conversations;

    /// Sees to it that each key is there and has its own value.
    fn check(&self, source: &Source) {
        let before = loads();
        for call in source.calls() {
            let answer = self.answer(call);
            let id = answer.first().map(|conversation| conversation.id);
            assert_eq!(id, Some(u64::from(call.0)), "{}: wrong answer", self.name());
        }
        assert_eq!(loads(), before, "{}: a hit ran the load", self.name());
    }
}

/// Writes the loop around one way to answer a call. It is an `async` block that is polled once, so those with an async
/// API are awaited as in any handler, and waiting would be noticed.
macro_rules! contestant {
    ($name:expr, $type:ty, |$this:ident, $call:ident, $key:ident| $answer:expr) => {
        impl $crate::contestants::Contestant for $type {
            fn name(&self) -> &'static str {
                $name
            }

            #[inline(never)]
            fn run(&self, calls: &$crate::workload::Calls, count: usize) -> usize {
                $crate::poll::now(async {
                    let $this = self;
                    let mut buffer = String::with_capacity(128);
                    let $key = &mut buffer;
                    let mut rows = 0;
                    for &$call in calls.calls.iter().take(count) {
                        rows += ::std::hint::black_box($answer).len();
                    }
                    rows
                })
            }

            fn answer(&self, $call: $crate::workload::Call) -> $crate::workload::Conversations {
                $crate::poll::now(async {
                    let $this = self;
                    let mut buffer = String::new();
                    let $key = &mut buffer;
                    $answer
                })
            }
        }
    };
}
use contestant;

/// All of them, filled with all that `source` has.
pub(crate) fn all(source: &Arc<Source>, runtime: &Runtime) -> Vec<Box<dyn Contestant>> {
    let contestants: [Box<dyn Contestant>; 10] = [
        Box::new(toolkit::Global::new(source)),
        Box::new(toolkit::Own::new(source)),
        Box::new(hashbrown::Rendered::new(source)),
        Box::new(hashbrown::AtHand::new(source)),
        Box::new(papaya::Papaya::new(source)),
        Box::new(moka::Moka::new(source)),
        Box::new(quick_cache::QuickCache::new(source)),
        Box::new(concurrent_cached::Rendered::new(source)),
        Box::new(concurrent_cached::OwnKey::new(source)),
        Box::new(amalgam::Amalgam::new(source, runtime)),
    ];
    for contestant in &contestants {
        contestant.check(source);
    }
    contestants.into()
}
