//! Values of other kinds, under the same kind of key.

use super::Case;
use crate::{
    contestants::{Contestant, Entries, annotated::annotated, part::Part as _},
    workload::Call,
};

/// Copied without touching anything that threads share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Balance {
    account: u32,
    cents: u64,
}

macro_rules! values {
    ($(#[$doc:meta])* $case:ident, $name:literal, $value:ty, $make:expr, $belongs:expr, $($rest:tt)*) => {
        $(#[$doc])*
        pub(crate) struct $case;

        impl Case for $case {
            type Value = $value;
            const NAME: &'static str = $name;

            #[inline]
            fn render(key: &mut String, call: Call) {
                annotated!(render key, call, $($rest)*);
            }

            fn value(call: Call) -> $value {
                $make(call)
            }

            fn belongs(value: &$value, call: Call) -> bool {
                $belongs(value, call)
            }

            fn annotated(entries: &Entries<Self>) -> Vec<Box<dyn Contestant<Self>>> {
                annotated!(contestants entries, $case, $value, $($rest)*)
            }
        }
    };
}

values!(
    SmallCopy, "16 bytes that are `Copy`", Balance,
    |call: Call| Balance { account: call.0, cents: 3 * u64::from(call.0) },
    |value: &Balance, call: Call| value.account == call.0 && value.cents == 3 * u64::from(call.0),
    "balances:user:<user_id>:status:<status>", "(u64, Option<String>)",
    |call| balances(user_id: u64 = call.user_id(), status: Option<&str> = Some(call.status()))
        => ["balances:user:", user_id, ":status:", status]
);

values!(
    Text, "`String` of 64 bytes", String,
    |call: Call| format!("{:<64}", call.0),
    |value: &String, call: Call| value.len() == 64 && value.trim_end() == call.0.to_string(),
    "greetings:user:<user_id>:status:<status>", "(u64, Option<String>)",
    |call| greetings(user_id: u64 = call.user_id(), status: Option<&str> = Some(call.status()))
        => ["greetings:user:", user_id, ":status:", status]
);
