//! The ways in which a change is followed by its invalidation. Each is two steps of one actor.

use std::{future::poll_fn, panic::AssertUnwindSafe, panic::catch_unwind, sync::Arc, task::Poll};

use cached_runtime::{Pattern, key, pattern, policy, transaction};
use cached_tests::{Invalidation, Span};

use crate::{
    play::{pause, tick},
    service::{End, Row, Service},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Remove,
    Key,
    Segment,
    Prefix,
    Below,
    Middle,
    Text,
    Clear,
    ClearAll,
    Insert,
    Mutator(End),
    DroppedMutator,
    Update(End),
    DroppedUpdate,
    Transaction,
    DroppedTransaction,
    /// Past their time, where no load fails, is as good as invalidated.
    Expire,
    ExpireKey,
    ExpirePrefix,
    Tag,
    TagPrefix,
    /// Nobody invalidates: what was read stays, but never gives way to what was read before.
    Never,
}

/// All that invalidate.
pub(crate) const WAYS: [Way; 22] = [
    Way::Remove,
    Way::Key,
    Way::Segment,
    Way::Prefix,
    Way::Below,
    Way::Middle,
    Way::Text,
    Way::Clear,
    Way::ClearAll,
    Way::Insert,
    Way::Mutator(End::Ok),
    Way::Mutator(End::Err),
    Way::Mutator(End::Panic),
    Way::DroppedMutator,
    Way::Update(End::Ok),
    Way::Update(End::Err),
    Way::DroppedUpdate,
    Way::Transaction,
    Way::DroppedTransaction,
    Way::Expire,
    Way::ExpireKey,
    Way::ExpirePrefix,
];

/// One for each thing that an invalidation can do: mark a key, a node above it, or the root, replace, drop, raise a floor.
pub(crate) const FEW: [Way; 6] = [
    Way::Remove,
    Way::Prefix,
    Way::Clear,
    Way::Insert,
    Way::DroppedMutator,
    Way::ExpirePrefix,
];

impl Way {
    fn patterns(self) -> &'static [&'static str] {
        match self {
            Self::Remove
            | Self::Key
            | Self::Insert
            | Self::Expire
            | Self::ExpireKey
            | Self::Tag
            | Self::TagPrefix => &["rows:user:1:status:open"],
            Self::Segment => &["rows:user:1:status{,:*}"],
            Self::Prefix | Self::ExpirePrefix => &["rows:user:1{,:*}"],
            Self::Below => &["rows:user:*"],
            Self::Middle => &["rows:user:*:status:open"],
            Self::Text => &["rows:us*"],
            Self::Clear => &["rows:*"],
            Self::ClearAll => &["rows:*", "pairs:*"],
            Self::Update(_) | Self::DroppedUpdate => &["rows:user:1:status:open", "pairs:user:1"],
            Self::Mutator(_)
            | Self::DroppedMutator
            | Self::Transaction
            | Self::DroppedTransaction => &["rows:user:1{,:*}", "pairs:user:1"],
            Self::Never => &[],
        }
    }

    /// Changes the row; in a later step, invalidates.
    pub(crate) async fn mutate(self, service: Arc<Service>) {
        let user = 1;
        match self {
            Self::Mutator(end) => {
                self.run(&service, service.write(user, end)).await;
            }
            Self::DroppedMutator => {
                self.drop_at_once(&service, service.write(user, End::Ok))
                    .await;
            }
            Self::Update(end) => {
                let updated = self.run(&service, service.update(user, "open", end)).await;
                if let Some(Ok(row)) = updated {
                    let span = Span {
                        start: row.began,
                        end: tick(),
                    };
                    service.history().insertions.push(span);
                }
            }
            Self::DroppedUpdate => {
                let call = service.update(user, "open", End::Ok);
                self.drop_at_once(&service, call).await;
            }
            Self::Transaction => self
                .run(&service, transaction(block(&service)))
                .await
                .unwrap(),
            Self::DroppedTransaction => {
                let block = transaction(service.write(user, End::Ok));
                self.drop_at_once(&service, block).await;
            }
            _ => {
                service.change();
                pause().await;
                let start = tick();
                self.invalidate(&service).await;
                self.note(&service, start);
            }
        }
    }

    /// Runs a call, whose last step invalidates.
    async fn run<T>(self, service: &Service, call: impl Future<Output = T>) -> Option<T> {
        let mut call = Box::pin(call);
        let mut start = 0;
        let output = poll_fn(|cx| {
            start = tick();
            let polled = catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(cx)));
            polled.map_or(Poll::Ready(None), |polled| polled.map(Some))
        })
        .await;
        self.note(service, start);
        output
    }

    /// Drops a call after its first step, which invalidates.
    async fn drop_at_once<T>(self, service: &Service, call: impl Future<Output = T>) {
        let mut call = Box::pin(call);
        let begun = poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_pending())).await;
        assert!(begun);
        pause().await;
        let start = tick();
        drop(call);
        self.note(service, start);
    }

    async fn invalidate(self, service: &Service) {
        let user = 1;
        let (rows, caches) = (service.caches.cache("rows"), &service.caches);
        let pattern = match self {
            Self::Remove => return rows.remove(&key!("rows:user:<user>:status:open")).await,
            Self::Clear => return rows.clear().await,
            Self::ClearAll => return caches.clear().await,
            Self::Insert => {
                let row = Row {
                    version: service.version(),
                    began: tick(),
                };
                return rows.insert(&Service::key(), row, &policy::RATE_LIMIT);
            }
            Self::Expire => return rows.expire(&Service::key()).await,
            Self::ExpireKey => {
                let pattern = pattern!("rows:user:<user>:status:open");
                return caches.expire(pattern).await.unwrap();
            }
            Self::ExpirePrefix => {
                let pattern = pattern!("rows:user:<user>*");
                return caches.expire(pattern).await.unwrap();
            }
            Self::Tag => return caches.invalidate_tag(pattern!("tenant:7")).await.unwrap(),
            Self::TagPrefix => return caches.invalidate_tag("tenant:*").await.unwrap(),
            Self::Key => pattern!("rows:user:<user>:status:open"),
            Self::Segment => pattern!("rows:user:<user>:status*"),
            Self::Prefix => pattern!("rows:user:<user>*"),
            Self::Below => pattern!("rows:user:*"),
            Self::Middle => pattern!("rows:user:*:status:open"),
            Self::Text => Pattern::parse("rows:us*").unwrap(),
            _ => return,
        };
        caches.invalidate(pattern).await.unwrap();
    }

    fn note(self, service: &Service, start: u64) {
        let patterns = self
            .patterns()
            .iter()
            .map(|text| Pattern::parse(text).unwrap());
        service.history().invalidations.push(Invalidation {
            patterns: patterns.collect(),
            span: Span { start, end: tick() },
        });
    }
}

/// A mutator, a read of what it has changed, and then the commit.
async fn block(service: &Service) {
    service.announce(1).await;
    service.read_dirty().await;
    service.change();
}
