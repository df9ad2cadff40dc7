/// Kept.
#[must_use]
pub(crate) async fn rate(from: &str, to: &str) -> Option<f64> {
    let missed = {
        ::cached_runtime::__private::cached_site! {
            __CACHED, "rates:<from>:<to>", "rate", "Option<f64>",
            ::cached_runtime::__private::Policy::new(::core::time::Duration::from_millis(300000u64)),
            []
        }
        let probe = ::cached_runtime::__private::Probe::<Option<f64>>::new();
        let shape = {
            use ::cached_runtime::__private::shape::*;
            (&&&&&probe).shape()
        };
        let shape = ::cached_runtime::__private::value(shape);
        let own_from = from;
        let own_to = to;
        match ::cached_runtime::__private::lookup(
            &__CACHED,
            ::cached_runtime::__private::global(),
            shape,
            |key: &mut ::cached_runtime::__private::KeyWriter<'_>| {
                key.text("rates:");
                ::cached_runtime::__private::write(key, &own_from);
                key.text(":");
                ::cached_runtime::__private::write(key, &own_to);
            },
        ) {
            ::cached_runtime::__private::Lookup::Hit(answer) => return answer,
            ::cached_runtime::__private::Lookup::Missed(missed) => missed,
        }
    };
    ::cached_runtime::__private::load(
            missed,
            ::core::pin::pin!(
                ::core::option::Option::Some(async move { if let
                ::core::option::Option::Some(edge) = ::core::option::Option::None:: <
                Option < f64 > > { return edge; } fetch(from, to). await ? .rate })
            ),
        )
        .await
}
