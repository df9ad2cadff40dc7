async fn open(&self, user_id: u64) -> Result<Conversation, DbError> {
    let invalidation = {
        ::cached_runtime::__private::mutator_site! {
            __INVALIDATES, "open", ["conversations:instance:<ret.instance_id>",
            "users:<user_id>:<ret.id>*"], [], []
        }
        let probe = ::cached_runtime::__private::Probe::<
            Result<Conversation, DbError>,
        >::new();
        let shape = {
            use ::cached_runtime::__private::shape::*;
            (&&&&&probe).shape()
        };
        ::cached_runtime::__private::invalidation(
            &__INVALIDATES,
            ::cached_runtime::__private::global(),
            shape,
            |patterns: &mut ::cached_runtime::__private::Drafts| {
                patterns.begin(::cached_runtime::__private::On::Ok);
                patterns.text("conversations:instance:");
                patterns.hole();
                patterns.end(::cached_runtime::__private::Tail::Exact);
                patterns.begin(::cached_runtime::__private::On::Ok);
                patterns.text("users:");
                patterns.write(&user_id);
                patterns.text(":");
                patterns.hole();
                patterns.end(::cached_runtime::__private::Tail::AtOrBelow);
            },
        )
    };
    invalidation
        .run(
            |ret, holes: &mut ::cached_runtime::__private::Holes| {
                holes
                    .write({
                        use ::cached_runtime::__private::part::*;
                        (&&&&&::cached_runtime::__private::Value(&ret.instance_id))
                            .part()
                    });
                holes
                    .write({
                        use ::cached_runtime::__private::part::*;
                        (&&&&&::cached_runtime::__private::Value(&ret.id)).part()
                    });
            },
            async move {
                if let ::core::option::Option::Some(edge) = ::core::option::Option::None::<
                    Result<Conversation, DbError>,
                > {
                    return edge;
                }
                self.db.open(user_id).await
            },
        )
        .await
}
