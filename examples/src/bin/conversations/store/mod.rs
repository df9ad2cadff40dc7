//! The database: connections, and a count of the statements that really went to it.

mod reads;
mod writes;

use std::{
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use cached_runtime::LoadTimeout;
pub(crate) use reads::PAGE;
use sqlx::{
    ConnectOptions, Connection, Sqlite, SqliteConnection, SqlitePool,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::Mutex;

use crate::topic::Topic;

/// Why the database gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DbError {
    #[error("the database failed")]
    Sql(#[from] sqlx::Error),
    #[error("there is no {0}")]
    Missing(&'static str),
    #[error("the database holds the unknown status `{0}`")]
    UnknownStatus(String),
    #[error(transparent)]
    TooSlow(#[from] LoadTimeout),
}

/// The service's SQL, uncached.
pub(crate) struct Store {
    readers: SqlitePool,
    /// SQLite takes one writer at a time. The others wait here, where waiting is cheap.
    writer: Mutex<SqliteConnection>,
    queries: [AtomicU64; Topic::ALL.len()],
}

impl Store {
    pub(crate) async fn connect(file: &Path, readers: u32) -> Result<Self, DbError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(30))
            .pragma("cache_size", "-32000")
            .pragma("mmap_size", "1073741824");
        let writer = Mutex::new(options.connect().await?);
        let readers = SqlitePoolOptions::new()
            .min_connections(readers)
            .max_connections(readers)
            .acquire_timeout(Duration::from_mins(1))
            .test_before_acquire(false)
            .connect_with(options)
            .await?;
        Ok(Self {
            readers,
            writer,
            queries: [const { AtomicU64::new(0) }; Topic::ALL.len()],
        })
    }

    /// How many statements went to the database on account of `topic`.
    pub(crate) fn queries(&self, topic: Topic) -> u64 {
        self.queries
            .get(topic as usize)
            .map_or(0, |count| count.load(Ordering::Relaxed))
    }

    /// A connection for one statement on account of `topic`.
    async fn reader(&self, topic: Topic) -> Result<PoolConnection<Sqlite>, DbError> {
        let connection = self.readers.acquire().await?;
        self.count(topic, 1);
        Ok(connection)
    }

    fn count(&self, topic: Topic, statements: u64) {
        if let Some(count) = self.queries.get(topic as usize) {
            count.fetch_add(statements, Ordering::Relaxed);
        }
    }

    pub(crate) async fn close(self) -> Result<(), DbError> {
        self.readers.close().await;
        Ok(self.writer.into_inner().close().await?)
    }
}
