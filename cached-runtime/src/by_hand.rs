//! Invalidating by hand.

use cached_key::Pattern;

use crate::{
    caches::{Caches, Target},
    transaction,
};

impl Caches {
    /// Invalidates all keys that a pattern matches. Takes a [`pattern!`](crate::pattern!) or a string that came at run
    /// time, which is refused with a position if it does not parse.
    ///
    /// A read of a matching key that starts after this has returned gets an answer whose load started after this was
    /// called. The cost does not depend on how many keys match, except for patterns with a `*` that stands for one
    /// segment, or in the middle of one.
    ///
    /// Inside of a [`transaction`](crate::transaction()) it is done at once, and once more when that ends; the same goes for
    /// the other ways to invalidate by hand.
    ///
    /// ```
    /// # use cached_runtime::{Caches, Error, pattern};
    /// # async fn f() -> Result<(), Error> {
    /// let user_id = 42;
    /// Caches::global().invalidate(pattern!("conversations:user:<user_id>*")).await?;
    /// Caches::global().invalidate("messages:7:*").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Cancellation
    ///
    /// All is done when the future is polled for the first time.
    #[expect(
        clippy::unused_async,
        reason = "further tiers are told over the network"
    )]
    pub async fn invalidate<P: TryInto<Pattern>>(&self, pattern: P) -> Result<(), P::Error> {
        self.act_by_hand(Target::Keys(pattern.try_into()?));
        Ok(())
    }

    /// Invalidates all entries, of whatever cache, that have a tag which the pattern matches, with the same promise as
    /// [`invalidate`](Self::invalidate).
    ///
    /// ```
    /// # use cached_runtime::{Caches, Error, pattern};
    /// # async fn f() -> Result<(), Error> {
    /// let tenant_id = 7;
    /// Caches::global().invalidate_tag(pattern!("tenant:<tenant_id>")).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Cancellation
    ///
    /// All is done when the future is polled for the first time.
    #[expect(
        clippy::unused_async,
        reason = "further tiers are told over the network"
    )]
    pub async fn invalidate_tag<P: TryInto<Pattern>>(&self, tag: P) -> Result<(), P::Error> {
        self.act_by_hand(Target::Tags(tag.try_into()?));
        Ok(())
    }

    /// Lets all keys that a pattern matches be past their time, as if their `ttl` and `stale_while_revalidate` were over: the
    /// next read loads them anew, and the old answer is kept for the case that this fails, where `stale_if_error` says so.
    ///
    /// A read of a matching key that starts after this has returned gets an answer whose load started after this was
    /// called, or the old one because such a load has failed. What must never be read again is to be
    /// [`invalidate`](Self::invalidate)d.
    ///
    /// # Cancellation
    ///
    /// All is done when the future is polled for the first time.
    #[expect(
        clippy::unused_async,
        reason = "further tiers are told over the network"
    )]
    pub async fn expire<P: TryInto<Pattern>>(&self, pattern: P) -> Result<(), P::Error> {
        self.act_by_hand(Target::PastTime(pattern.try_into()?));
        Ok(())
    }

    /// Clears all caches. As for [`invalidate`](Self::invalidate), no reader gets an older answer afterwards.
    #[expect(
        clippy::unused_async,
        reason = "further tiers are told over the network"
    )]
    pub async fn clear(&self) {
        self.act_by_hand(Target::All);
    }

    /// At once, as it is promised; and again at the end of the transaction around the call, if there is one.
    fn act_by_hand(&self, target: Target) {
        let targets = [target];
        transaction::owe(self, &targets);
        self.carry_out(&targets, Vec::new());
    }
}
