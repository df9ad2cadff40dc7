#[invalidates("rows:<id>*")]
async fn change(mut self, id: u64, name: String) -> Option<Row> {
    let invalidation = {
        ::rt::__private::mutator_site! {
            __INVALIDATES, "change", [], [], [("rows:<id>", "Option<Row>", POLICY,
            ["all"]), ("names:<name>", "Option<Row>", ::rt::__private::Policy::new(TTL),
            [])]
        }
        let probe = ::rt::__private::Probe::<Option<Row>>::new();
        let shape = {
            use ::rt::__private::shape::*;
            (&&&&&probe).shape()
        };
        let shape = ::rt::__private::value(shape);
        ::rt::__private::Invalidation::update(
            ::rt::__private::Invalidation::update_tag(
                ::rt::__private::Invalidation::update(
                    ::rt::__private::invalidation(
                        &__INVALIDATES,
                        ::rt::__private::caches(&(self.own)),
                        shape,
                        |_: &mut ::rt::__private::Drafts| {},
                    ),
                    0usize,
                    |key: &mut ::rt::__private::KeyWriter<'_>| {
                        key.text("rows:");
                        ::rt::__private::write(key, &id);
                    },
                ),
                |key: &mut ::rt::__private::KeyWriter<'_>| {
                    key.text("all");
                },
            ),
            1usize,
            |key: &mut ::rt::__private::KeyWriter<'_>| {
                key.text("names:");
                ::rt::__private::write(
                    key,
                    {
                        use ::rt::__private::part::*;
                        (&&&&&::rt::__private::Value(&name)).part()
                    },
                );
            },
        )
    };
    invalidation
        .run(
            |_, _| {},
            async move {
                if let ::core::option::Option::Some(edge) = ::core::option::Option::None::<
                    Option<Row>,
                > {
                    return edge;
                }
                #[allow(unused_imports)]
                use updates as _;
                self.db.change(id, name).await
            },
        )
        .await
}
