fn rows<'life0, 'async_trait>(
    &'life0 self,
    id: u64,
) -> ::core::pin::Pin<
    Box<
        dyn ::core::future::Future<
            Output = Result<Rows, Error>,
        > + ::core::marker::Send + 'async_trait,
    >,
>
where
    'life0: 'async_trait,
    Self: 'async_trait,
{
    Box::pin(async move {
        let missed = {
            ::cached_runtime::__private::cached_site! {
                __CACHED, "rows:<self.tenant>:<id>", "rows", "Result<Rows, Error>",
                ::cached_runtime::__private::Policy::new(::core::time::Duration::from_millis(300000u64)),
                []
            }
            let probe = ::cached_runtime::__private::Probe::<Result<Rows, Error>>::new();
            let shape = {
                use ::cached_runtime::__private::shape::*;
                (&&&&&probe).shape()
            };
            let shape = ::cached_runtime::__private::value(shape);
            let own_id = id;
            match ::cached_runtime::__private::lookup(
                &__CACHED,
                ::cached_runtime::__private::global(),
                shape,
                |key: &mut ::cached_runtime::__private::KeyWriter<'_>| {
                    key.text("rows:");
                    ::cached_runtime::__private::write(
                        key,
                        {
                            use ::cached_runtime::__private::part::*;
                            (&&&&&::cached_runtime::__private::Value(&self.tenant))
                                .part()
                        },
                    );
                    key.text(":");
                    ::cached_runtime::__private::write(key, &own_id);
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
                    Result < Rows, Error > > { return edge; } let __self = self; let id =
                    id; let __ret : Result < Rows, Error > = { __self.db.rows(id). await
                    }; __ret })
                ),
            )
            .await
    })
}
