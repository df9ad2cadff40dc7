//! `Caches::warm`: many calls ahead of need, a few at a time.

use std::{
    future::{pending, poll_fn},
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering},
    task::{Context, Poll, Waker},
};

use cached_runtime::{only_if_cached, reload};
use tokio::sync::Semaphore;

use crate::stage::{Rows, caches, settle};

#[tokio::test]
async fn only_so_many_run_at_once_and_the_answers_come_in_order() {
    for (asked, at_once) in [(3, 3), (0, 1)] {
        let (caches, _) = caches();
        let (rows, mut begun) = Rows::new(&caches);
        let service = rows.clone();
        let warming = tokio::spawn(async move {
            let service = &service;
            let calls = (0..10).map(|user| async move {
                let value = service.row(user, "open").await;
                if user == 4 {
                    Err(user)
                } else {
                    Ok((user, value))
                }
            });
            service.caches.warm(asked, calls).await
        });
        for started in 1..=10_usize {
            begun.next().await;
            if started >= at_once {
                settle().await;
                assert!(!begun.any_more(), "more than {at_once} at once");
                rows.source.let_go(1);
            }
        }
        rows.source.let_go(at_once);
        let answers = warming.await.unwrap();
        assert_eq!(answers.len(), 10);
        for (user, answer) in (0..).zip(answers) {
            let expected = if user == 4 { Err(4) } else { Ok((user, 0)) };
            assert_eq!(answer, expected);
        }
        assert_eq!(rows.source.loads(), 10);
        assert_eq!(only_if_cached(rows.row(7, "open")).await, Some(0));
    }
}

#[tokio::test]
async fn answers_keep_their_place_whoever_ends_first() {
    let (caches, _) = caches();
    let gates: Vec<_> = (0..4).map(|_| Semaphore::new(0)).collect();
    let calls = gates.iter().enumerate().map(|(n, gate)| async move {
        let _permit = gate.acquire().await;
        n
    });
    let mut warming = pin!(caches.warm(4, calls));
    for gate in gates.iter().rev() {
        let mut cx = Context::from_waker(Waker::noop());
        assert!(warming.as_mut().poll(&mut cx).is_pending());
        gate.add_permits(1);
    }
    assert_eq!(warming.await, [0, 1, 2, 3]);
}

/// A call is polled when it was woken, not whenever another one was.
#[tokio::test]
async fn a_call_that_waits_is_left_alone() {
    let (caches, _) = caches();
    let gates: Vec<_> = (0..100).map(|_| Semaphore::new(0)).collect();
    let polls = AtomicUsize::new(0);
    let calls = gates.iter().map(|gate| {
        let polls = &polls;
        async move {
            let mut waiting = pin!(gate.acquire());
            poll_fn(|cx| {
                polls.fetch_add(1, Ordering::SeqCst);
                waiting.as_mut().poll(cx).map(drop)
            })
            .await;
        }
    });
    let mut warming = pin!(caches.warm(100, calls));
    let mut cx = Context::from_waker(Waker::noop());
    for gate in &gates {
        // More than once, as the runtime lets a task do only so much at a time.
        for _ in 0..3 {
            assert!(warming.as_mut().poll(&mut cx).is_pending());
        }
        gate.add_permits(1);
    }
    assert_eq!(warming.await.len(), 100);
    assert_eq!(
        polls.load(Ordering::SeqCst),
        200,
        "at its beginning and its end"
    );
}

#[tokio::test]
async fn while_the_caches_are_off_no_call_is_made() {
    let (caches, _) = caches();
    let (rows, _begun) = Rows::new(&caches);
    caches.set_enabled(false);
    let answers = caches
        .warm(2, (0..3).map(|user| rows.row(user, "open")))
        .await;
    assert_eq!((answers.len(), rows.source.loads()), (0, 0));
}

#[tokio::test]
async fn what_is_cached_hits_and_reload_loads_anew() {
    let (caches, _) = caches();
    let (rows, _begun) = Rows::new(&caches);
    rows.source.let_go(100);
    for loads in [3, 3, 6] {
        if loads < 6 {
            caches
                .warm(2, (0..3).map(|user| rows.row(user, "open")))
                .await;
        } else {
            rows.source.set(1);
            let calls = (0..3).map(|user| reload(rows.row(user, "open")));
            assert_eq!(caches.warm(2, calls).await, [1; 3]);
        }
        assert_eq!(rows.source.loads(), loads);
    }
    let none = Vec::<std::future::Ready<()>>::new();
    assert_eq!(caches.warm(2, none).await, []);
}

/// All answers are there at once, and yet other tasks of the thread get their turn.
#[tokio::test]
async fn a_long_row_of_hits_lets_others_run() {
    let (caches, _) = caches();
    let (rows, _begun) = Rows::new(&caches);
    rows.source.let_go(1);
    rows.row(1, "open").await;
    let mut warming = pin!(caches.warm(8, (0..10_000).map(|_| rows.row(1, "open"))));
    let mut turns = 0;
    poll_fn(|cx| {
        turns += 1;
        warming.as_mut().poll(cx).map(drop)
    })
    .await;
    assert!(turns > 10, "{turns}");
}

#[tokio::test]
async fn dropped_half_way_it_leaves_what_was_loaded() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    let service = rows.clone();
    let warming = tokio::spawn(async move {
        let calls = (0..4).map(|user| service.row(user, "open"));
        service.caches.warm(2, calls).await
    });
    begun.next().await;
    begun.next().await;
    rows.source.let_go(1);
    begun.next().await;
    warming.abort();
    assert!(warming.await.unwrap_err().is_cancelled());
    let left = [
        only_if_cached(rows.row(0, "open")).await,
        only_if_cached(rows.row(1, "open")).await,
        only_if_cached(rows.row(2, "open")).await,
    ];
    assert_eq!(left, [Some(0), None, None]);
    rows.source.let_go(1);
    assert_eq!(
        rows.row(1, "open").await,
        0,
        "the load it left is not waited for"
    );
}

#[tokio::test]
async fn a_panic_reaches_the_caller() {
    let (caches, _) = caches();
    let warming = tokio::spawn(async move {
        let calls = (0..3).map(|n| async move {
            assert!(n != 1, "this call does not like to be made");
            pending::<()>().await;
        });
        caches.warm(3, calls).await
    });
    assert!(warming.await.unwrap_err().is_panic());
}

#[test]
fn it_needs_no_runtime() {
    let (caches, _) = caches();
    let mut warming = pin!(caches.warm(2, (0..5).map(|n| async move { n })));
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(
        warming.as_mut().poll(&mut cx),
        Poll::Ready(vec![0, 1, 2, 3, 4])
    );
}
