//! The lines of the table: one for each named cache, one for the mutators.

/// What a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    Conversations,
    Messages,
    Participants,
    Inbox,
    Users,
    Mutators,
}

impl Topic {
    pub(crate) const ALL: [Self; 6] = [
        Self::Conversations,
        Self::Messages,
        Self::Participants,
        Self::Inbox,
        Self::Users,
        Self::Mutators,
    ];

    /// The name of the cache, as the keys in `conversations.rs` begin.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Conversations => "conversations",
            Self::Messages => "messages",
            Self::Participants => "participants",
            Self::Inbox => "inbox",
            Self::Users => "users",
            Self::Mutators => "mutators",
        }
    }
}
