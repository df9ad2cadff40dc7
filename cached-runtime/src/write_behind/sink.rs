//! The user's way to the source, behind a barrier for panics.

use std::{
    any::Any,
    fmt::Display,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use cached_key::Key;

use crate::{cache::Pending, value::CacheValue};

type Attempt = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// Writes a batch, whatever the type of its values.
pub(super) type Sink = Box<dyn Fn(Vec<(Key, Pending)>) -> Attempt + Send + Sync>;

pub(super) fn sink<T, F, Fut, E>(write: F) -> Sink
where
    T: CacheValue,
    F: Fn(Vec<(Key, T)>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), E>> + Send + 'static,
    E: Display,
{
    let write = Arc::new(write);
    Box::new(move |batch| {
        let write = Arc::clone(&write);
        Box::pin(async move {
            let values = batch
                .into_iter()
                .filter_map(|(key, value)| Some((key, value.get::<T>()?.clone())));
            let written = write(values.collect());
            written.await.map_err(|error| error.to_string())
        })
    })
}

/// An attempt that ends with an error where the user's code panics.
pub(super) struct Guarded(Option<Attempt>);

impl Guarded {
    pub(super) fn new(attempt: Attempt) -> Self {
        Self(Some(attempt))
    }
}

impl Future for Guarded {
    type Output = Result<(), String>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(attempt) = &mut self.0 else {
            return Poll::Pending;
        };
        let polled = catch_unwind(AssertUnwindSafe(|| attempt.as_mut().poll(cx)));
        polled.unwrap_or_else(|panic| Poll::Ready(Err(describe(panic))))
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let attempt = self.0.take();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(attempt))) {
            drop(describe(panic));
        }
    }
}

fn describe(panic: Box<dyn Any + Send>) -> String {
    let said = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let text = said.map_or_else(
        || String::from("the sink panicked"),
        |said| format!("the sink panicked: {said}"),
    );
    // A payload may panic in its turn.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(panic)));
    text
}
