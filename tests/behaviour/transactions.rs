//! `transaction` carries out what the mutators inside invalidate when its block ends, however it ends.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use cached_runtime::{
    Caches, bypass, cached, invalidates, key, only_if_cached, policy, reload, transaction, updates,
};
use tokio::sync::{Notify, oneshot};

use crate::stage::{caches, poll_once, settle};

/// A service over a source of one number.
#[derive(Clone)]
struct Service {
    caches: Caches,
    source: Arc<AtomicUsize>,
    loads: Arc<AtomicUsize>,
    never: Arc<Notify>,
}

impl Service {
    fn new() -> Self {
        Self::with(caches().0)
    }

    fn with(caches: Caches) -> Self {
        Self {
            caches,
            source: Arc::default(),
            loads: Arc::default(),
            never: Arc::default(),
        }
    }

    #[cached(key = "stock:<id>", ttl = "1m", caches = self.caches)]
    async fn read(&self, id: u64) -> usize {
        self.loads.fetch_add(1, Ordering::SeqCst);
        self.source.load(Ordering::SeqCst)
    }

    #[cached(key = "sums:<id>", ttl = "1m", caches = self.caches)]
    async fn sum(&self, id: u64) -> usize {
        self.read(id).await + self.read(id + 1).await
    }

    #[invalidates("stock:<id>*", caches = self.caches)]
    async fn change(&self, id: u64) {}

    #[invalidates("stock:<id>*", on = "ok", caches = self.caches)]
    async fn change_on_ok(&self, id: u64, ok: bool) -> Result<(), ()> {
        ok.then_some(()).ok_or(())
    }

    #[invalidates("stock:<id>*", caches = self.caches)]
    async fn hangs(&self, id: u64) {
        self.never.notified().await;
    }

    #[invalidates("stock:<id>*", caches = self.caches)]
    async fn reads_itself(&self, id: u64) -> usize {
        self.read(id).await
    }

    #[updates(key = "stock:<id>", ttl = "1m", caches = self.caches)]
    async fn update(&self, id: u64, value: usize) -> usize {
        value
    }

    fn cached(&self, id: u64) -> Option<usize> {
        self.caches.cache("stock").get(&key!("stock:<id>"))
    }

    fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }

    /// Which of the first four rows readers outside find.
    async fn left(&self) -> Vec<u64> {
        let this = self.clone();
        let look = async move { (0..4).filter(|&id| this.cached(id).is_some()).collect() };
        tokio::spawn(look).await.unwrap()
    }

    async fn fill(&self) {
        for id in 0..4 {
            self.read(id).await;
        }
        assert_eq!(self.left().await, [0, 1, 2, 3]);
    }
}

/// The invalidations of all mutators are carried out together when the block ends.
#[tokio::test]
async fn nothing_is_invalidated_before_the_end() {
    let service = Service::new();
    service.fill().await;
    let answer = transaction(async {
        service.change(0).await;
        service.change(1).await;
        assert_eq!(service.left().await, [0, 1, 2, 3]);
        "committed"
    })
    .await;
    assert_eq!(answer, "committed");
    assert_eq!(service.left().await, [2, 3]);
}

#[tokio::test]
async fn a_reader_between_mutator_and_commit_leaves_nothing_old() {
    let service = Service::new();
    transaction(async {
        service.change(0).await;
        let outside = service.clone();
        let old = tokio::spawn(async move { outside.read(0).await });
        assert_eq!(old.await.unwrap(), 0, "nothing is committed yet");
        assert_eq!(service.left().await, [0]);
        service.source.store(1, Ordering::SeqCst);
    })
    .await;
    assert_eq!(service.read(0).await, 1);
}

#[tokio::test]
async fn a_block_that_is_rolled_back_invalidates_too() {
    let service = Service::new();
    service.fill().await;
    let rolled_back = transaction(async {
        service.change(0).await;
        Err::<(), _>("unknown outcome")
    });
    assert!(rolled_back.await.is_err());
    assert_eq!(service.left().await, [1, 2, 3]);
}

#[tokio::test]
async fn a_block_that_panics_invalidates_too() {
    let service = Service::new();
    service.fill().await;
    let inside = service.clone();
    let end = tokio::spawn(async move {
        transaction(async {
            inside.change(0).await;
            assert!(inside.cached(0).is_some(), "after the first mutator");
        })
        .await;
    });
    assert!(end.await.unwrap_err().is_panic());
    assert_eq!(service.left().await, [1, 2, 3]);
}

