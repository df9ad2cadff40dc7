//! `transaction` around a transaction of a real database.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{path::Path, sync::Arc};

use cached_runtime::{Caches, cached, invalidates, transaction, updates};
use sqlx::{
    Connection, Sqlite, SqliteConnection, SqlitePool, Transaction, query, query_scalar,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};
use tokio::sync::{Mutex, Notify};

type Result<T> = std::result::Result<T, sqlx::Error>;

/// A transaction that several methods take in turn.
type Tx<'a> = Mutex<Transaction<'a, Sqlite>>;

/// Accounts in a database, and what they hold in a cache.
struct Accounts {
    caches: Caches,
    pool: SqlitePool,
    /// Tells that a transfer has written both rows, and lets it commit.
    written: Notify,
    go: Notify,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Commit,
    Rollback,
}

impl Accounts {
    async fn new(file: &Path) -> Result<Arc<Self>> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options)
            .await?;
        query("CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL)")
            .execute(&pool)
            .await?;
        query("INSERT INTO accounts VALUES (1, 100), (2, 100)")
            .execute(&pool)
            .await?;
        Ok(Arc::new(Self {
            caches: Caches::builder().build().unwrap(),
            pool,
            written: Notify::new(),
            go: Notify::new(),
        }))
    }

    #[cached(key = "accounts:<id>", ttl = "1h", caches = self.caches)]
    async fn balance(&self, id: i64) -> Result<i64> {
        read(&mut *self.pool.acquire().await?, id).await
    }

    /// The same as the transaction sees it.
    #[cached(key = "accounts:<id>", ttl = "1h", skip(tx), caches = self.caches)]
    async fn balance_in(&self, tx: &Tx<'_>, id: i64) -> Result<i64> {
        read(&mut **tx.lock().await, id).await
    }

    #[updates(key = "accounts:<id>", ttl = "1h", caches = self.caches)]
    #[invalidates("totals:*", caches = self.caches)]
    async fn add(&self, tx: &Tx<'_>, id: i64, amount: i64) -> Result<i64> {
        bump(&mut **tx.lock().await, id, amount).await
    }

    #[cached(key = "totals:all", ttl = "1h", caches = self.caches)]
    async fn total(&self) -> Result<i64> {
        query_scalar("SELECT sum(balance) FROM accounts")
            .fetch_one(&self.pool)
            .await
    }

    #[updates(key = "accounts:<id>", ttl = "1h", caches = self.caches)]
    async fn deposit(
        &self,
        connection: &mut SqliteConnection,
        id: i64,
        amount: i64,
    ) -> Result<i64> {
        let tx = Mutex::new(connection.begin().await?);
        let balance = transaction(async {
            let balance = self.add_elsewhere(&tx, id, amount).await?;
            tx.into_inner().commit().await?;
            Ok::<_, sqlx::Error>(balance)
        });
        balance.await
    }

    #[invalidates("totals:*", caches = self.caches)]
    async fn add_elsewhere(&self, tx: &Tx<'_>, id: i64, amount: i64) -> Result<i64> {
        bump(&mut **tx.lock().await, id, amount).await
    }

    async fn transfer(&self, from: i64, to: i64, amount: i64, end: End) -> Result<()> {
        transaction(async {
            let mut connection = self.pool.acquire().await?;
            let tx = Mutex::new(connection.begin().await?);
            let before = self.balance_in(&tx, from).await?;
            self.add(&tx, from, -amount).await?;
            self.add(&tx, to, amount).await?;
            let after = self.balance_in(&tx, from).await?;
            assert_eq!(after, before - amount, "it sees what it has written itself");
            self.written.notify_one();
            self.go.notified().await;
            let tx = tx.into_inner();
            match end {
                End::Commit => tx.commit().await,
                End::Rollback => tx.rollback().await,
            }
        })
        .await
    }

    async fn balances(&self) -> [i64; 3] {
        [
            self.balance(1).await.unwrap(),
            self.balance(2).await.unwrap(),
            self.total().await.unwrap(),
        ]
    }
}

