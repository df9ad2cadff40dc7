//! Runs a future that has no reason to wait.

use std::{
    future::IntoFuture,
    pin::pin,
    task::{Context, Poll, Waker},
};

/// Polls once, the same for all who have an async API; a hit that waits for anything is a fault of the measurement.
#[inline]
pub(crate) fn now<F: IntoFuture>(future: F) -> F::Output {
    match pin!(future.into_future()).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a call that should be answered at once waits"),
    }
}
