//! Those who can invalidate. The peers have neither prefixes nor tags that lead to entries, so for those they look at all
//! entries, by the call that they have for it.

use anyhow::Result;
use cached::{ConcurrentCached as _, ShardedLruTtlCache};
use cached_runtime::{Cache, Caches, Policy, Settings, cached, key, pattern};
use foldhash::fast::RandomState;

use super::rows::{How, Row, Value};
use crate::{contestants::TTL, poll::now, workload::NoSuchUser};

pub(super) trait Invalidating: Sync {
    fn name(&self) -> &'static str;

    fn insert(&self, row: Row, value: &Value);

    /// Whether a call for the row hits.
    fn hits(&self, row: Row) -> bool;

    fn invalidate(&self, how: How);

    /// Does all that waits to be done.
    fn tidy_up(&self) {}

    /// Whether memory is given back without being asked for.
    fn tidies_up_behind(&self) -> bool {
        false
    }

    /// Whether it looks at every entry to find some.
    fn scans(&self, how: How) -> bool {
        !matches!(how, How::Key { .. } | How::All)
    }
}

pub(super) fn all(entries: u32) -> Result<Vec<Box<dyn Invalidating>>> {
    // The shards of some fill unevenly, and they evict from each on its own.
    let room = 2 * u64::from(entries);
    let caches = Caches::builder().settings("rows", Settings::new().capacity(room));
    let caches = caches.build()?;
    let sharded = ShardedLruTtlCache::builder()
        .max_size(usize::try_from(room)?)
        .ttl(TTL)
        .build()?;
    Ok(vec![
        Box::new(Toolkit {
            cache: caches.cache("rows"),
            caches,
        }),
        Box::new(Moka(
            moka::sync::Cache::builder()
                .max_capacity(room)
                .time_to_live(TTL)
                .support_invalidation_closures()
                .build_with_hasher(RandomState::default()),
        )),
        Box::new(QuickCache(quick_cache::sync::Cache::new(usize::try_from(
            room,
        )?))),
        Box::new(Cached(sharded)),
    ])
}

struct Toolkit {
    caches: Caches,
    cache: Cache,
}

const POLICY: Policy = Policy::new(TTL);

impl Toolkit {
    /// Its rows are inserted by hand, so a load says that there is none.
    #[cached(key = "rows:user:<user>:status:<status>", ttl = "30m", caches = self.caches)]
    async fn row(&self, user: u32, status: u32) -> Result<Value, NoSuchUser> {
        let _ = (user, status);
        Err(NoSuchUser)
    }
}

impl Invalidating for Toolkit {
    fn name(&self) -> &'static str {
        "this toolkit"
    }

    fn insert(&self, row: Row, value: &Value) {
        let Row { user, status, .. } = row;
        let key = key!("rows:user:<user>:status:<status>");
        match row.tag() {
            Some(tag) => {
                let tags = [key!("group:<tag>")];
                self.cache
                    .insert_tagged(&key, Value::clone(value), &POLICY, &tags);
            }
            None => self.cache.insert(&key, Value::clone(value), &POLICY),
        }
    }

    fn hits(&self, row: Row) -> bool {
        now(self.row(row.user, row.status)).is_ok()
    }

    fn invalidate(&self, how: How) {
        let done = match how {
            How::Key { user, status } => now(self
                .caches
                .invalidate(pattern!("rows:user:<user>:status:<status>"))),
            How::Prefix { user } => now(self.caches.invalidate(pattern!("rows:user:<user>*"))),
            How::Tag(tag) => now(self.caches.invalidate_tag(pattern!("group:<tag>"))),
            How::Middle { status } => now(self
                .caches
                .invalidate(pattern!("rows:user:*:status:<status>"))),
            How::All => {
                now(self.cache.clear());
                Ok(())
            }
        };
        let Ok(()) = done;
    }

    /// What was removed is dropped a little later, when the map's readers have all moved on; calls that store see to that.
    fn tidy_up(&self) {
        self.cache.run_pending_tasks();
        let value = Value::new(super::rows::Shared { tag: 0 });
        let spare = Row {
            user: u32::MAX,
            status: 0,
            tag: 0,
        };
        for _ in 0..8 {
            self.insert(spare, &value);
        }
        self.invalidate(How::Key {
            user: spare.user,
            status: spare.status,
        });
    }

    fn tidies_up_behind(&self) -> bool {
        true
    }

    fn scans(&self, _how: How) -> bool {
        false
    }
}

