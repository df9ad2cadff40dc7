//! The changes. Each is one transaction; the triggers raise the versions of what it changed.

use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::{Connection, Row, Sqlite, SqliteConnection, Transaction, query, query_scalar};

use super::{DbError, Store};
use crate::{
    model::{Change, Entity, Status, Versions},
    topic::Topic,
};

const NO_CONVERSATION: DbError = DbError::Missing("such conversation of this user");

impl Store {
    pub(crate) async fn start(
        &self,
        user_id: i64,
        instance_id: i64,
        opening: &str,
    ) -> Result<Change, DbError> {
        let mut writer = self.writer.lock().await;
        let mut tx = begin(&mut writer).await?;
        let id: i64 = query_scalar(
            "INSERT INTO conversations
                    (client_id, provider_id, instance_id, title, status, messages, last_message_at, version)
             SELECT ?2, owner_id, id, ?3, 'pending', 0, 0, 0 FROM instances WHERE id = ?1 AND owner_id <> ?2
             RETURNING id",
        )
        .bind(instance_id)
        .bind(user_id)
        .bind(opening)
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(DbError::Missing("such instance of somebody else"))?;
        query(
            "INSERT INTO participants (conversation_id, user_id, role, read_up_to, version)
             SELECT id, client_id, 'client', 0, 0 FROM conversations WHERE id = ?1
             UNION ALL
             SELECT id, provider_id, 'provider', 0, 0 FROM conversations WHERE id = ?1",
        )
        .bind(id)
        .execute(&mut *tx)
        .await?;
        insert_message(&mut tx, id, user_id, opening).await?;
        let change = around(&mut tx, id, Depth::Messages).await?;
        tx.commit().await?;
        self.count(Topic::Mutators, 6);
        Ok(change)
    }

    pub(crate) async fn send(
        &self,
        user_id: i64,
        conversation_id: i64,
        body: &str,
    ) -> Result<Change, DbError> {
        let mut writer = self.writer.lock().await;
        let mut tx = begin(&mut writer).await?;
        insert_message(&mut tx, conversation_id, user_id, body).await?;
        let change = around(&mut tx, conversation_id, Depth::Messages).await?;
        tx.commit().await?;
        self.count(Topic::Mutators, 4);
        Ok(change)
    }

    pub(crate) async fn accept(
        &self,
        user_id: i64,
        conversation_id: i64,
    ) -> Result<Change, DbError> {
        self.set_status(user_id, conversation_id, Status::Active)
            .await
    }

    pub(crate) async fn archive(
        &self,
        user_id: i64,
        conversation_id: i64,
    ) -> Result<Change, DbError> {
        self.set_status(user_id, conversation_id, Status::Archived)
            .await
    }

    async fn set_status(
        &self,
        user_id: i64,
        conversation_id: i64,
        status: Status,
    ) -> Result<Change, DbError> {
        let mut writer = self.writer.lock().await;
        let mut tx = begin(&mut writer).await?;
        let update = query(
            "UPDATE conversations SET status = ?3, version = version + 1
              WHERE id = ?1 AND ?2 IN (client_id, provider_id)",
        );
        let update = update
            .bind(conversation_id)
            .bind(user_id)
            .bind(status.as_str());
        if update.execute(&mut *tx).await?.rows_affected() == 0 {
            return Err(NO_CONVERSATION);
        }
        let change = around(&mut tx, conversation_id, Depth::Row).await?;
        tx.commit().await?;
        self.count(Topic::Mutators, 4);
        Ok(change)
    }

    pub(crate) async fn mark_read(
        &self,
        user_id: i64,
        conversation_id: i64,
    ) -> Result<Versions, DbError> {
        let mut writer = self.writer.lock().await;
        let mut tx = begin(&mut writer).await?;
        let update = query(
            "UPDATE participants
                SET read_up_to = (SELECT messages FROM conversations WHERE id = ?1), version = version + 1
              WHERE conversation_id = ?1 AND user_id = ?2",
        );
        let update = update.bind(conversation_id).bind(user_id);
        if update.execute(&mut *tx).await?.rows_affected() == 0 {
            return Err(NO_CONVERSATION);
        }
        let row = query(
            "SELECT p.version, u.inbox_version,
                    (SELECT sum(version) FROM participants WHERE conversation_id = ?1) AS participants
               FROM participants p JOIN users u ON u.id = p.user_id
              WHERE p.conversation_id = ?1 AND p.user_id = ?2",
        );
        let row = row
            .bind(conversation_id)
            .bind(user_id)
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        self.count(Topic::Mutators, 4);
        Ok(vec![
            (unread(user_id, conversation_id), row.try_get("version")?),
            (
                Entity::Participants(conversation_id),
                row.try_get("participants")?,
            ),
            (Entity::Inbox(user_id), row.try_get("inbox_version")?),
        ])
    }

