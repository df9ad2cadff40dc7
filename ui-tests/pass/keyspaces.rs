//! Keyspaces by themselves, in modules, under other names and lints, with types of all kinds.
#![deny(warnings, missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]

extern crate cached_runtime as rt;

use std::{borrow::Cow, fmt, sync::Arc};

use cached_runtime::{Caches, cached, invalidates, keyspace, pattern, updates};

/// What tells teams apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team(String);

impl fmt::Display for Team {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

keyspace! {
    /// What is cached about users.
    pub mod users {
        use std::borrow::Cow;
        use std::fmt::Display;

        use super::Team;

        /// A user.
        one(id: u64) = "users:id:<id>";
        /// The users of a team, those after a name first.
        team(team: &Team, after: Option<&str>) = "users:team:<team>:after:<after>";
        /// By their names.
        by_name(first: Cow<'_, str>, last: String, r#type: char) = "users:name:<first>:<last>:<type>";
        /// By whatever can be printed.
        by_any(any: &impl Display, pair: (u8, [u16; 2])) = "users:any:<any>:<pair>";
        /// How many there are.
        count() = "users:count";
        /// Not to be used any more.
        #[deprecated]
        old(id: u64) = "users:old:<id>";
    }
}

macro_rules! keyspace_of_inner {
    () => {
        cached_runtime::keyspace! {
            pub(crate) mod of_macro {
                one(id: &str) = "of_macro:<id>";
            }
        }
    };
}
mod inner {
    keyspace_of_inner! {}

    // Nobody outside of this module knows of it.
    rt::keyspace! {
        crate = ::rt;

        mod private {
            #![allow(clippy::allow_attributes, reason = "attributes stay with their module")]

            one(id: u64) = "private:<id>";
        }
    }

    #[rt::cached(key = private::one, ttl = 60, crate = ::rt)]
    pub(super) async fn private(id: &Arc<u64>) -> u64 {
        **id
    }

    use std::sync::Arc;
}

/// A service over users.
struct Service {
    team: Team,
}

impl Service {
    #[cached(key = users::one, ttl = 60)]
    async fn one(&self, id: u64) -> Option<u64> {
        Some(id)
    }

    #[cached(key = users::team(&self.team, after), ttl = "1m", skip(_trace))]
    async fn team(&self, after: Option<&str>, _trace: u64) -> usize {
        after.map_or(0, str::len)
    }

    #[cached(key = users::by_name, ttl = 60)]
    async fn by_name(&self, first: Cow<'_, str>, last: String, r#type: char) -> usize {
        first.len() + last.len() + r#type.len_utf8()
    }

    #[cached(key = inner::of_macro::one, ttl = 60)]
    async fn of_macro(&self, id: Arc<str>) -> usize {
        id.len()
    }

    #[updates(key = users::one, ttl = 60)]
    #[invalidates(users::count, users::team(&self.team, ..), inner::of_macro::one(..))]
    #[invalidates("users:name:*", in = users, on = "ok")]
    async fn rename(&self, id: u64, _name: &str) -> u64 {
        id
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    keyspace! {
        mod local {
            one(id: u64) = "local:<id>";
        }
    }
    let service = Service {
        team: Team("a b".to_owned()),
    };
    assert_eq!(service.one(1).await, Some(1));
    assert_eq!(service.team(Some("x"), 1).await, 1);
    assert_eq!(service.by_name("a".into(), "b".to_owned(), 'c').await, 3);
    assert_eq!(service.of_macro("id".into()).await, 2);
    assert_eq!(inner::private(&Arc::new(5)).await, 5);
    assert_eq!(service.rename(1, "x").await, 1);

    assert_eq!(local::one(1).as_str(), "local:1");
    let team = users::team(&service.team, None);
    assert_eq!(team.as_str(), "users:team:a%20b:after:%-");
    let any = users::by_any(&7, (1, [2, 3]));
    assert_eq!(any.as_str(), "users:any:7:(1,(2,3))");
    let named = pattern!(users::by_name(Cow::Borrowed("x"), ..));
    assert_eq!(named.to_string(), "users:name:x:*");
    let id = 5;
    let one = pattern!(crate = ::rt; users::one);
    assert!(one.matches(users::one(id).as_str()));
    Caches::global().invalidate(named).await.ok();
}
