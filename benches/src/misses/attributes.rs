//! Those that are an attribute on a method. Where they keep things is part of the attribute, so each comes once a room.

macro_rules! attributes {
    ($module:ident, $room:expr, $template:literal $(, $bound:ident = $entries:literal)?) => {
        pub(super) mod $module {
            use anyhow::Result;
            use cached::{ConcurrentCached as _, macros::concurrent_cached};
            use cached_runtime::{Caches, Settings, cached};
            use tokio::runtime::Runtime;

            use crate::{
                misses::{Load, Storing, loaders::Room, storing},
                workload::{Conversations, NoSuchUser, rendered},
            };

            pub(in crate::misses) fn all(load: &Load) -> Result<[Box<dyn Storing>; 2]> {
                let room = Settings::new().capacity(Room::entries($room));
                let caches = Caches::builder().settings(stringify!($module), room);
                let toolkit = Toolkit {
                    caches: caches.build()?,
                    load: load.clone(),
                };
                Ok([Box::new(toolkit), Box::new(Cached(load.clone()))])
            }

            struct Toolkit {
                caches: Caches,
                load: Load,
            }

            impl Toolkit {
                #[cached(key = $template, ttl = "30m", caches = self.caches)]
                async fn list(&self, user_id: u64, status: Option<&str>) -> Result<Conversations, NoSuchUser> {
                    self.load.bring(user_id, status)
                }

                fn clear(&self, runtime: &Runtime) {
                    let cache = self.caches.cache(stringify!($module));
                    runtime.block_on(cache.clear());
                    cache.run_pending_tasks();
                }
            }

            storing!("this toolkit, #[cached]", Toolkit, |this, call, _key| {
                this.list(call.user_id(), Some(call.status())).await.is_ok()
            }; clear |this, runtime| { this.clear(runtime); });

            #[concurrent_cached($($bound = $entries,)? ttl_secs = 1800, key = "String", convert = { rendered(user_id, status) })]
            async fn list(load: &Load, user_id: u64, status: &str) -> Result<Conversations, NoSuchUser> {
                load.bring(user_id, Some(status))
            }

            struct Cached(Load);

            storing!("cached 4, #[concurrent_cached]", Cached, |this, call, _key| {
                list(&this.0, call.user_id(), call.status()).await.is_ok()
            }; clear |_this, _runtime| {
                if let Some(cache) = LIST.get() {
                    let Ok(()) = cache.cache_clear();
                }
            });
        }
    };
}

attributes!(
    emptied,
    Room::Emptied,
    "emptied:user:<user_id>:status:<status>"
);
attributes!(
    growing,
    Room::Growing,
    "growing:user:<user_id>:status:<status>"
);
attributes!(
    full,
    Room::Full,
    "full:user:<user_id>:status:<status>",
    max_size = 10_000
);
attributes!(
    resident,
    Room::Resident,
    "resident:user:<user_id>:status:<status>"
);
