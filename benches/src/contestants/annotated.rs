//! Those that are an attribute on a method: this toolkit, `cached` and `cachelito`. What they cache is part of the
//! attribute, so a macro writes them out for each case.

use std::{cell::Cell, sync::LazyLock};

use cached_runtime::{Caches, CachesBuilder, Settings};

use crate::{
    poll::now,
    workload::{NoSuchUser, loaded},
};

pub(super) const OURS: &str = "this toolkit, #[cached]";
pub(super) const OURS_IN_A_FIELD: &str = "– the same, caches = self.caches";
pub(super) const PAPAYA_IN_AN_ASYNC_FN: &str = "– papaya in an async fn";
pub(super) const FENCED_IN_AN_ASYNC_FN: &str = "– papaya with a fence, in an async fn";
pub(super) const QUICK_CACHE_IN_AN_ASYNC_FN: &str = "– quick_cache in an async fn";
pub(super) const CACHEKIT_IN_AN_ASYNC_FN: &str = "– cachekit in an async fn";
pub(super) const CACHED: &str = "cached 4, #[concurrent_cached]";
pub(super) const CACHED_BY_ARGUMENTS: &str = "cached 4, arguments as key";
pub(super) const CACHELITO: &str = "cachelito-async, #[cache_async]";

/// More than there are entries; eviction is measured elsewhere.
const ROOM: u64 = 1 << 22;

fn caches() -> CachesBuilder {
    Caches::builder().defaults(Settings::new().capacity(ROOM))
}

/// The set that a service keeps in a field. One for all, because a call site remembers its first.
static OWN: LazyLock<Caches> = LazyLock::new(|| match caches().build() {
    Ok(caches) => caches,
    Err(refused) => panic!("{refused}"),
});

pub(super) fn own() -> Caches {
    OWN.clone()
}

pub(super) fn global() -> &'static Caches {
    // From the second time on they are there already.
    let _ = caches().install();
    Caches::global()
}

/// Has noted all that was stored, as an idle cache has.
pub(super) fn settle(caches: &Caches) {
    for name in caches.names() {
        caches.cache(&name).run_pending_tasks();
    }
}

/// Gives the memory back.
pub(super) fn empty(caches: &Caches) {
    now(caches.clear());
    settle(caches);
}

/// What the next load on this thread brings. A hit finds it empty.
pub(super) struct Next<V>(Cell<Option<V>>);

impl<V> Next<V> {
    pub(super) const fn nothing() -> Self {
        Self(Cell::new(None))
    }

    pub(super) fn is(&self, value: V) {
        self.0.set(Some(value));
    }

    pub(super) fn load(&self) -> Result<V, NoSuchUser> {
        loaded();
        self.0.take().ok_or(NoSuchUser)
    }
}

