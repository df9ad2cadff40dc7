//! The database of the first run: made once, kept for the runs after it.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use indicatif::ProgressBar;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, QueryBuilder, Sqlite, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

/// Goes up when the SQL files or the meaning of a column change.
const SCHEMA_VERSION: i64 = 1;
/// SQLite takes 32,766 parameters in a statement; beyond some thousand it gets no faster.
const ROWS_PER_STATEMENT: usize = 500;
const DAWN: i64 = 1_735_689_600;

/// How much there is in the database.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) conversations: u32,
    pub(crate) messages: u32,
}

impl Size {
    const fn users(self) -> i64 {
        let users = self.conversations as i64 / 5;
        if users < 20 { 20 } else { users }
    }

    const fn instances(self) -> i64 {
        let instances = self.conversations as i64 / 10;
        if instances < 10 { 10 } else { instances }
    }
}

/// The database file, held for this process alone.
pub(crate) struct Data {
    pub(crate) file: PathBuf,
    _lock: File,
}

impl Data {
    /// Finds the database of this size under `directory`, or makes it.
    pub(crate) async fn prepare(directory: &Path, size: Size, bar: &ProgressBar) -> Result<Self> {
        ensure!(
            size.conversations > 0,
            "there must be at least one conversation"
        );
        ensure!(
            size.messages >= size.conversations,
            "each conversation begins with a message: {} messages are too few for {} conversations",
            size.messages,
            size.conversations,
        );
        fs::create_dir_all(directory)
            .with_context(|| format!("cannot make the directory {}", directory.display()))?;
        let lock = lock(directory)?;
        let file = directory.join(format!(
            "conversations-{}-{}.db",
            size.conversations, size.messages
        ));
        if file.exists() && !is_current(&file).await? {
            remove(&file)?;
        }
        if !file.exists() {
            // Under another name until it is complete, so that an interrupted run leaves nothing half-made behind.
            let partial = file.with_extension("partial.db");
            remove(&partial)?;
            create(&partial, size, bar)
                .await
                .with_context(|| format!("cannot make the database {}", partial.display()))?;
            fs::rename(&partial, &file)
                .with_context(|| format!("cannot rename {}", partial.display()))?;
        }
        Ok(Self { file, _lock: lock })
    }
}

/// Two processes on one database would each keep answers that the other has changed.
fn lock(directory: &Path) -> Result<File> {
    let file = directory.join("in-use.lock");
    let lock =
        File::create(&file).with_context(|| format!("cannot write to {}", file.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => bail!("another run is using {}", directory.display()),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", file.display()))
        }
    }
}

async fn is_current(file: &Path) -> Result<bool> {
    let version = async {
        let mut db = SqliteConnectOptions::new().filename(file).connect().await?;
        let version: i64 = sqlx::query_scalar("PRAGMA user_version")
            .fetch_one(&mut db)
            .await?;
        db.close().await?;
        Ok::<_, sqlx::Error>(version)
    };
    let version = version.await.with_context(|| {
        format!(
            "{} cannot be read; delete it to have it made again",
            file.display()
        )
    })?;
    Ok(version == SCHEMA_VERSION)
}

fn remove(file: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        let part = PathBuf::from(name);
        if part.exists() {
            fs::remove_file(&part).with_context(|| format!("cannot remove {}", part.display()))?;
        }
    }
    Ok(())
}

async fn create(file: &Path, size: Size, bar: &ProgressBar) -> Result<(), sqlx::Error> {
    // Nothing to protect: an interrupted file is thrown away.
    let mut db = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .connect()
        .await?;
    sqlx::raw_sql(include_str!("schema.sql"))
        .execute(&mut db)
        .await?;
    bar.set_length(size.messages.into());

    let mut tx = db.begin().await?;
    let mut rng = SmallRng::seed_from_u64(1);
    users(&mut tx, size).await?;
    let owners = instances(&mut tx, size, &mut rng).await?;
    let conversations = conversations(size, &owners, &mut rng);
    for rows in conversations.chunks(ROWS_PER_STATEMENT) {
        insert_conversations(&mut tx, rows, &mut rng).await?;
    }
    messages(&mut tx, &conversations, bar, &mut rng).await?;
    sqlx::raw_sql(include_str!("triggers.sql"))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;

    sqlx::raw_sql("ANALYZE").execute(&mut db).await?;
    let seal = AssertSqlSafe(format!("PRAGMA user_version = {SCHEMA_VERSION}"));
    sqlx::raw_sql(seal).execute(&mut db).await?;
    db.close().await
}

struct Row {
    id: i64,
    client: i64,
    provider: i64,
    instance: i64,
    messages: i64,
    started_at: i64,
}

impl Row {
    fn sender(&self, number: i64) -> i64 {
        if number % 3 == 1 {
            self.client
        } else {
            self.provider
        }
    }

    const fn sent_at(&self, number: i64) -> i64 {
        self.started_at + number * 97
    }
}

