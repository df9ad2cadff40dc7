//! A question to the service, asked through the cache or past it.

use std::sync::Arc;

use crate::{
    conversations::Conversations,
    model::{
        Conversation, Entity, Inbox, Listing, Message, Participant, Profile, Status, Summary,
        Unread,
    },
    store::{DbError, PAGE, Store},
    topic::Topic,
};

/// One call of a cached method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    List { user: i64, status: Option<Status> },
    Open { conversation: i64 },
    Instance { instance: i64 },
    Recent { conversation: i64, page: u32 },
    Participants { conversation: i64 },
    Unread { user: i64, conversation: i64 },
    Inbox { user: i64 },
    Profile { user: i64 },
}

/// What it returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Listing(Arc<Listing>),
    Conversation(Option<Arc<Conversation>>),
    Summary(Summary),
    Messages(Arc<Vec<Message>>),
    Participants(Arc<Vec<Participant>>),
    Unread(Unread),
    Inbox(Inbox),
    Profile(Option<Arc<Profile>>),
}

impl Read {
    pub(crate) async fn ask(self, service: &Conversations) -> Result<Answer, DbError> {
        Ok(match self {
            Self::List { user, status } => {
                Answer::Listing(service.list(user, status.map(Status::as_str)).await?)
            }
            Self::Open { conversation } => Answer::Conversation(service.open(conversation).await?),
            Self::Instance { instance } => Answer::Summary(service.instance(instance).await?),
            Self::Recent { conversation, page } => {
                Answer::Messages(service.recent(conversation, page).await?)
            }
            Self::Participants { conversation } => {
                Answer::Participants(service.participants(conversation).await?)
            }
            Self::Unread { user, conversation } => {
                Answer::Unread(service.unread(user, conversation).await?)
            }
            Self::Inbox { user } => Answer::Inbox(service.inbox(user).await?),
            Self::Profile { user } => Answer::Profile(service.profile(user).await?),
        })
    }

    pub(crate) async fn ask_database(self, store: &Store) -> Result<Answer, DbError> {
        Ok(match self {
            Self::List { user, status } => {
                Answer::Listing(store.list(user, status.map(Status::as_str)).await?)
            }
            Self::Open { conversation } => Answer::Conversation(store.open(conversation).await?),
            Self::Instance { instance } => Answer::Summary(store.instance(instance).await?),
            Self::Recent { conversation, page } => {
                Answer::Messages(store.recent(conversation, page).await?)
            }
            Self::Participants { conversation } => {
                Answer::Participants(store.participants(conversation).await?)
            }
            Self::Unread { user, conversation } => {
                Answer::Unread(store.unread(user, conversation).await?)
            }
            Self::Inbox { user } => Answer::Inbox(store.inbox(user).await?),
            Self::Profile { user } => Answer::Profile(store.profile(user).await?),
        })
    }

    /// What the answer depends on.
    pub(crate) const fn entity(self) -> Entity {
        match self {
            Self::List { user, .. } => Entity::Listing(user),
            Self::Open { conversation } => Entity::Conversation(conversation),
            Self::Instance { instance } => Entity::Instance(instance),
            Self::Recent { conversation, .. } => Entity::Messages(conversation),
            Self::Participants { conversation } => Entity::Participants(conversation),
            Self::Unread { user, conversation } => Entity::Unread { user, conversation },
            Self::Inbox { user } => Entity::Inbox(user),
            Self::Profile { user } => Entity::Profile(user),
        }
    }

    /// The questions whose answers depend on `entity`.
    pub(crate) fn about(entity: Entity) -> Vec<Self> {
        match entity {
            Entity::Listing(user) => [
                None,
                Some(Status::Pending),
                Some(Status::Active),
                Some(Status::Archived),
            ]
            .map(|status| Self::List { user, status })
            .to_vec(),
            Entity::Conversation(conversation) => vec![Self::Open { conversation }],
            Entity::Instance(instance) => vec![Self::Instance { instance }],
            Entity::Messages(conversation) => (0..3)
                .map(|page| Self::Recent { conversation, page })
                .collect(),
            Entity::Participants(conversation) => vec![Self::Participants { conversation }],
            Entity::Unread { user, conversation } => vec![Self::Unread { user, conversation }],
            Entity::Inbox(user) => vec![Self::Inbox { user }],
            Entity::Profile(user) => vec![Self::Profile { user }],
        }
    }

    pub(crate) const fn topic(self) -> Topic {
        match self {
            Self::List { .. } | Self::Open { .. } | Self::Instance { .. } => Topic::Conversations,
            Self::Recent { .. } => Topic::Messages,
            Self::Participants { .. } => Topic::Participants,
            Self::Unread { .. } | Self::Inbox { .. } => Topic::Inbox,
            Self::Profile { .. } => Topic::Users,
        }
    }

    /// The version of its entity that an answer shows; `None` when the answer belongs to another question.
    pub(crate) fn version(self, answer: &Answer) -> Option<i64> {
        match (self, answer) {
            (Self::List { user, status }, Answer::Listing(listing)) => {
                let asked_for = |row: &Conversation| {
                    [row.client_id, row.provider_id].contains(&user)
                        && status.is_none_or(|status| row.status == status)
                };
                (listing.user_id == user && listing.conversations.iter().all(asked_for))
                    .then_some(listing.version)
            }
            (Self::Open { conversation }, Answer::Conversation(Some(row))) => {
                (row.id == conversation).then_some(row.version)
            }
            (Self::Open { .. }, Answer::Conversation(None))
            | (Self::Profile { .. }, Answer::Profile(None)) => Some(0),
            (Self::Instance { instance }, Answer::Summary(row)) => {
                (row.instance_id == instance).then_some(row.version)
            }
            (Self::Recent { conversation, page }, Answer::Messages(rows)) => {
                // The newest message of page 0 bears the number of messages. An empty page shows only that there
                // were not enough for it.
                let newest = rows.first().map_or(0, |row| row.number);
                rows.iter()
                    .all(|row| row.conversation_id == conversation)
                    .then_some(newest + i64::from(page) * PAGE)
            }
            (Self::Participants { conversation }, Answer::Participants(rows)) => rows
                .iter()
                .all(|row| row.conversation_id == conversation)
                .then(|| rows.iter().map(|row| row.version).sum()),
            (Self::Unread { user, conversation }, Answer::Unread(row)) => {
                (row.user_id == user && row.conversation_id == conversation).then_some(row.version)
            }
            (Self::Inbox { user }, Answer::Inbox(row)) => {
                (row.user_id == user).then_some(row.version)
            }
            (Self::Profile { user }, Answer::Profile(Some(row))) => {
                (row.user_id == user).then_some(row.version)
            }
            _ => None,
        }
    }
}
