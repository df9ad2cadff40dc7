//! Futures that end early: dropped after a few polls, or by a panic.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    task::Poll,
};

/// Lets others go on.
pub(crate) async fn pause() {
    let mut paused = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut paused, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Polls `call` until it ends, or up to `polls` times, and then calls `before` and drops it.
pub(crate) async fn run<T>(
    call: impl Future<Output = T>,
    polls: Option<u64>,
    before: impl FnOnce(),
) -> Option<T> {
    let mut call = Box::pin(call);
    let mut left = polls;
    let ended = poll_fn(|cx| {
        match catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(cx))) {
            Err(_) => return Poll::Ready(None),
            Ok(Poll::Ready(output)) => return Poll::Ready(Some(Some(output))),
            Ok(Poll::Pending) => {}
        }
        match &mut left {
            Some(0) => Poll::Ready(Some(None)),
            Some(polls) => {
                *polls -= 1;
                Poll::Pending
            }
            None => Poll::Pending,
        }
    })
    .await;
    if matches!(ended, Some(None)) {
        before();
    }
    drop(call);
    ended.flatten()
}
