//! Some values on their way to the source, until they are written or given up.

use std::{
    collections::BTreeMap,
    hash::BuildHasher,
    mem,
    sync::{Arc, atomic::Ordering},
};

use cached_key::Key;
use foldhash::fast::RandomState;
use tokio::time::{sleep, timeout};

use super::{queue::Item, report::Numbers, sink::Guarded, worker::Shared};
use crate::cache::Pending;

/// Dropped before its end it is given up: then the runtime has ended.
pub(super) struct Batch {
    shared: Arc<Shared>,
    values: Vec<(Item, Pending)>,
}

impl Batch {
    /// Takes the values of some keys; what is written under these keys from now on goes with a later batch.
    pub(super) fn new(shared: &Arc<Shared>, items: Vec<Item>) -> Self {
        let values = items.into_iter().filter_map(|item| {
            let value = item
                .core
                .begin_write(shared.writer, item.digest, &item.key)?;
            Some((item, value))
        });
        Self {
            shared: Arc::clone(shared),
            values: values.collect(),
        }
    }

    /// Writes it, in as many attempts as there may be.
    pub(super) async fn write(mut self) {
        let options = self.shared.options;
        for failed in 1.. {
            let Err(error) = self.attempt().await else {
                return self.settle();
            };
            if failed >= options.attempts {
                return self.give_up(&error);
            }
            if failed == 1 {
                self.warn();
            }
            let retries = self.shared.numbers.retries.fetch_add(1, Ordering::Relaxed);
            let dice = u32::try_from(RandomState::default().hash_one(retries) >> 32).unwrap_or(0);
            sleep(options.backoff.pause(failed, dice)).await;
        }
    }

    async fn attempt(&self) -> Result<(), String> {
        let values: Vec<(Key, Pending)> = self
            .values
            .iter()
            .map(|(item, value)| (item.key.clone(), Arc::clone(value)))
            .collect();
        let limit = self.shared.options.attempt_timeout;
        let attempt = Guarded::new((self.shared.sink)(values));
        timeout(limit, attempt)
            .await
            .unwrap_or_else(|_| Err(format!("the sink has not answered within {limit:?}")))
    }

    fn settle(&mut self) {
        let values = mem::take(&mut self.values);
        let writer = self.shared.writer;
        let numbers = &self.shared.numbers;
        Numbers::add(&numbers.written, values.len());
        Numbers::add(&numbers.batches, 1);
        let settled = values
            .iter()
            .filter(|(item, value)| item.core.settle(writer, item.digest, &item.key, value));
        let settled = settled.count();
        self.shared.make_room(settled);
    }

    /// Keeps the values for whoever asks for them, and sends readers to the source again.
    fn give_up(&mut self, error: &str) {
        let error: Arc<str> = error.into();
        let by_cache = self.by_cache();
        let values = mem::take(&mut self.values);
        let writer = self.shared.writer;
        Numbers::add(&self.shared.numbers.failed, values.len());
        let mut withdrawn = 0;
        for (item, value) in values {
            let Item {
                core, key, digest, ..
            } = item;
            withdrawn += usize::from(core.withdraw(writer, digest, &key, &value));
            self.shared.failures.keep(key, value, &error);
        }
        self.shared.make_room(withdrawn);
        for (cache, values) in by_cache {
            tracing::error!(
                cache,
                values,
                "write-behind gives values up: the source does not have them; `take_failed` and `shutdown` hand them out"
            );
        }
    }

    fn warn(&self) {
        for (cache, values) in self.by_cache() {
            tracing::warn!(
                cache,
                values,
                "write-behind could not write a batch and will try again; readers are served from memory meanwhile"
            );
        }
    }

    fn by_cache(&self) -> BTreeMap<String, usize> {
        let mut caches = BTreeMap::new();
        for (item, _) in &self.values {
            *caches.entry(item.core.name().to_owned()).or_default() += 1;
        }
        caches
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        if !self.values.is_empty() {
            self.give_up("the runtime that wrote it has ended");
        }
    }
}
