//! What is known of a call that found no answer.

use std::sync::Arc;

use cached_key::Key;

use super::{core::Core, directory::Digest, fence::Fence, name::Name};
use crate::policy::Terms;

/// A call that must load.
pub(crate) struct Miss {
    pub(crate) core: Arc<Core>,
    pub(crate) key: KeyName,
    pub(crate) digest: Digest,
    pub(crate) terms: Terms,
    pub(crate) reload: bool,
    /// The tags of the key, rendered as keys are.
    pub(crate) tags: Vec<Key>,
}

/// A whole key, as calls and flights have it.
pub(crate) type KeyName = Name<46>;

impl Miss {
    /// A flight for this call begins. What it goes by is the caller's to keep, and to give back.
    pub(super) fn begin(&self) -> Fence {
        let core = &self.core;
        core.appear();
        let holds = core.hold(self.key.as_bytes(), &self.tags, self.digest);
        // After the scopes: what was called past its time before, the load does not bring.
        Fence::new(core.next_id(), holds)
    }
}