async fn users(db: &mut SqliteConnection, size: Size) -> Result<(), sqlx::Error> {
    let ids: Vec<i64> = (1..=size.users()).collect();
    for ids in ids.chunks(ROWS_PER_STATEMENT) {
        let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO users (id, name) ");
        insert.push_values(ids, |mut row, id| {
            row.push_bind(id).push_bind(format!("User {id}"));
        });
        insert.build().execute(&mut *db).await?;
    }
    Ok(())
}

/// Makes the instances and tells each one's owner.
async fn instances(
    db: &mut SqliteConnection,
    size: Size,
    rng: &mut SmallRng,
) -> Result<Vec<(i64, i64)>, sqlx::Error> {
    let owners: Vec<(i64, i64)> = (1..=size.instances())
        .map(|id| (id, user(size, rng)))
        .collect();
    for owners in owners.chunks(ROWS_PER_STATEMENT) {
        let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO instances (id, gig, owner_id) ");
        insert.push_values(owners, |mut row, (id, owner)| {
            row.push_bind(id)
                .push_bind(pick(&GIGS, rng))
                .push_bind(owner);
        });
        insert.build().execute(&mut *db).await?;
    }
    Ok(owners)
}

fn conversations(size: Size, owners: &[(i64, i64)], rng: &mut SmallRng) -> Vec<Row> {
    let mut left = i64::from(size.messages);
    let count = i64::from(size.conversations);
    let rows = (1..=count).map(|id| {
        let to_come = count - id;
        let average = left / (to_come + 1);
        let messages = match to_come {
            0 => left,
            _ => rng
                .random_range(1..=(2 * average).max(2) - 1)
                .min(left - to_come),
        };
        left -= messages;
        let (instance, provider) = pick(owners, rng);
        let client = loop {
            let client = user(size, rng);
            if client != provider {
                break client;
            }
        };
        Row {
            id,
            client,
            provider,
            instance,
            messages,
            started_at: DAWN + rng.random_range(0..30_000_000),
        }
    });
    rows.collect()
}

async fn insert_conversations(
    db: &mut SqliteConnection,
    rows: &[Row],
    rng: &mut SmallRng,
) -> Result<(), sqlx::Error> {
    let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO conversations ");
    insert.push_values(rows, |mut values, row| {
        let status = [
            "pending", "active", "active", "active", "archived", "archived",
        ];
        values
            .push_bind(row.id)
            .push_bind(row.client)
            .push_bind(row.provider)
            .push_bind(row.instance)
            .push_bind(format!("About {}", pick(&GIGS, rng)))
            .push_bind(pick(&status, rng))
            .push_bind(row.messages)
            .push_bind(row.sent_at(row.messages))
            .push_bind(1);
    });
    insert.build().execute(&mut *db).await?;

    let sides = rows
        .iter()
        .flat_map(|row| [(row, row.client, "client"), (row, row.provider, "provider")]);
    let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO participants ");
    insert.push_values(sides, |mut values, (row, user, role)| {
        let unread = rng.random_range(0..4).min(row.messages);
        values
            .push_bind(row.id)
            .push_bind(user)
            .push_bind(role)
            .push_bind(row.messages - unread)
            .push_bind(1);
    });
    insert.build().execute(&mut *db).await?;
    Ok(())
}

async fn messages(
    db: &mut SqliteConnection,
    rows: &[Row],
    bar: &ProgressBar,
    rng: &mut SmallRng,
) -> Result<(), sqlx::Error> {
    let mut numbered = rows
        .iter()
        .flat_map(|row| (1..=row.messages).map(move |number| (row, number)));
    loop {
        let batch: Vec<(&Row, i64)> = numbered.by_ref().take(ROWS_PER_STATEMENT).collect();
        if batch.is_empty() {
            return Ok(());
        }
        let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO messages ");
        insert.push_values(&batch, |mut values, (row, number)| {
            values
                .push_bind(row.id)
                .push_bind(number)
                .push_bind(row.sender(*number))
                .push_bind(format!("{} {}", pick(&BEGINNINGS, rng), pick(&ENDS, rng)))
                .push_bind(row.sent_at(*number));
        });
        insert.build().execute(&mut *db).await?;
        bar.inc(batch.len() as u64);
    }
}

/// Low numbers come up more often: some users are busier than others.
fn user(size: Size, rng: &mut SmallRng) -> i64 {
    let at_most = rng.random_range(1..=size.users());
    rng.random_range(1..=at_most.midpoint(size.users()))
}

fn pick<T: Copy + Default>(from: &[T], rng: &mut SmallRng) -> T {
    from.get(rng.random_range(0..from.len()))
        .copied()
        .unwrap_or_default()
}

const GIGS: [&str; 6] = [
    "a garden plan",
    "wedding photographs",
    "a logo in two colours",
    "piano lessons",
    "a translation into Finnish",
    "a kitchen table",
];
const BEGINNINGS: [&str; 6] = [
    "Thank you for the quick answer.",
    "I have looked at your drawing.",
    "Sorry, I was away for some days.",
    "That sounds good to me.",
    "One more question.",
    "I have sent you the files.",
];
const ENDS: [&str; 6] = [
    "Could we meet on Thursday?",
    "How long would it take?",
    "The second one is my favourite.",
    "What would it cost with delivery?",
    "I am looking forward to it.",
    "Please tell me when you have started.",
];