fn text(user: u32, status: u32) -> String {
    let mut text = String::with_capacity(40);
    text.push_str("rows:user:");
    text.push_str(itoa::Buffer::new().format(user));
    text.push_str(":status:");
    text.push_str(itoa::Buffer::new().format(status));
    text
}

/// Whether a key and its value are meant.
fn chosen(how: How) -> impl Fn(&str, &Value) -> bool + Send + Sync + 'static {
    let text = match how {
        How::Key { user, status } => text(user, status),
        How::Prefix { user } => format!("rows:user:{user}:"),
        How::Middle { status } => format!(":status:{status}"),
        How::Tag(_) | How::All => String::new(),
    };
    move |key, value| match how {
        How::Key { .. } => key == text,
        How::Prefix { .. } => key.starts_with(&text),
        How::Middle { .. } => key.ends_with(&text),
        How::Tag(tag) => value.tag == tag,
        How::All => true,
    }
}

struct Moka(moka::sync::Cache<String, Value, RandomState>);

impl Invalidating for Moka {
    fn name(&self) -> &'static str {
        "moka, invalidate_entries_if"
    }

    fn insert(&self, row: Row, value: &Value) {
        self.0
            .insert(text(row.user, row.status), Value::clone(value));
    }

    fn hits(&self, row: Row) -> bool {
        self.0.get(text(row.user, row.status).as_str()).is_some()
    }

    fn invalidate(&self, how: How) {
        match how {
            How::Key { user, status } => self.0.invalidate(text(user, status).as_str()),
            How::All => self.0.invalidate_all(),
            How::Prefix { .. } | How::Tag(_) | How::Middle { .. } => {
                let chosen = chosen(how);
                let accepted = self
                    .0
                    .invalidate_entries_if(move |key, value| chosen(key, value));
                assert!(accepted.is_ok(), "moka refuses the closure");
            }
        }
    }

    fn tidy_up(&self) {
        self.0.run_pending_tasks();
    }
}

struct QuickCache(quick_cache::sync::Cache<String, Value>);

impl Invalidating for QuickCache {
    fn name(&self) -> &'static str {
        "quick_cache, retain"
    }

    fn insert(&self, row: Row, value: &Value) {
        self.0
            .insert(text(row.user, row.status), Value::clone(value));
    }

    fn hits(&self, row: Row) -> bool {
        self.0.get(text(row.user, row.status).as_str()).is_some()
    }

    fn invalidate(&self, how: How) {
        match how {
            How::Key { user, status } => drop(self.0.remove(text(user, status).as_str())),
            How::All => self.0.clear(),
            How::Prefix { .. } | How::Tag(_) | How::Middle { .. } => {
                let chosen = chosen(how);
                self.0.retain(|key, value| !chosen(key, value));
            }
        }
    }
}

struct Cached(ShardedLruTtlCache<String, Value>);

impl Invalidating for Cached {
    fn name(&self) -> &'static str {
        "cached 4, retain"
    }

    fn insert(&self, row: Row, value: &Value) {
        let Ok(_) = self
            .0
            .cache_set(text(row.user, row.status), Value::clone(value));
    }

    fn hits(&self, row: Row) -> bool {
        self.0.get(text(row.user, row.status).as_str()).is_some()
    }

    fn invalidate(&self, how: How) {
        match how {
            How::Key { user, status } => drop(self.0.remove(text(user, status).as_str())),
            How::All => self.0.clear(),
            How::Prefix { .. } | How::Tag(_) | How::Middle { .. } => {
                let chosen = chosen(how);
                self.0.retain(|key, value| !chosen(key, value));
            }
        }
    }
}
