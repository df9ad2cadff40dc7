//! What is cached: a method with its arguments, its key and its answer.

mod keys;
mod values;

use super::{Contestant, Entries};
use crate::workload::Call;

pub(crate) use self::{
    keys::{
        FourParts, Integer, IntegerAndString, LongStrings, NoParts, ShortStrings, UserAndStatus,
        Uuids,
    },
    values::{SmallCopy, Text},
};

pub(crate) trait Case: Sized + 'static {
    type Value: Clone + Send + Sync + 'static;

    /// What tells it from the others.
    const NAME: &'static str;

    /// How many keys there are at most.
    const KEYS: u32 = u32::MAX;

    /// Adds the key of a call to an empty buffer.
    fn render(key: &mut String, call: Call);

    #[inline]
    fn key(call: Call) -> String {
        let mut key = String::with_capacity(64);
        Self::render(&mut key, call);
        key
    }

    fn value(call: Call) -> Self::Value;

    fn belongs(value: &Self::Value, call: Call) -> bool;

    /// Those that are an attribute on the method.
    fn annotated(entries: &Entries<Self>) -> Vec<Box<dyn Contestant<Self>>>;
}
