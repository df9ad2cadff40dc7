//! The options that say how long a value is kept, the same for every attribute that stores one.

use syn::{Expr, ExprPath};

use super::{Slot, value};
use crate::duration::{self, Duration};
use crate::plan::Ahead;
use crate::report::Errors;

#[derive(Default)]
pub(crate) struct Lifetimes {
    pub(crate) ttl: Slot<Duration>,
    pub(crate) policy: Slot<ExprPath>,
    pub(crate) none_ttl: Slot<Duration>,
    pub(crate) tti: Slot<Duration>,
    pub(crate) jitter: Slot<u8>,
    pub(crate) stale_while_revalidate: Slot<Duration>,
    pub(crate) stale_if_error: Slot<Duration>,
    pub(crate) refresh_ahead: Slot<Ahead>,
}

impl Lifetimes {
    pub(super) fn value(&mut self, name: &str, value: &Expr, errors: &mut Errors) {
        match name {
            "policy" => self.policy.fill(value::policy(value), errors),
            "jitter" => self.jitter.fill(value::percentage(name, value), errors),
            "refresh_ahead" => self.refresh_ahead.fill(value::ahead(name, value), errors),
            _ => {
                if let Some(slot) = self.duration(name) {
                    slot.fill(duration::parse(name, value), errors);
                }
            }
        }
    }

    /// An option that is wrong is not missing.
    pub(super) fn faulty(&mut self, name: &str) {
        match name {
            "policy" => self.policy.spoil(),
            "refresh_ahead" => self.refresh_ahead.spoil(),
            _ => {
                if let Some(slot) = self.duration(name) {
                    slot.spoil();
                }
            }
        }
    }

    fn duration(&mut self, name: &str) -> Option<&mut Slot<Duration>> {
        Some(match name {
            "ttl" => &mut self.ttl,
            "tti" => &mut self.tti,
            "none_ttl" => &mut self.none_ttl,
            "stale_while_revalidate" => &mut self.stale_while_revalidate,
            "stale_if_error" => &mut self.stale_if_error,
            _ => return None,
        })
    }

    /// Neither `ttl` nor `policy` is there.
    pub(crate) fn are_missing(&self) -> bool {
        self.ttl.is_absent() && self.policy.is_absent()
    }
}