#[tokio::test]
async fn a_block_that_is_dropped_half_way_invalidates_what_had_begun() {
    let service = Service::new();
    service.fill().await;
    drop(transaction(service.change(3)));
    let inside = service.clone();
    let call = tokio::spawn(async move {
        transaction(async {
            inside.change(0).await;
            tokio::join!(inside.hangs(1), inside.hangs(2));
            inside.change(3).await;
        })
        .await;
    });
    settle().await;
    assert_eq!(service.left().await, [0, 1, 2, 3]);
    call.abort();
    settle().await;
    assert_eq!(service.left().await, [3]);
}

#[tokio::test]
async fn a_mutator_dropped_inside_counts_at_the_end() {
    let service = Service::new();
    service.fill().await;
    transaction(async {
        tokio::select! {
            biased;
            () = service.hangs(0) => {}
            () = async {} => {}
        }
        assert_eq!(service.left().await, [0, 1, 2, 3]);
    })
    .await;
    assert_eq!(service.left().await, [1, 2, 3]);
}

#[tokio::test]
async fn on_ok_counts_where_the_mutator_has_succeeded() {
    let service = Service::new();
    service.fill().await;
    let block: Result<(), ()> = transaction(async {
        service.change_on_ok(0, true).await?;
        service.change_on_ok(1, false).await
    })
    .await;
    block.unwrap_err();
    assert_eq!(service.left().await, [1, 2, 3]);
}

#[tokio::test]
async fn a_nested_one_ends_with_the_outermost() {
    let service = Service::new();
    service.fill().await;
    transaction(async {
        transaction(async {
            transaction(service.change(0)).await;
            service.change(1).await;
        })
        .await;
        assert_eq!(service.left().await, [0, 1, 2, 3]);
        assert_eq!(service.cached(2), None, "the outer one has changed as well");
    })
    .await;
    assert_eq!(service.left().await, [2, 3]);
}

#[tokio::test]
async fn a_nested_one_that_is_dropped_leaves_its_share_to_the_outer() {
    let service = Service::new();
    service.fill().await;
    transaction(async {
        tokio::select! {
            biased;
            () = transaction(service.hangs(0)) => {}
            () = async {} => {}
        }
        assert_eq!(service.left().await, [0, 1, 2, 3]);
    })
    .await;
    assert_eq!(service.left().await, [1, 2, 3]);
}

/// A future that has begun as a transaction of its own is taken over by the one in which it goes on.
#[tokio::test]
async fn one_that_goes_on_inside_another_is_taken_over() {
    let service = Service::new();
    service.fill().await;
    let (go, gone) = oneshot::channel::<()>();
    let mut inner = Box::pin(transaction(async {
        service.change(0).await;
        gone.await.unwrap();
    }));
    assert!(poll_once(inner.as_mut()).await.is_none());
    go.send(()).unwrap();
    transaction(async {
        inner.await;
        assert_eq!(service.left().await, [0, 1, 2, 3]);
        assert_eq!(service.cached(1), None);
    })
    .await;
    assert_eq!(service.left().await, [1, 2, 3]);
}

/// Its commit comes after the end of the one in which it began.
#[tokio::test]
async fn one_that_goes_on_outside_of_another_invalidates_at_its_own_end_too() {
    let service = Service::new();
    service.fill().await;
    let mut inner = Box::pin(transaction(async {
        service.change(0).await;
        tokio::task::yield_now().await;
        assert_eq!(service.read(1).await, 0);
        assert_eq!(service.loads(), 6, "it has changed something");
        service.source.store(1, Ordering::SeqCst);
    }));
    transaction(async {
        service.change(3).await;
        assert_eq!(poll_once(inner.as_mut()).await, None);
    })
    .await;
    assert_eq!(service.left().await, [1, 2]);
    let reader = service.clone();
    tokio::spawn(async move { reader.read(0).await })
        .await
        .unwrap();
    inner.await;
    assert_eq!(service.left().await, [1, 2]);
    assert_eq!(service.read(0).await, 1);
}

