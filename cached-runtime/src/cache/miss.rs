//! What is known of a call that found no answer.

use std::sync::Arc;

use cached_key::Key;

use super::{core::Core, directory::Digest, name::Name};
use crate::policy::Policy;

/// A call that must load.
pub(crate) struct Miss {
    pub(crate) core: Arc<Core>,
    pub(crate) key: Name<46>,
    pub(crate) digest: Digest,
    pub(crate) policy: Policy,
    pub(crate) reload: bool,
    /// The tags of the key, rendered as keys are.
    pub(crate) tags: Vec<Key>,
}