async fn read(connection: &mut SqliteConnection, id: i64) -> Result<i64> {
    query_scalar("SELECT balance FROM accounts WHERE id = ?")
        .bind(id)
        .fetch_one(connection)
        .await
}

async fn bump(connection: &mut SqliteConnection, id: i64, amount: i64) -> Result<i64> {
    query_scalar("UPDATE accounts SET balance = balance + ? WHERE id = ? RETURNING balance")
        .bind(amount)
        .bind(id)
        .fetch_one(connection)
        .await
}

#[tokio::test]
async fn readers_see_the_old_state_until_the_commit_and_then_the_new_one() {
    for end in [End::Commit, End::Rollback] {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::new(&folder.path().join("accounts"))
            .await
            .unwrap();
        assert_eq!(accounts.balances().await, [100, 100, 200]);

        let transfer = {
            let accounts = Arc::clone(&accounts);
            tokio::spawn(async move { accounts.transfer(1, 2, 30, end).await })
        };
        accounts.written.notified().await;
        assert_eq!(accounts.balances().await, [100, 100, 200]);
        // Whoever loads anew now brings what is about to be overwritten.
        accounts.caches.clear().await;
        assert_eq!(accounts.balances().await, [100, 100, 200]);
        accounts.go.notify_one();
        transfer.await.unwrap().unwrap();

        let expected = if end == End::Commit {
            [70, 130, 200]
        } else {
            [100, 100, 200]
        };
        assert_eq!(accounts.balances().await, expected);
    }
}

#[tokio::test]
async fn a_transfer_whose_client_hangs_up_leaves_nothing_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = Accounts::new(&folder.path().join("accounts"))
        .await
        .unwrap();
    assert_eq!(accounts.balances().await, [100, 100, 200]);
    let transfer = {
        let accounts = Arc::clone(&accounts);
        tokio::spawn(async move { accounts.transfer(1, 2, 30, End::Commit).await })
    };
    accounts.written.notified().await;
    transfer.abort();
    assert!(transfer.await.unwrap_err().is_cancelled());
    let entries = accounts.caches.cache("accounts").stats().entries;
    assert_eq!(entries, 0, "what it had begun to change was invalidated");
    assert_eq!(accounts.balances().await, [100, 100, 200]);
}

/// A transaction may read an older state than the last invalidation left: what it reads is not for others.
#[tokio::test]
async fn what_a_snapshot_shows_stays_inside() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = Accounts::new(&folder.path().join("accounts"))
        .await
        .unwrap();
    transaction(async {
        let mut connection = accounts.pool.acquire().await.unwrap();
        let snapshot = Mutex::new(connection.begin().await.unwrap());
        let before = read(&mut **snapshot.lock().await, 2).await;
        assert_eq!(before.unwrap(), 100);
        let outside = Arc::clone(&accounts);
        let change = tokio::spawn(async move {
            let mut connection = outside.pool.acquire().await.unwrap();
            let tx = Mutex::new(connection.begin().await.unwrap());
            outside.add(&tx, 1, 5).await.unwrap();
            tx.into_inner().commit().await.unwrap();
            outside.caches.clear().await;
        });
        change.await.unwrap();
        assert_eq!(accounts.balance_in(&snapshot, 1).await.unwrap(), 100);
    })
    .await;
    assert_eq!(accounts.balance(1).await.unwrap(), 105);
}

/// Outside of a transaction of its own the value is stored as it was returned.
#[tokio::test]
async fn an_update_saves_the_next_reader_the_query() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = Accounts::new(&folder.path().join("accounts"))
        .await
        .unwrap();
    let mut connection = accounts.pool.acquire().await.unwrap();
    accounts.deposit(&mut connection, 1, 5).await.unwrap();
    assert_eq!(accounts.balance(1).await.unwrap(), 105);
    let stats = accounts.caches.cache("accounts").stats();
    assert_eq!((stats.hits, stats.loads), (1, 0));
}
