async fn one() -> u8 {
    #![allow(unused)]
    let lookup = {
        static __CACHED: ::cached_runtime::__private::Site = ::cached_runtime::__private::Site::new(::cached_runtime::__private::Declaration {
            template: "one",
            function: "one",
            value: "u8",
            policy: ::cached_runtime::__private::Policy::new(
                ::core::time::Duration::from_millis(1000u64),
            ),
            tags: &[],
            location: ::cached_runtime::__private::Location {
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
                column: ::core::column!(),
            },
        });
        ::cached_runtime::__private::inventory::submit! {
            ::cached_runtime::__private::Registration(& __CACHED)
        }
        let probe = ::cached_runtime::__private::Probe::<u8>::new();
        let shape = {
            use ::cached_runtime::__private::shape::*;
            (&&&&&probe).shape()
        };
        let shape = ::cached_runtime::__private::value(shape);
        ::cached_runtime::__private::lookup(
            &__CACHED,
            ::cached_runtime::__private::global(),
            shape,
            |key: &mut ::cached_runtime::__private::KeyBuf| {
                key.text("one");
            },
        )
    };
    match lookup {
        ::cached_runtime::__private::Lookup::Hit(answer) => answer,
        ::cached_runtime::__private::Lookup::Missed(missed) => {
            ::cached_runtime::__private::Missed::load(
                    missed,
                    ::core::pin::pin!(
                        async move { if let ::core::option::Option::Some(edge) =
                        ::core::option::Option::None:: < u8 > { return edge; }
                        #[allow(dead_code)] const ONE : u8 = 1; ONE }
                    ),
                )
                .await
        }
    }
}
