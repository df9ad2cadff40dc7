//! The database behind the repositories: a file of SQLite with an index, and a count of the statements that went to it.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlx::{
    ConnectOptions, Row, SqliteConnection, SqlitePool, query,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::Mutex;

pub(super) const USERS: u32 = 10_000;
const CONVERSATIONS_OF_A_USER: u32 = 20;
/// Rows that a listing brings.
const PAGE: u32 = 10;

#[derive(Debug)]
pub(super) struct Conversation {
    pub(super) version: i64,
    pub(super) title: String,
}

pub(super) type Listing = Arc<Vec<Conversation>>;

/// Why the database gave no answer.
#[derive(Clone, Debug)]
pub(super) struct Failure(Arc<sqlx::Error>);

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the database failed: {}", self.0)
    }
}

impl std::error::Error for Failure {}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self(Arc::new(error))
    }
}

pub(super) struct Store {
    readers: SqlitePool,
    /// SQLite takes one writer at a time. The others wait here, where waiting is cheap.
    writer: Mutex<SqliteConnection>,
    reads: AtomicU64,
    /// The changes of each user that somebody knows of.
    known: Vec<AtomicI64>,
}

impl Store {
    /// A new database in `file`, filled.
    pub(super) async fn create(file: &Path, readers: u32) -> Result<Self, Failure> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(30))
            .pragma("cache_size", "-32000")
            .pragma("mmap_size", "1073741824");
        let mut writer = options.connect().await?;
        fill(&mut writer).await?;
        let readers = SqlitePoolOptions::new()
            .min_connections(readers)
            .max_connections(readers)
            .acquire_timeout(Duration::from_mins(1))
            .test_before_acquire(false)
            .connect_with(options)
            .await?;
        Ok(Self {
            readers,
            writer: Mutex::new(writer),
            reads: AtomicU64::new(0),
            known: (0..USERS).map(|_| AtomicI64::new(0)).collect(),
        })
    }

    /// How many listings were really read.
    pub(super) fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// The changes of a user whose call has returned. Every read that begins now must show as many.
    pub(super) fn known(&self, user_id: u32) -> i64 {
        let known = self.known.get(user_id as usize);
        known.map_or(0, |known| known.load(Ordering::Acquire))
    }

    /// Once the call of a change has returned.
    pub(super) fn learn(&self, user_id: u32) {
        if let Some(known) = self.known.get(user_id as usize) {
            known.fetch_add(1, Ordering::Release);
        }
    }

    /// The latest conversations of a user.
    pub(super) async fn list(&self, user_id: u32) -> Result<Listing, Failure> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        let rows = query(
            "SELECT c.id, c.title, c.status, c.version, c.last_message_at
               FROM participants p JOIN conversations c ON c.id = p.conversation_id
              WHERE p.user_id = ? AND c.status = 'active'
              ORDER BY c.last_message_at DESC
              LIMIT ?",
        )
        .bind(user_id)
        .bind(PAGE)
        .fetch_all(&self.readers)
        .await?;
        let conversations = rows.iter().map(|row| {
            Ok(Conversation {
                version: row.try_get("version")?,
                title: row.try_get("title")?,
            })
        });
        Ok(Arc::new(conversations.collect::<Result<_, Failure>>()?))
    }

    /// A message to the latest conversation of a user: its version is one more, which the listing shows.
    pub(super) async fn send(&self, user_id: u32) -> Result<(), Failure> {
        let mut writer = self.writer.lock().await;
        let done = query(
            "UPDATE conversations SET version = version + 1
              WHERE id = (SELECT c.id
                            FROM participants p JOIN conversations c ON c.id = p.conversation_id
                           WHERE p.user_id = ? AND c.status = 'active'
                           ORDER BY c.last_message_at DESC
                           LIMIT 1)",
        )
        .bind(user_id)
        .execute(&mut *writer)
        .await?;
        assert_eq!(done.rows_affected(), 1, "user {user_id} has a conversation");
        Ok(())
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
    }
}

async fn fill(connection: &mut SqliteConnection) -> Result<(), Failure> {
    for statement in [
        "BEGIN",
        "CREATE TABLE conversations (
             id              INTEGER PRIMARY KEY,
             title           TEXT    NOT NULL,
             status          TEXT    NOT NULL,
             version         INTEGER NOT NULL DEFAULT 0,
             last_message_at INTEGER NOT NULL
         )",
        "CREATE TABLE participants (
             user_id         INTEGER NOT NULL,
             conversation_id INTEGER NOT NULL,
             PRIMARY KEY (user_id, conversation_id)
         ) WITHOUT ROWID",
    ] {
        query(statement).execute(&mut *connection).await?;
    }
    let conversations = USERS * CONVERSATIONS_OF_A_USER;
    query(
        "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < ?)
         INSERT INTO conversations (id, title, status, last_message_at)
         SELECT n, 'about the order ' || n, CASE n / ? % 4 WHEN 3 THEN 'archived' ELSE 'active' END, n * 7919 % 1000003 FROM n",
    )
    .bind(conversations)
    .bind(USERS)
    .execute(&mut *connection)
    .await?;
    query(
        "INSERT INTO participants (user_id, conversation_id) SELECT id % ?, id FROM conversations",
    )
    .bind(USERS)
    .execute(&mut *connection)
    .await?;
    query("COMMIT").execute(&mut *connection).await?;
    Ok(())
}
