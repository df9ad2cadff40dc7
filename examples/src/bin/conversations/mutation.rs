//! A change asked of the service, through the annotated mutators or past them.

use crate::{
    conversations::Conversations,
    model::{Change, Versions},
    store::DbError,
};

/// One call of a mutator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutation {
    Start { user: i64, instance: i64 },
    Send { user: i64, conversation: i64 },
    Accept { user: i64, conversation: i64 },
    Archive { user: i64, conversation: i64 },
    MarkRead { user: i64, conversation: i64 },
    Rename { user: i64, suffix: u32 },
}

/// What it did.
pub(crate) struct Outcome {
    pub(crate) versions: Versions,
    /// The conversation that did not exist before.
    pub(crate) started: Option<Change>,
}

impl Mutation {
    pub(crate) async fn perform(self, service: &Conversations) -> Result<Outcome, DbError> {
        Ok(match self {
            Self::Start { user, instance } => {
                Outcome::start(service.start(user, instance, OPENING).await?)
            }
            Self::Send { user, conversation } => {
                service.send(user, conversation, BODY).await?.into()
            }
            Self::Accept { user, conversation } => service.accept(user, conversation).await?.into(),
            Self::Archive { user, conversation } => {
                service.archive(user, conversation).await?.into()
            }
            Self::MarkRead { user, conversation } => {
                service.mark_read(user, conversation).await?.into()
            }
            Self::Rename { user, suffix } => {
                service.rename(user, &name(user, suffix)).await?.into()
            }
        })
    }

    /// The same change without the attribute's invalidations.
    pub(crate) async fn perform_and_forget(
        self,
        service: &Conversations,
    ) -> Result<Outcome, DbError> {
        let store = service.store();
        Ok(match self {
            Self::Start { user, instance } => {
                Outcome::start(store.start(user, instance, OPENING).await?)
            }
            Self::Send { user, conversation } => store.send(user, conversation, BODY).await?.into(),
            Self::Accept { user, conversation } => store.accept(user, conversation).await?.into(),
            Self::Archive { user, conversation } => store.archive(user, conversation).await?.into(),
            Self::MarkRead { user, conversation } => {
                store.mark_read(user, conversation).await?.into()
            }
            Self::Rename { user, suffix } => store.rename(user, &name(user, suffix)).await?.into(),
        })
    }
}

impl Outcome {
    fn start(change: Change) -> Self {
        Self {
            versions: change.versions.clone(),
            started: Some(change),
        }
    }
}

impl From<Change> for Outcome {
    fn from(change: Change) -> Self {
        change.versions.into()
    }
}

impl From<Versions> for Outcome {
    fn from(versions: Versions) -> Self {
        Self {
            versions,
            started: None,
        }
    }
}

const OPENING: &str = "Are you free for this in the coming weeks?";
const BODY: &str = "Thank you, that helps. I will look at it this evening.";

fn name(user: i64, suffix: u32) -> String {
    format!("User {user} the {suffix}")
}