/// Of a line `template, own key, |call| method(argument: type = where it comes from) => [parts of the key]`: `render` is the key
/// by hand, `contestants` a list of all that are an attribute, filled.
macro_rules! annotated {
    (render $buffer:ident, $from:ident, $template:tt, $own_key:tt, |$call:ident| $method:ident($($name:ident: $type:ty = $value:expr),* $(,)?) => [$($part:expr),*]) => {{
        let $call: Call = $from;
        $(let $name: $type = $value;)*
        $(($part).push($buffer);)*
    }};
    (contestants $entries:ident, $case:ident, $answer:ty, $template:tt, $own_key:tt, |$call:ident| $method:ident($($name:ident: $type:ty = $value:expr),* $(,)?) => [$($part:expr),*]) => {{
        mod attributes {
            use std::cell::Cell;

            use cached::macros::concurrent_cached;
            use cached_runtime::{Caches, cached};
            use cachelito_async::cache_async;

            use super::*;
            use crate::{
                contestants::{annotated::Next, by_key::Map},
                workload::NoSuchUser,
            };

            thread_local!(pub(super) static NEXT: Next<$answer> = const { Next::nothing() });

            /// From the arguments, as any load.
            fn load<A>(_arguments: A) -> Result<$answer, NoSuchUser> {
                NEXT.with(Next::load)
            }

            pub(super) struct Global;

            impl Global {
                #[cached(key = $template, ttl = "30m")]
                pub(super) async fn $method(&self, $($name: $type),*) -> Result<$answer, NoSuchUser> {
                    load(($(&$name,)*))
                }
            }

            pub(super) struct Own {
                pub(super) caches: Caches,
            }

            impl Own {
                #[cached(key = $template, ttl = "30m", caches = self.caches)]
                pub(super) async fn $method(&self, $($name: $type),*) -> Result<$answer, NoSuchUser> {
                    load(($(&$name,)*))
                }
            }

            thread_local!(static KEY: Cell<String> = const { Cell::new(String::new()) });

            /// The method by hand, as far as a hit goes.
            pub(super) struct ByHand<M>(pub(super) M);

            impl<M: Map<Value = $answer>> ByHand<M> {
                pub(super) async fn $method(&self, $($name: $type),*) -> Result<$answer, NoSuchUser> {
                    let mut key = KEY.take();
                    key.clear();
                    $(($part).push(&mut key);)*
                    let found = self.0.get(&key).await;
                    KEY.set(key);
                    match found {
                        Some(answer) => Ok(answer),
                        None => async { load(($(&$name,)*)) }.await,
                    }
                }
            }

            #[concurrent_cached(ttl_secs = 1800, key = "String", convert = {
                let mut key = String::with_capacity(64);
                $(($part).push(&mut key);)*
                key
            })]
            pub(super) async fn by_rendered_key($($name: $type),*) -> Result<$answer, NoSuchUser> {
                load(($(&$name,)*))
            }

            #[concurrent_cached(ttl_secs = 1800, key = $own_key, convert = { ::std::convert::identity(($(($name).owned(),)*)) })]
            pub(super) async fn by_arguments($($name: $type),*) -> Result<$answer, NoSuchUser> {
                load(($(&$name,)*))
            }

            pub(super) fn clear_cached() {
                use cached::ConcurrentCached as _;

                if let Some(cache) = BY_RENDERED_KEY.get() {
                    let Ok(()) = cache.cache_clear();
                }
                if let Some(cache) = BY_ARGUMENTS.get() {
                    let Ok(()) = cache.cache_clear();
                }
            }

            /// Without a tag there is no way to clear it.
            #[cache_async(ttl = 1800, policy = "fifo", tags = ["benches"])]
            pub(super) async fn $method($($name: $type),*) -> Result<$answer, NoSuchUser> {
                load(($(&$name,)*))
            }
        }
        use $crate::contestants::{annotated::{self as names, attribute, handed_on}, by_key, fenced};

        attribute!(Global(attributes::Global), $case, names::OURS, |this, $call| {
            $(let $name: $type = $value;)*
            this.0.$method($($name),*).await
        }, |_this| names::empty(names::global()));
        attribute!(Own(attributes::Own), $case, names::OURS_IN_A_FIELD, |this, $call| {
            $(let $name: $type = $value;)*
            this.0.$method($($name),*).await
        }, |this| names::empty(&this.0.caches));
        attribute!(PapayaByHand(attributes::ByHand<by_key::Papaya<$answer>>), $case, names::PAPAYA_IN_AN_ASYNC_FN, |this, $call| {
            $(let $name: $type = $value;)*
            handed_on!(this.0.$method($($name),*))
        }, |_this| ());
        attribute!(FencedByHand(attributes::ByHand<fenced::Fenced<$answer>>), $case, names::FENCED_IN_AN_ASYNC_FN, |this, $call| {
            $(let $name: $type = $value;)*
            handed_on!(this.0.$method($($name),*))
        }, |_this| ());
        attribute!(QuickCacheByHand(attributes::ByHand<by_key::QuickCache<$answer>>), $case, names::QUICK_CACHE_IN_AN_ASYNC_FN, |this, $call| {
            $(let $name: $type = $value;)*
            handed_on!(this.0.$method($($name),*))
        }, |_this| ());
        attribute!(CachekitByHand(attributes::ByHand<by_key::Cachekit<$answer>>), $case, names::CACHEKIT_IN_AN_ASYNC_FN, |this, $call| {
            $(let $name: $type = $value;)*
            handed_on!(this.0.$method($($name),*))
        }, |_this| ());
        attribute!(ByRenderedKey(()), $case, names::CACHED, |_this, $call| {
            $(let $name: $type = $value;)*
            attributes::by_rendered_key($($name),*).await
        }, |_this| attributes::clear_cached());
        attribute!(ByArguments(()), $case, names::CACHED_BY_ARGUMENTS, |_this, $call| {
            $(let $name: $type = $value;)*
            attributes::by_arguments($($name),*).await
        }, |_this| attributes::clear_cached());
        attribute!(Cachelito(()), $case, names::CACHELITO, |_this, $call| {
            $(let $name: $type = $value;)*
            attributes::$method($($name),*).await
        }, |_this| cachelito_core::invalidate_by_tag("benches"));

        let global = names::global();
        let caches = names::own();
        let contestants: Vec<Box<dyn Contestant<Self>>> = vec![
            Box::new(Global(attributes::Global)),
            Box::new(Own(attributes::Own { caches: caches.clone() })),
            Box::new(PapayaByHand(attributes::ByHand($entries.by_key().collect()))),
            Box::new(FencedByHand(attributes::ByHand(fenced::fenced($entries)))),
            Box::new(QuickCacheByHand(attributes::ByHand(by_key::quick_cache($entries)))),
            Box::new(CachekitByHand(attributes::ByHand(by_key::cachekit($entries)))),
            Box::new(ByRenderedKey(())),
            Box::new(ByArguments(())),
            Box::new(Cachelito(())),
        ];
        for contestant in &contestants {
            for (call, value) in $entries.loads() {
                attributes::NEXT.with(|next| next.is(value));
                contestant.answer(call);
            }
        }
        names::settle(global);
        names::settle(&caches);
        contestants
    }};
}
pub(super) use annotated;

/// Awaits a future that goes through memory, as that of a method does that is too long to become a part of its caller.
macro_rules! handed_on {
    ($future:expr) => {{
        let mut future = ::std::pin::pin!($future);
        ::std::hint::black_box(&mut future);
        future.await
    }};
}
pub(super) use handed_on;

/// Writes the loop around one way to call. It is an `async` block that is polled once, so all with an async API are
/// awaited as in any handler, and waiting would be noticed.
macro_rules! attribute {
    ($contestant:ident($inner:ty), $case:ident, $name:expr, |$this:ident, $call:ident| $answer:expr, |$dropped:ident| $empty:expr) => {
        struct $contestant($inner);

        impl Contestant<$case> for $contestant {
            fn name(&self) -> &'static str {
                $name
            }

            #[inline(never)]
            fn run(&self, calls: &[Call]) -> usize {
                $crate::poll::now(async {
                    let $this = self;
                    let mut answered = 0;
                    for &$call in calls {
                        answered += usize::from(::std::hint::black_box($answer).is_ok());
                    }
                    answered
                })
            }

            fn answer(&self, $call: Call) -> Option<<$case as Case>::Value> {
                $crate::poll::now(async {
                    let $this = self;
                    $answer.ok()
                })
            }
        }

        impl Drop for $contestant {
            fn drop(&mut self) {
                let $dropped = self;
                $empty;
            }
        }
    };
}
pub(super) use attribute;
