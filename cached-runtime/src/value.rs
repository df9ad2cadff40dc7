//! What can be cached.

/// A value that can be kept in a cache: `Clone + Send + Sync + 'static`.
///
/// Every type that meets these bounds is one; there is nothing to implement. A hit hands out a clone, so values that are
/// large are best kept in an [`Arc`](std::sync::Arc).
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be cached",
    label = "cached values must be `Clone + Send + Sync + 'static`",
    note = "wrap it in `Arc<{Self}>`, or derive `Clone` for it; `Arc` and `Mutex` in place of `Rc` and `RefCell` make it `Send + Sync`"
)]
pub trait CacheValue: Clone + Send + Sync + 'static {}

impl<T: Clone + Shareable + 'static> CacheValue for T {}

/// `Send` and `Sync` as one trait, so that the compiler does not complain about each.
pub trait Shareable: Send + Sync {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + ?Sized> Shareable for T {}
