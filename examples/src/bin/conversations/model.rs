//! What the service talks about.

use std::fmt;

/// Where a conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Status {
    Pending,
    Active,
    Archived,
}

impl Status {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Active, Self::Archived]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A client and a provider talk about one instance of a gig.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conversation {
    pub(crate) id: i64,
    pub(crate) client_id: i64,
    pub(crate) provider_id: i64,
    pub(crate) instance_id: i64,
    pub(crate) title: String,
    pub(crate) status: Status,
    pub(crate) messages: i64,
    pub(crate) last_message_at: i64,
    pub(crate) version: i64,
}

/// The latest conversations of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(crate) user_id: i64,
    pub(crate) conversations: Vec<Conversation>,
    pub(crate) version: i64,
}

/// The `number`-th message of its conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) conversation_id: i64,
    pub(crate) number: i64,
    pub(crate) sender_id: i64,
    pub(crate) body: String,
    pub(crate) sent_at: i64,
}

/// A side of a conversation, and how far it has read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Participant {
    pub(crate) conversation_id: i64,
    pub(crate) user_id: i64,
    pub(crate) role: String,
    pub(crate) read_up_to: i64,
    pub(crate) version: i64,
}

/// What others see of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) user_id: i64,
    pub(crate) name: String,
    pub(crate) version: i64,
}

/// The numbers on a user's start page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Inbox {
    pub(crate) user_id: i64,
    pub(crate) pending: i64,
    pub(crate) active: i64,
    pub(crate) archived: i64,
    pub(crate) unread: i64,
    pub(crate) version: i64,
}

/// How many messages a user has not seen in one conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unread {
    pub(crate) user_id: i64,
    pub(crate) conversation_id: i64,
    pub(crate) messages: i64,
    pub(crate) version: i64,
}

/// How busy one instance of a gig is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) instance_id: i64,
    pub(crate) pending: i64,
    pub(crate) active: i64,
    pub(crate) archived: i64,
    pub(crate) messages: i64,
    pub(crate) version: i64,
}

/// A part of the database that changes as one. Each has a version that every change raises in its own transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Entity {
    /// A conversation's own row.
    Conversation(i64),
    /// A conversation's messages; their number is the version.
    Messages(i64),
    /// A conversation's participants; the sum of theirs is the version.
    Participants(i64),
    /// What is unread for one user in one conversation.
    Unread { user: i64, conversation: i64 },
    /// A user's conversations.
    Listing(i64),
    /// A user's counters.
    Inbox(i64),
    /// A user's own row.
    Profile(i64),
    /// The conversations about one instance.
    Instance(i64),
}

/// The versions a mutation left behind.
pub(crate) type Versions = Vec<(Entity, i64)>;

/// What a mutation of a conversation tells its caller.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) conversation_id: i64,
    pub(crate) client_id: i64,
    pub(crate) provider_id: i64,
    pub(crate) instance_id: i64,
    pub(crate) versions: Versions,
}
