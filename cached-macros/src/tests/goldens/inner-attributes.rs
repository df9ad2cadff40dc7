async fn one() -> u8 {
    #![allow(unused)]
    let missed = {
        ::cached_runtime::__private::cached_site! {
            __CACHED, "one", "one", "u8",
            ::cached_runtime::__private::Policy::new(::core::time::Duration::from_millis(1000u64)),
            []
        }
        let probe = ::cached_runtime::__private::Probe::<u8>::new();
        let shape = {
            use ::cached_runtime::__private::shape::*;
            (&&&&&probe).shape()
        };
        let shape = ::cached_runtime::__private::value(shape);
        match ::cached_runtime::__private::lookup(
            &__CACHED,
            ::cached_runtime::__private::global(),
            shape,
            |key: &mut ::cached_runtime::__private::KeyWriter<'_>| {
                key.text("one");
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
                ::core::option::Option::Some(edge) = ::core::option::Option::None:: < u8
                > { return edge; } #[allow(dead_code)] const ONE : u8 = 1; ONE })
            ),
        )
        .await
}
