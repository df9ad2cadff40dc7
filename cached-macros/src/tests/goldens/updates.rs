///Kept.
async fn rename(&mut self, id: u64, team: u64) -> Result<User, Error> {
    #![inner]
    let invalidation = {
        ::cached_runtime::__private::mutator_site! {
            __INVALIDATES, "rename", ["lists:<ret.team>*"], ["team:<team>",
            "report:<ret.id>:*"], [("users:<id>", "Result<User, Error>",
            ::cached_runtime::__private::Policy::stale_if_error(::cached_runtime::__private::Policy::new(::core::time::Duration::from_millis(1800000u64)),
            ::core::time::Duration::from_millis(3600000u64)), ["team:<team>"])]
        }
        let probe = ::cached_runtime::__private::Probe::<Result<User, Error>>::new();
        let shape = {
            use ::cached_runtime::__private::shape::*;
            (&&&&&probe).shape()
        };
        let shape = ::cached_runtime::__private::value(shape);
        ::cached_runtime::__private::Invalidation::update_tag(
            ::cached_runtime::__private::Invalidation::update(
                ::cached_runtime::__private::invalidation(
                    &__INVALIDATES,
                    ::cached_runtime::__private::global(),
                    shape,
                    |patterns: &mut ::cached_runtime::__private::Drafts| {
                        patterns.begin(::cached_runtime::__private::On::Ok);
                        patterns.text("lists:");
                        patterns.hole();
                        patterns.end(::cached_runtime::__private::Tail::AtOrBelow);
                        patterns.begin_tag(::cached_runtime::__private::On::Ok);
                        patterns.text("team:");
                        patterns.write(&team);
                        patterns.end(::cached_runtime::__private::Tail::Exact);
                        patterns.begin_tag(::cached_runtime::__private::On::Ok);
                        patterns.text("report:");
                        patterns.hole();
                        patterns.end(::cached_runtime::__private::Tail::Below);
                    },
                ),
                0usize,
                |key: &mut ::cached_runtime::__private::KeyWriter<'_>| {
                    key.text("users:");
                    ::cached_runtime::__private::write(key, &id);
                },
            ),
            |key: &mut ::cached_runtime::__private::KeyWriter<'_>| {
                key.text("team:");
                ::cached_runtime::__private::write(key, &team);
            },
        )
    };
    invalidation
        .run(
            |ret, holes: &mut ::cached_runtime::__private::Holes| {
                holes
                    .write({
                        use ::cached_runtime::__private::part::*;
                        (&&&&&::cached_runtime::__private::Value(&ret.team)).part()
                    });
                holes
                    .write({
                        use ::cached_runtime::__private::part::*;
                        (&&&&&::cached_runtime::__private::Value(&ret.id)).part()
                    });
            },
            async move {
                if let ::core::option::Option::Some(edge) = ::core::option::Option::None::<
                    Result<User, Error>,
                > {
                    return edge;
                }
                #[allow(unused_imports)]
                use cached_runtime::invalidates as _;
                self.db.rename(id).await
            },
        )
        .await
}
