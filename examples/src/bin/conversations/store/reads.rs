//! The questions. Each is one statement, so each answer is of one moment.

use std::sync::Arc;

use sqlx::{Row, query, sqlite::SqliteRow};

use super::{DbError, Store};
use crate::{
    model::{Conversation, Inbox, Listing, Message, Participant, Profile, Status, Summary, Unread},
    topic::Topic,
};

/// Messages on a page.
pub(crate) const PAGE: i64 = 20;

impl Store {
    pub(crate) async fn list(
        &self,
        user_id: i64,
        status: Option<&str>,
    ) -> Result<Arc<Listing>, DbError> {
        let mut reader = self.reader(Topic::Conversations).await?;
        let rows = query(
            "SELECT u.listing_version, c.*
               FROM users u
               LEFT JOIN participants p ON p.user_id = u.id
               LEFT JOIN conversations c ON c.id = p.conversation_id AND (?2 IS NULL OR c.status = ?2)
              WHERE u.id = ?1
              ORDER BY c.last_message_at DESC, c.id DESC
              LIMIT 50",
        )
        .bind(user_id)
        .bind(status)
        .fetch_all(&mut *reader)
        .await?;

        let version = rows
            .first()
            .map_or(Ok(0), |row| row.try_get("listing_version"))?;
        let mut conversations = Vec::with_capacity(rows.len());
        for row in &rows {
            if row.try_get::<Option<i64>, _>("id")?.is_some() {
                conversations.push(conversation(row)?);
            }
        }
        Ok(Arc::new(Listing {
            user_id,
            conversations,
            version,
        }))
    }

    pub(crate) async fn open(
        &self,
        conversation_id: i64,
    ) -> Result<Option<Arc<Conversation>>, DbError> {
        let mut reader = self.reader(Topic::Conversations).await?;
        let row = query("SELECT * FROM conversations WHERE id = ?")
            .bind(conversation_id)
            .fetch_optional(&mut *reader)
            .await?;
        row.map(|row| conversation(&row).map(Arc::new)).transpose()
    }

    pub(crate) async fn instance(&self, instance_id: i64) -> Result<Summary, DbError> {
        let mut reader = self.reader(Topic::Conversations).await?;
        let row = query(
            "SELECT i.version,
                    coalesce(sum(c.status = 'pending'), 0) AS pending,
                    coalesce(sum(c.status = 'active'), 0) AS active,
                    coalesce(sum(c.status = 'archived'), 0) AS archived,
                    coalesce(sum(c.messages), 0) AS messages
               FROM instances i LEFT JOIN conversations c ON c.instance_id = i.id
              WHERE i.id = ?
              GROUP BY i.id",
        )
        .bind(instance_id)
        .fetch_optional(&mut *reader)
        .await?
        .ok_or(DbError::Missing("such instance"))?;
        Ok(Summary {
            instance_id,
            pending: row.try_get("pending")?,
            active: row.try_get("active")?,
            archived: row.try_get("archived")?,
            messages: row.try_get("messages")?,
            version: row.try_get("version")?,
        })
    }

    pub(crate) async fn recent(
        &self,
        conversation_id: i64,
        page: u32,
    ) -> Result<Arc<Vec<Message>>, DbError> {
        let mut reader = self.reader(Topic::Messages).await?;
        let rows = query(
            "SELECT number, sender_id, body, sent_at
               FROM messages
              WHERE conversation_id = ?
              ORDER BY number DESC
              LIMIT ? OFFSET ?",
        )
        .bind(conversation_id)
        .bind(PAGE)
        .bind(i64::from(page) * PAGE)
        .fetch_all(&mut *reader)
        .await?;
        let messages = rows.iter().map(|row| {
            Ok(Message {
                conversation_id,
                number: row.try_get("number")?,
                sender_id: row.try_get("sender_id")?,
                body: row.try_get("body")?,
                sent_at: row.try_get("sent_at")?,
            })
        });
        messages.collect::<Result<_, DbError>>().map(Arc::new)
    }