#[tokio::test]
async fn several_sets_of_caches_have_an_act_each() {
    let (one, two) = (Service::new(), Service::new());
    one.fill().await;
    two.fill().await;
    transaction(async {
        one.change(0).await;
        two.change(1).await;
        one.change(2).await;
    })
    .await;
    assert_eq!(one.left().await, [1, 3]);
    assert_eq!(two.left().await, [0, 2, 3]);
}

#[tokio::test]
async fn an_update_inside_invalidates_and_stores_nothing() {
    let service = Service::new();
    service.fill().await;
    transaction(async {
        service.update(0, 7).await;
        assert_eq!(service.left().await, [0, 1, 2, 3]);
    })
    .await;
    assert_eq!(service.left().await, [1, 2, 3]);
    service.update(0, 7).await;
    assert_eq!(service.cached(0), Some(7), "outside it stores");
}

#[tokio::test]
async fn before_the_first_mutator_hits_are_served_and_loads_are_not_stored() {
    let service = Service::new();
    service.read(0).await;
    service.source.store(1, Ordering::SeqCst);
    transaction(async {
        assert_eq!(service.read(0).await, 0, "a hit");
        assert_eq!(service.cached(0), Some(0));
        assert_eq!(service.read(1).await, 1, "a load of its own");
        assert_eq!(service.read(1).await, 1, "and another");
        assert_eq!(reload(service.read(0)).await, 1);
        assert_eq!(only_if_cached(service.read(0)).await, Some(0));
        assert_eq!(only_if_cached(service.read(1)).await, None);
        assert_eq!(bypass(service.read(0)).await, 1);
    })
    .await;
    assert_eq!(service.loads(), 1 + 2 + 1 + 1);
    assert_eq!(service.left().await, [0], "and nothing was invalidated");
    let stats = service.caches.cache("stock").stats();
    assert_eq!((stats.loads, stats.entries), (1, 1));
}

#[tokio::test]
async fn after_the_first_mutator_reads_go_to_the_source() {
    let service = Service::new();
    service.fill().await;
    service.source.store(1, Ordering::SeqCst);
    transaction(async {
        assert_eq!(service.read(3).await, 0);
        service.change(0).await;
        for id in [0, 3] {
            assert_eq!(service.read(id).await, 1);
            assert_eq!(reload(service.read(id)).await, 1);
            assert_eq!(bypass(service.read(id)).await, 1);
            assert_eq!(only_if_cached(service.read(id)).await, None);
            assert_eq!(service.cached(id), None);
        }
        assert_eq!(service.sum(0).await, 2, "and so do those of cached methods");
    })
    .await;
    assert_eq!(service.left().await, [1, 2, 3]);
    assert_eq!(service.cached(3), Some(0), "nothing was stored");
    let sums = service.caches.cache("sums").stats();
    assert_eq!(sums.entries, 0);
}

#[tokio::test]
async fn calls_in_the_body_of_a_cached_method_belong_to_the_transaction() {
    let service = Service::new();
    transaction(async {
        assert_eq!(service.sum(0).await, 0);
        assert_eq!(reload(service.sum(0)).await, 0);
    })
    .await;
    assert_eq!(service.left().await, [0_u64; 0]);
}

#[tokio::test]
async fn the_body_of_a_mutator_reads_from_the_source_too() {
    let service = Service::new();
    service.fill().await;
    service.source.store(1, Ordering::SeqCst);
    assert_eq!(service.reads_itself(1).await, 0, "as ever, outside");
    assert_eq!(transaction(service.reads_itself(0)).await, 1);
}

/// The change is noticed though it is made under a mode that ends.
#[tokio::test]
async fn a_mode_around_a_mutator_does_not_hide_the_change() {
    let service = Service::new();
    service.fill().await;
    service.source.store(1, Ordering::SeqCst);
    transaction(async {
        bypass(service.change(0)).await;
        assert_eq!(service.read(1).await, 1);
    })
    .await;
    assert_eq!(service.read(1).await, 0);
    let around = bypass(transaction(async {
        service.change(2).await;
        service.read(1).await
    }));
    assert_eq!(around.await, 1);
    assert_eq!(service.left().await, [1, 3]);
}

#[tokio::test]
async fn nobody_waits_for_a_load_inside_and_it_waits_for_nobody() {
    let service = Service::new();
    let (rows, mut begun) = crate::stage::Rows::new(&service.caches);
    let outside = rows.spawn(1);
    begun.next().await;
    let inside = rows.clone();
    let inside = tokio::spawn(async move { transaction(inside.row(1, "open")).await });
    begun.next().await;
    rows.source.let_go(2);
    outside.await.unwrap();
    inside.await.unwrap();
    assert_eq!(rows.source.loads(), 2);
}

