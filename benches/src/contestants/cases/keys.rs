//! Keys of all shapes, for the same kind of answer: a shared list.

use std::sync::{Arc, LazyLock};

use uuid::Uuid;

use super::Case;
use crate::{
    contestants::{Contestant, Entries, annotated::annotated, part::Part as _},
    workload::{Call, Conversation, Conversations},
};

/// How many names there are of each length.
const NAMES: u32 = 100;
static SHORT: LazyLock<Vec<String>> = LazyLock::new(|| names(8));
static LONG: LazyLock<Vec<String>> = LazyLock::new(|| names(100));

/// How many ids there are.
const IDS: u32 = 10_000;
/// In memory, as those are that come with a request.
static UUIDS: LazyLock<Vec<Uuid>> = LazyLock::new(|| {
    const ODD: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;
    // As far apart as random ones.
    let id = |at| Uuid::from_u128((u128::from(at) + 1).wrapping_mul(ODD));
    (0..IDS).map(id).collect()
});

fn names(length: usize) -> Vec<String> {
    let name = |at: u32| format!("{at:02}{}", "n".repeat(length - 2));
    (0..NAMES).map(name).collect()
}

#[inline]
fn name(names: &'static [String], at: u32) -> &'static str {
    names.get((at % NAMES) as usize).map_or("", String::as_str)
}

fn list(call: Call) -> Conversations {
    Arc::new(vec![Conversation {
        id: u64::from(call.0),
    }])
}

fn is_list(value: &Conversations, call: Call) -> bool {
    value
        .first()
        .is_some_and(|conversation| conversation.id == u64::from(call.0))
}

macro_rules! lists {
    ($(#[$doc:meta])* $case:ident, $name:literal, $keys:expr, $($rest:tt)*) => {
        $(#[$doc])*
        pub(crate) struct $case;

        impl Case for $case {
            type Value = Conversations;
            const NAME: &'static str = $name;
            const KEYS: u32 = $keys;

            #[inline]
            fn render(key: &mut String, call: Call) {
                annotated!(render key, call, $($rest)*);
            }

            fn value(call: Call) -> Conversations {
                list(call)
            }

            fn belongs(value: &Conversations, call: Call) -> bool {
                is_list(value, call)
            }

            fn annotated(entries: &Entries<Self>) -> Vec<Box<dyn Contestant<Self>>> {
                annotated!(contestants entries, $case, Conversations, $($rest)*)
            }
        }
    };
}

lists!(
    /// The one of all tables about something else.
    UserAndStatus, "integer, short string", u32::MAX,
    "conversations:user:<user_id>:status:<status>", "(u64, Option<String>)",
    |call| conversations(user_id: u64 = call.user_id(), status: Option<&str> = Some(call.status()))
        => ["conversations:user:", user_id, ":status:", status]
);

lists!(
    /// The same in caches of its own, that have not been as large as that one's.
    IntegerAndString, "2: integer, short string", u32::MAX,
    "members:user:<user_id>:status:<status>", "(u64, Option<String>)",
    |call| members(user_id: u64 = call.user_id(), status: Option<&str> = Some(call.status()))
        => ["members:user:", user_id, ":status:", status]
);

lists!(
    NoParts, "none", 1,
    "announcements", "()",
    |_call| announcements() => ["announcements"]
);

lists!(
    Integer, "1: integer", u32::MAX,
    "inbox:user:<user_id>", "(u64,)",
    |call| inbox(user_id: u64 = u64::from(call.0)) => ["inbox:user:", user_id]
);

lists!(
    Uuids, "1: `Uuid`", IDS,
    "threads:<thread_id>", "(uuid::Uuid,)",
    |call| threads(thread_id: Uuid = uuid_of(call)) => ["threads:", thread_id]
);

lists!(
    ShortStrings, "2: short strings", NAMES * NAMES,
    "drafts:tenant:<tenant>:user:<user>", "(String, String)",
    |call| drafts(tenant: &str = name(&SHORT, call.0), user: &str = name(&SHORT, call.0 / NAMES))
        => ["drafts:tenant:", tenant, ":user:", user]
);

lists!(
    LongStrings, "2: strings of 100 bytes", NAMES * NAMES,
    "exports:tenant:<tenant>:user:<user>", "(String, String)",
    |call| exports(tenant: &str = name(&LONG, call.0), user: &str = name(&LONG, call.0 / NAMES))
        => ["exports:tenant:", tenant, ":user:", user]
);

lists!(
    FourParts, "4: integers, short strings", u32::MAX,
    "pages:<tenant>:<user_id>:<status>:<page>", "(String, u64, Option<String>, u64)",
    |call| pages(
        tenant: &str = name(&SHORT, call.0),
        user_id: u64 = call.user_id(),
        status: Option<&str> = Some(call.status()),
        page: u64 = u64::from(call.0 % 7),
    ) => ["pages:", tenant, ":", user_id, ":", status, ":", page]
);

#[inline]
fn uuid_of(call: Call) -> Uuid {
    match UUIDS.get(call.0 as usize) {
        Some(id) => *id,
        None => Uuid::nil(),
    }
}
