async fn send(
    &self,
    user_id: u64,
    conversation: &Conversation,
    body: String,
) -> Result<Message, DbError> {
    let invalidation = {
        ::cached_runtime::__private::mutator_site! {
            __INVALIDATES, "send", ["conversations:user:<user_id>*",
            "messages:<conversation.id>:*:draft", "drafts:*"], [], []
        }
        let probe = ::cached_runtime::__private::Probe::<
            Result<Message, DbError>,
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
                patterns.begin(::cached_runtime::__private::On::Always);
                patterns.text("conversations:user:");
                patterns.write(&user_id);
                patterns.end(::cached_runtime::__private::Tail::AtOrBelow);
                patterns.begin(::cached_runtime::__private::On::Always);
                patterns.text("messages:");
                patterns
                    .write({
                        use ::cached_runtime::__private::part::*;
                        (&&&&&::cached_runtime::__private::Value(&conversation.id))
                            .part()
                    });
                patterns.text(":");
                patterns.any();
                patterns.text(":draft");
                patterns.end(::cached_runtime::__private::Tail::Exact);
                patterns.begin(::cached_runtime::__private::On::Always);
                patterns.text("drafts");
                patterns.end(::cached_runtime::__private::Tail::Below);
            },
        )
    };
    invalidation
        .run(
            |_, _| {},
            async move {
                if let ::core::option::Option::Some(edge) = ::core::option::Option::None::<
                    Result<Message, DbError>,
                > {
                    return edge;
                }
                self.db.insert(conversation, body).await
            },
        )
        .await
}