    pub(crate) async fn rename(&self, user_id: i64, name: &str) -> Result<Versions, DbError> {
        let version: i64 = query_scalar(
            "UPDATE users SET name = ?2, profile_version = profile_version + 1 WHERE id = ?1 RETURNING profile_version",
        )
        .bind(user_id)
        .bind(name)
        .fetch_optional(&mut *self.writer.lock().await)
        .await?
        .ok_or(DbError::Missing("such user"))?;
        self.count(Topic::Mutators, 1);
        Ok(vec![(Entity::Profile(user_id), version)])
    }
}

async fn begin(writer: &mut SqliteConnection) -> Result<Transaction<'_, Sqlite>, DbError> {
    Ok(writer.begin_with("BEGIN IMMEDIATE").await?)
}

async fn insert_message(
    tx: &mut SqliteConnection,
    conversation_id: i64,
    user_id: i64,
    body: &str,
) -> Result<(), DbError> {
    let insert = query(
        "INSERT INTO messages (conversation_id, number, sender_id, body, sent_at)
         SELECT id, messages + 1, ?2, ?3, ?4 FROM conversations WHERE id = ?1 AND ?2 IN (client_id, provider_id)",
    );
    let insert = insert
        .bind(conversation_id)
        .bind(user_id)
        .bind(body)
        .bind(unix_time());
    match insert.execute(tx).await?.rows_affected() {
        0 => Err(NO_CONVERSATION),
        _ => Ok(()),
    }
}

/// How deep a change of a conversation went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Row,
    Messages,
}

/// The versions around a conversation, as far as the change touched them. A version that somebody else raised must not
/// be among them: that change may not have returned yet.
async fn around(
    tx: &mut SqliteConnection,
    conversation_id: i64,
    depth: Depth,
) -> Result<Change, DbError> {
    let row = query(
        "SELECT c.client_id, c.provider_id, c.instance_id, c.version, c.messages,
                i.version AS instance,
                cu.listing_version AS client_listing, cu.inbox_version AS client_inbox,
                pu.listing_version AS provider_listing, pu.inbox_version AS provider_inbox,
                cp.version AS client_unread, pp.version AS provider_unread
           FROM conversations c
           JOIN instances i ON i.id = c.instance_id
           JOIN users cu ON cu.id = c.client_id
           JOIN users pu ON pu.id = c.provider_id
           JOIN participants cp ON cp.conversation_id = c.id AND cp.user_id = c.client_id
           JOIN participants pp ON pp.conversation_id = c.id AND pp.user_id = c.provider_id
          WHERE c.id = ?",
    );
    let row = row.bind(conversation_id).fetch_one(tx).await?;
    let (client_id, provider_id) = (row.try_get("client_id")?, row.try_get("provider_id")?);
    let instance_id = row.try_get("instance_id")?;
    let mut versions = vec![
        (
            Entity::Conversation(conversation_id),
            row.try_get("version")?,
        ),
        (Entity::Instance(instance_id), row.try_get("instance")?),
        (Entity::Listing(client_id), row.try_get("client_listing")?),
        (
            Entity::Listing(provider_id),
            row.try_get("provider_listing")?,
        ),
        (Entity::Inbox(client_id), row.try_get("client_inbox")?),
        (Entity::Inbox(provider_id), row.try_get("provider_inbox")?),
    ];
    if depth == Depth::Messages {
        let (client, provider): (i64, i64) = (
            row.try_get("client_unread")?,
            row.try_get("provider_unread")?,
        );
        versions.extend([
            (Entity::Messages(conversation_id), row.try_get("messages")?),
            (Entity::Participants(conversation_id), client + provider),
            (unread(client_id, conversation_id), client),
            (unread(provider_id, conversation_id), provider),
        ]);
    }
    Ok(Change {
        conversation_id,
        client_id,
        provider_id,
        instance_id,
        versions,
    })
}

const fn unread(user: i64, conversation: i64) -> Entity {
    Entity::Unread { user, conversation }
}

fn unix_time() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|age| i64::try_from(age.as_secs()).ok())
        .unwrap_or_default()
}