    pub(crate) async fn participants(
        &self,
        conversation_id: i64,
    ) -> Result<Arc<Vec<Participant>>, DbError> {
        let mut reader = self.reader(Topic::Participants).await?;
        let rows = query(
            "SELECT user_id, role, read_up_to, version
               FROM participants
              WHERE conversation_id = ?
              ORDER BY user_id",
        )
        .bind(conversation_id)
        .fetch_all(&mut *reader)
        .await?;
        let participants = rows.iter().map(|row| {
            Ok(Participant {
                conversation_id,
                user_id: row.try_get("user_id")?,
                role: row.try_get("role")?,
                read_up_to: row.try_get("read_up_to")?,
                version: row.try_get("version")?,
            })
        });
        participants.collect::<Result<_, DbError>>().map(Arc::new)
    }

    pub(crate) async fn unread(
        &self,
        user_id: i64,
        conversation_id: i64,
    ) -> Result<Unread, DbError> {
        let mut reader = self.reader(Topic::Inbox).await?;
        let row = query(
            "SELECT p.version,
                    (SELECT count(*) FROM messages m
                      WHERE m.conversation_id = p.conversation_id
                        AND m.number > p.read_up_to AND m.sender_id <> p.user_id) AS messages
               FROM participants p
              WHERE p.conversation_id = ? AND p.user_id = ?",
        )
        .bind(conversation_id)
        .bind(user_id)
        .fetch_optional(&mut *reader)
        .await?
        .ok_or(DbError::Missing("such participant"))?;
        Ok(Unread {
            user_id,
            conversation_id,
            messages: row.try_get("messages")?,
            version: row.try_get("version")?,
        })
    }

    pub(crate) async fn inbox(&self, user_id: i64) -> Result<Inbox, DbError> {
        let mut reader = self.reader(Topic::Inbox).await?;
        let row = query(
            "SELECT u.inbox_version,
                    coalesce(sum(c.status = 'pending'), 0) AS pending,
                    coalesce(sum(c.status = 'active'), 0) AS active,
                    coalesce(sum(c.status = 'archived'), 0) AS archived,
                    coalesce(sum((SELECT count(*) FROM messages m
                                   WHERE m.conversation_id = p.conversation_id
                                     AND m.number > p.read_up_to AND m.sender_id <> p.user_id)), 0) AS unread
               FROM users u
               LEFT JOIN participants p ON p.user_id = u.id
               LEFT JOIN conversations c ON c.id = p.conversation_id
              WHERE u.id = ?
              GROUP BY u.id",
        )
        .bind(user_id)
        .fetch_optional(&mut *reader)
        .await?
        .ok_or(DbError::Missing("such user"))?;
        Ok(Inbox {
            user_id,
            pending: row.try_get("pending")?,
            active: row.try_get("active")?,
            archived: row.try_get("archived")?,
            unread: row.try_get("unread")?,
            version: row.try_get("inbox_version")?,
        })
    }

    pub(crate) async fn profile(&self, user_id: i64) -> Result<Option<Arc<Profile>>, DbError> {
        let mut reader = self.reader(Topic::Users).await?;
        let row = query("SELECT name, profile_version FROM users WHERE id = ?")
            .bind(user_id)
            .fetch_optional(&mut *reader)
            .await?;
        row.map(|row| {
            Ok(Arc::new(Profile {
                user_id,
                name: row.try_get("name")?,
                version: row.try_get("profile_version")?,
            }))
        })
        .transpose()
    }

    /// Client, provider and instance of each conversation, which never change: what the driver chooses from.
    pub(crate) async fn sides(&self) -> Result<Vec<(i64, i64, i64, i64)>, DbError> {
        let rows = sqlx::query_as(
            "SELECT id, client_id, provider_id, instance_id FROM conversations ORDER BY id",
        );
        Ok(rows.fetch_all(&self.readers).await?)
    }
}

fn conversation(row: &SqliteRow) -> Result<Conversation, DbError> {
    let status: &str = row.try_get("status")?;
    Ok(Conversation {
        id: row.try_get("id")?,
        client_id: row.try_get("client_id")?,
        provider_id: row.try_get("provider_id")?,
        instance_id: row.try_get("instance_id")?,
        title: row.try_get("title")?,
        status: Status::parse(status).ok_or_else(|| DbError::UnknownStatus(status.to_owned()))?,
        messages: row.try_get("messages")?,
        last_message_at: row.try_get("last_message_at")?,
        version: row.try_get("version")?,
    })
}
