/// Kept.
#[must_use]
pub(crate) async fn rate(from: &str, to: &str) -> Option<f64> {
    let lookup = {
        static __CACHED: ::cached_runtime::__private::Site = ::cached_runtime::__private::Site::new(::cached_runtime::__private::Declaration {
            template: "rates:<from>:<to>",
            function: "rate",
            value: "Option<f64>",
            policy: ::cached_runtime::__private::Policy::new(
                ::core::time::Duration::from_millis(300000u64),
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
        let probe = ::cached_runtime::__private::Probe::<Option<f64>>::new();
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
                key.text("rates:");
                ::cached_runtime::__private::write(
                    key,
                    {
                        use ::cached_runtime::__private::part::*;
                        (&&&&&::cached_runtime::__private::Value(&from)).part()
                    },
                );
                key.text(":");
                ::cached_runtime::__private::write(
                    key,
                    {
                        use ::cached_runtime::__private::part::*;
                        (&&&&&::cached_runtime::__private::Value(&to)).part()
                    },
                );
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
                        ::core::option::Option::None:: < Option < f64 > > { return edge;
                        } fetch(from, to). await ? .rate }
                    ),
                )
                .await
        }
    }
}
