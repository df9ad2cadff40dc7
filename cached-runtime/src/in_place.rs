//! A body that stays where it was made.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// The body of a method in the frame of the method, which moves it through no layer. It is gone when this is, not when that
/// frame ends: whoever takes over a load that was given up begins after the body that it was left by.
pub struct InPlace<'a, F>(Pin<&'a mut Option<F>>);

impl<'a, F> InPlace<'a, F> {
    pub(crate) const fn new(body: Pin<&'a mut Option<F>>) -> Self {
        Self(body)
    }
}

impl<F: Future> Future for InPlace<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let body = self.get_mut().0.as_mut().as_pin_mut();
        body.map_or(Poll::Pending, |body| body.poll(cx))
    }
}

impl<F> Drop for InPlace<'_, F> {
    #[inline]
    fn drop(&mut self) {
        self.0.set(None);
    }
}
