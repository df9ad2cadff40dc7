//! Who was seen last, and when: written often, read often, and no row of the database is locked for it.
//!
//! Positions go to SQLite behind (`WriteBehind`), names through it (`#[updates]`), a counter keeps each user to a few
//! signals a minute (`increment`), and what will be asked first is loaded before anybody asks (`warm`).

#![expect(clippy::print_stdout, reason = "an example that shows what it does")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use cached_runtime::{Caches, Key, WriteBehind, cached, keyspace, policy, updates};
use sqlx::{SqlitePool, query, query_scalar, sqlite::SqlitePoolOptions};

keyspace! {
    /// All that is cached here.
    mod keys {
        /// When a user was seen last.
        seen(user: i64) = "presence:<user>:seen";
        /// What a user is called.
        name(user: i64) = "presence:<user>:name";
        /// The signals of a user in this minute.
        signals(user: i64) = "signals:<user>";
    }
}

const USERS: i64 = 200;
const SIGNALS_A_MINUTE: i64 = 50;

#[derive(Clone)]
struct Presence {
    database: SqlitePool,
    positions: WriteBehind<i64>,
    statements: Arc<AtomicU64>,
}

impl Presence {
    async fn open() -> Result<Self> {
        // One connection: each would have a database in memory of its own.
        let options = SqlitePoolOptions::new().max_connections(1);
        let database = options.connect("sqlite::memory:").await?;
        query("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, seen INTEGER NOT NULL DEFAULT 0)")
            .execute(&database)
            .await?;
        for id in 0..USERS {
            query("INSERT INTO users (id, name) VALUES (?, 'user ' || ?)")
                .bind(id)
                .bind(id)
                .execute(&database)
                .await?;
        }
        let statements = Arc::default();
        let sink = {
            let (database, statements) = (database.clone(), Arc::clone(&statements));
            move |batch| write(database.clone(), Arc::clone(&statements), batch)
        };
        let positions =
            WriteBehind::builder(Caches::global(), policy::PREFERENCES, sink).build()?;
        Ok(Self {
            database,
            positions,
            statements,
        })
    }

    #[cached(
        key = keys::seen,
        policy = policy::PREFERENCES,
        refresh_ahead = "auto",
        background
    )]
    async fn seen(&self, user: i64) -> Result<i64, Arc<sqlx::Error>> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let seen = query_scalar("SELECT seen FROM users WHERE id = ?").bind(user);
        Ok(seen.fetch_one(&self.database).await?)
    }

    #[cached(key = keys::name, ttl = "1h")]
    async fn name(&self, user: i64) -> Result<String, Arc<sqlx::Error>> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let name = query_scalar("SELECT name FROM users WHERE id = ?").bind(user);
        Ok(name.fetch_one(&self.database).await?)
    }

    #[updates(key = keys::name, ttl = "1h")]
    async fn rename(&self, user: i64, name: &str) -> Result<String, Arc<sqlx::Error>> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let name = query_scalar("UPDATE users SET name = ? WHERE id = ? RETURNING name").bind(name);
        Ok(name.bind(user).fetch_one(&self.database).await?)
    }

    /// Whether the signal was taken.
    async fn signal(&self, user: i64, at: i64) -> Result<bool> {
        let signals = Caches::global().cache("signals");
        let minute = Duration::from_mins(1);
        if signals.increment(&keys::signals(user), 1, minute) > SIGNALS_A_MINUTE {
            return Ok(false);
        }
        self.positions.write(&keys::seen(user), at).await?;
        Ok(true)
    }
}

/// One transaction for a batch. It may come again after a failure, which an update does not mind.
async fn write(
    database: SqlitePool,
    statements: Arc<AtomicU64>,
    batch: Vec<(Key, i64)>,
) -> Result<()> {
    let mut tx = database.begin().await?;
    for (key, seen) in &batch {
        let user = key.as_str().split(':').nth(1);
        let user: i64 = user.context("a key without a user")?.parse()?;
        statements.fetch_add(1, Ordering::Relaxed);
        let update = query("UPDATE users SET seen = ? WHERE id = ?").bind(seen);
        update.bind(user).execute(&mut *tx).await?;
    }
    Ok(tx.commit().await?)
}

#[tokio::main]
async fn main() -> Result<()> {
    let presence = Presence::open().await?;
    let names = Caches::global().warm(8, (0..USERS).map(|user| presence.name(user)));
    println!("{} names are warm", names.await.len());

    let mut taken = 0;
    for at in 1..=100 {
        for user in 0..USERS {
            if presence.signal(user, at).await? {
                taken += 1;
                if presence.seen(user).await? != at {
                    bail!("user {user} was seen at {at}, and readers are told otherwise");
                }
            }
        }
    }
    println!("{taken} of {} signals were taken", 100 * USERS);

    presence.rename(7, "Ada").await?;
    println!("user 7 is {} now", presence.name(7).await?);

    let report = presence.positions.shutdown().await;
    let statements = presence.statements.load(Ordering::Relaxed);
    println!(
        "{} positions were written behind; {statements} statements in all",
        report.written
    );
    let stored: i64 = query_scalar("SELECT min(seen) FROM users")
        .fetch_one(&presence.database)
        .await?;
    if !report.failed.is_empty() || stored != SIGNALS_A_MINUTE {
        bail!("the database has {stored} where {SIGNALS_A_MINUTE} was written");
    }
    Ok(())
}
