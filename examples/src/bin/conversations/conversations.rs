//! The service's repository: what to cache, and what a change makes wrong, is said here and nowhere else.

use std::sync::Arc;

use cached_runtime::{cached, coherent, invalidates, policy};

use crate::{
    model::{
        Change, Conversation, Inbox, Listing, Message, Participant, Profile, Summary, Unread,
        Versions,
    },
    store::{DbError, Store},
};

/// The conversations of clients and providers.
#[derive(Clone)]
pub(crate) struct Conversations {
    store: Arc<Store>,
}

#[coherent]
impl Conversations {
    pub(crate) fn new(store: Store) -> Self {
        let store = Arc::new(store);
        Self { store }
    }

    #[cached(
        key = "conversations:user:<user_id>:status:<status>",
        ttl = "30m",
        jitter = "10%",
        stale_if_error = "2h",
        timeout = "5s"
    )]
    pub(crate) async fn list(
        &self,
        user_id: i64,
        status: Option<&str>,
    ) -> Result<Arc<Listing>, DbError> {
        self.store.list(user_id, status).await
    }

    #[cached(
        key = "conversations:id:<conversation_id>",
        ttl = "30m",
        none_ttl = "1m",
        tags("conversation:<conversation_id>")
    )]
    pub(crate) async fn open(
        &self,
        conversation_id: i64,
    ) -> Result<Option<Arc<Conversation>>, DbError> {
        self.store.open(conversation_id).await
    }

    #[cached(
        key = "conversations:instance:<instance_id>",
        ttl = "5m",
        stale_while_revalidate = "5m",
        background
    )]
    pub(crate) async fn instance(&self, instance_id: i64) -> Result<Summary, DbError> {
        self.store.instance(instance_id).await
    }

    #[cached(
        key = "messages:<conversation_id>:page:<page>",
        ttl = "30m",
        tti = "10m",
        tags("conversation:<conversation_id>")
    )]
    pub(crate) async fn recent(
        &self,
        conversation_id: i64,
        page: u32,
    ) -> Result<Arc<Vec<Message>>, DbError> {
        self.store.recent(conversation_id, page).await
    }

    #[cached(
        key = "participants:<conversation_id>",
        ttl = "1h",
        tags("conversation:<conversation_id>")
    )]
    pub(crate) async fn participants(
        &self,
        conversation_id: i64,
    ) -> Result<Arc<Vec<Participant>>, DbError> {
        self.store.participants(conversation_id).await
    }

    #[cached(
        key = "inbox:<user_id>:unread:<conversation_id>",
        ttl = "10m",
        tags("conversation:<conversation_id>")
    )]
    pub(crate) async fn unread(
        &self,
        user_id: i64,
        conversation_id: i64,
    ) -> Result<Unread, DbError> {
        self.store.unread(user_id, conversation_id).await
    }

    #[cached(key = "inbox:<user_id>:counters", ttl = "10m", refresh_ahead = "auto")]
    pub(crate) async fn inbox(&self, user_id: i64) -> Result<Inbox, DbError> {
        self.store.inbox(user_id).await
    }

    #[cached(key = "users:<user_id>", policy = policy::PREFERENCES)]
    pub(crate) async fn profile(&self, user_id: i64) -> Result<Option<Arc<Profile>>, DbError> {
        self.store.profile(user_id).await
    }

    #[invalidates(
        "conversations:user:<user_id>*",
        "conversations:user:<ret.provider_id>*",
        "conversations:id:<ret.conversation_id>",
        "conversations:instance:<instance_id>",
        "messages:<ret.conversation_id>*",
        "participants:<ret.conversation_id>",
        "inbox:<user_id>:counters",
        "inbox:<ret.provider_id>:counters"
    )]
    pub(crate) async fn start(
        &self,
        user_id: i64,
        instance_id: i64,
        opening: &str,
    ) -> Result<Change, DbError> {
        self.store.start(user_id, instance_id, opening).await
    }

    #[invalidates(
        "conversations:user:<ret.client_id>*",
        "conversations:user:<ret.provider_id>*",
        "conversations:instance:<ret.instance_id>",
        "inbox:<ret.client_id>:counters",
        "inbox:<ret.provider_id>:counters",
        tags("conversation:<conversation_id>")
    )]
    pub(crate) async fn send(
        &self,
        user_id: i64,
        conversation_id: i64,
        body: &str,
    ) -> Result<Change, DbError> {
        self.store.send(user_id, conversation_id, body).await
    }

    #[invalidates(
        "conversations:user:<ret.client_id>*",
        "conversations:user:<ret.provider_id>*",
        "conversations:id:<conversation_id>",
        "conversations:instance:<ret.instance_id>",
        "inbox:<ret.client_id>:counters",
        "inbox:<ret.provider_id>:counters"
    )]
    pub(crate) async fn accept(
        &self,
        user_id: i64,
        conversation_id: i64,
    ) -> Result<Change, DbError> {
        self.store.accept(user_id, conversation_id).await
    }

    #[invalidates(
        "conversations:user:<ret.client_id>*",
        "conversations:user:<ret.provider_id>*",
        "conversations:id:<conversation_id>",
        "conversations:instance:<ret.instance_id>",
        "inbox:<ret.client_id>:counters",
        "inbox:<ret.provider_id>:counters"
    )]
    pub(crate) async fn archive(
        &self,
        user_id: i64,
        conversation_id: i64,
    ) -> Result<Change, DbError> {
        self.store.archive(user_id, conversation_id).await
    }

    #[invalidates(
        "participants:<conversation_id>",
        "inbox:<user_id>:counters",
        "inbox:<user_id>:unread:<conversation_id>"
    )]
    pub(crate) async fn mark_read(
        &self,
        user_id: i64,
        conversation_id: i64,
    ) -> Result<Versions, DbError> {
        self.store.mark_read(user_id, conversation_id).await
    }

    #[invalidates("users:<user_id>")]
    pub(crate) async fn rename(&self, user_id: i64, name: &str) -> Result<Versions, DbError> {
        self.store.rename(user_id, name).await
    }

    /// Takes the database out, unless a load in the background still needs it.
    pub(crate) fn into_store(self) -> Option<Store> {
        Arc::into_inner(self.store)
    }

    /// The same methods without the cache.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }
}
