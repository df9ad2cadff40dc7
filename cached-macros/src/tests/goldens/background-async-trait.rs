fn rows<'life0, 'async_trait>(
    self: &'life0 Arc<Self>,
    id: &'life1 str,
) -> ::core::pin::Pin<
    Box<dyn ::core::future::Future<Output = Rows> + ::core::marker::Send + 'async_trait>,
> {
    Box::pin(async move {
        let missed = {
            ::cached_runtime::__private::cached_site! {
                __CACHED, "rows:<id>", "rows", "Rows",
                ::cached_runtime::__private::Policy::stale_while_revalidate(::cached_runtime::__private::Policy::new(::core::time::Duration::from_millis(60000u64)),
                ::core::time::Duration::from_millis(5000u64)), []
            }
            let probe = ::cached_runtime::__private::Probe::<Rows>::new();
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
                    ::cached_runtime::__private::write(key, &own_id);
                },
            ) {
                ::cached_runtime::__private::Lookup::Hit(answer) => return answer,
                ::cached_runtime::__private::Lookup::Missed(missed) => missed,
            }
        };
        {
            let __this = ::cached_runtime::__private::own_receiver(&*self);
            let __id = ::cached_runtime::__private::own_borrowed(&*id);
            let body = ::std::boxed::Box::pin(async move {
                if let ::core::option::Option::Some(edge) = ::core::option::Option::None::<
                    Rows,
                > {
                    return edge;
                }
                let __self = &__this;
                #[allow(unused_variables, unused_mut)]
                let id = ::cached_runtime::__private::lend(&__id);
                let __self = __self;
                let id = id;
                let __ret: Rows = { __self.db.rows(id).await };
                __ret
            });
            ::cached_runtime::__private::Missed::load_in_background(
                    missed,
                    |_: &_| true,
                    body,
                )
                .await
        }
    })
}
