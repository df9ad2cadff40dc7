fn change<'life0, 'async_trait>(
    &'life0 self,
    id: u64,
) -> ::core::pin::Pin<
    Box<dyn ::core::future::Future<Output = ()> + ::core::marker::Send + 'async_trait>,
>
where
    Self: 'async_trait,
{
    Box::pin(async move {
        let invalidation = {
            ::cached_runtime::__private::mutator_site! {
                __INVALIDATES, "change", [], ["tenant:<self.tenant>", "rows:<id>*"], []
            }
            let probe = ::cached_runtime::__private::Probe::<()>::new();
            let shape = {
                use ::cached_runtime::__private::shape::*;
                (&&&&&probe).shape()
            };
            ::cached_runtime::__private::invalidation(
                &__INVALIDATES,
                ::cached_runtime::__private::global(),
                shape,
                |patterns: &mut ::cached_runtime::__private::Drafts| {
                    patterns.begin_tag(::cached_runtime::__private::On::Always);
                    patterns.text("tenant:");
                    patterns
                        .write({
                            use ::cached_runtime::__private::part::*;
                            (&&&&&::cached_runtime::__private::Value(&self.tenant))
                                .part()
                        });
                    patterns.end(::cached_runtime::__private::Tail::Exact);
                    patterns.begin_tag(::cached_runtime::__private::On::Always);
                    patterns.text("rows:");
                    patterns.write(&id);
                    patterns.end(::cached_runtime::__private::Tail::AtOrBelow);
                },
            )
        };
        invalidation
            .run(
                |_, _| {},
                async move {
                    if let ::core::option::Option::Some(edge) = ::core::option::Option::None::<
                        (),
                    > {
                        return edge;
                    }
                    let __self = self;
                    let id = id;
                    let () = { __self.db.change(id).await };
                },
            )
            .await
    })
}
