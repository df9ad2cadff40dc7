//! What is known of a call that found no answer.

use std::sync::Arc;

use cached_key::Key;

use super::{core::Core, course::Course, directory::Digest, fence::Fence, name::KeyName};
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
    /// Its way as a leader. It lies here, so that a leader's place is no more than a pointer to hand on.
    pub(super) course: Course,
}

impl Miss {
    #[inline]
    pub(crate) fn new(
        core: Arc<Core>,
        key: KeyName,
        digest: Digest,
        terms: Terms,
        reload: bool,
    ) -> Self {
        Self {
            core,
            key,
            digest,
            terms,
            reload,
            tags: Vec::new(),
            course: Course::default(),
        }
    }

    /// A flight for this call begins. What it goes by is the caller's to keep, and to give back.
    pub(super) fn begin(&self) -> Fence {
        let core = &self.core;
        core.appear();
        let holds = core.hold(self.key.as_bytes(), &self.tags, self.digest);
        // After the scopes: what was called past its time before, the load does not bring.
        Fence::new(core.next_id(), holds)
    }
}