#[tokio::test]
async fn what_is_spawned_inside_is_outside() {
    let service = Service::new();
    service.fill().await;
    transaction(async {
        service.change(0).await;
        let task = service.clone();
        tokio::spawn(async move {
            assert_eq!(task.cached(3), Some(0));
            task.change(3).await;
        })
        .await
        .unwrap();
        assert_eq!(service.left().await, [0, 1, 2]);
    })
    .await;
    assert_eq!(service.left().await, [1, 2]);
}

/// A snapshot that is older than an invalidation must not come into the cache after it.
#[tokio::test]
async fn what_a_transaction_reads_from_an_old_snapshot_is_not_stored() {
    let service = Service::new();
    let snapshot = Service::with(service.caches.clone());
    transaction(async {
        let outside = service.clone();
        tokio::spawn(async move {
            outside.source.store(1, Ordering::SeqCst);
            outside.change(0).await;
        })
        .await
        .unwrap();
        assert_eq!(snapshot.read(0).await, 0, "as it was when it began");
    })
    .await;
    assert_eq!(service.read(0).await, 1);
}

#[tokio::test]
async fn invalidations_by_hand_are_carried_out_at_once_and_at_the_end() {
    let service = Service::new();
    service.fill().await;
    let rows = service.caches.cache("stock");
    let other = service.caches.cache("other");
    let hands: [(u8, &[u64]); 6] = [
        (0, &[0, 1, 3]),
        (1, &[0, 1, 3]),
        (2, &[]),
        (3, &[]),
        (4, &[0, 1, 3]),
        (5, &[0, 1, 3]),
    ];
    for (hand, left) in hands {
        service.fill().await;
        transaction(async {
            match hand {
                0 => service.caches.invalidate("stock:2").await.unwrap(),
                1 => rows.remove(&key!("stock:2")).await,
                2 => rows.clear().await,
                3 => service.caches.clear().await,
                4 => service.caches.expire("stock:2").await.unwrap(),
                _ => rows.expire(&key!("stock:2")).await,
            }
            assert_eq!(service.left().await, left, "{hand}: at once");
            let outside = service.clone();
            tokio::spawn(async move { outside.fill().await })
                .await
                .unwrap();
            other.insert(&key!("other:1"), 1, &policy::QUERY);
        })
        .await;
        assert_eq!(service.left().await, left, "{hand}: at the end");
    }
}

#[tokio::test]
async fn an_insertion_by_hand_removes_the_key_and_stores_nothing() {
    let service = Service::new();
    service.fill().await;
    let rows = service.caches.cache("stock");
    transaction(async {
        rows.insert(&key!("stock:0"), 7_usize, &policy::QUERY);
        assert_eq!(service.left().await, [1, 2, 3], "at once");
        let outside = service.clone();
        let read = tokio::spawn(async move { outside.read(0).await });
        read.await.unwrap();
        assert_eq!(service.read(1).await, 0);
        assert_eq!(service.loads(), 6, "it counts as a change");
    })
    .await;
    assert_eq!(service.left().await, [1, 2, 3], "and at the end");
}

#[tokio::test]
async fn tags_are_invalidated_at_the_end_too() {
    let service = Service::new();
    let fill = || {
        let service = service.clone();
        tokio::spawn(async move { service.tagged(7).await })
    };
    fill().await.unwrap();
    transaction(async {
        service.change_tagged(7).await;
        fill().await.unwrap();
        assert_eq!(service.loads(), 1, "it was a hit");
    })
    .await;
    fill().await.unwrap();
    assert_eq!(service.loads(), 2);
}

impl Service {
    #[cached(key = "stock:of:<tenant>", ttl = "1m", tags("tenant:<tenant>"), caches = self.caches)]
    async fn tagged(&self, tenant: u64) -> usize {
        self.loads.fetch_add(1, Ordering::SeqCst)
    }

    #[invalidates(tags("tenant:<id>"), caches = self.caches)]
    async fn change_tagged(&self, id: u64) {}
}

#[test]
fn a_transaction_can_move_between_threads() {
    fn is_send<T: Send>(_: &T) {}
    let service = Service::new();
    is_send(&transaction(service.change(0)));
}
