async fn send(&self, user_id: u64) -> Message {
    let invalidation = {
        ::cached_runtime::__private::mutator_site! {
            __INVALIDATES, "send", [conversations::keyspace! {
            by_user[::cached_runtime::__private::keyed] { conversations::by_user } {
            ::cached_runtime::__private } pattern invalidates "send" { user_id } {} {}
            (user_id, ..) }, conversations::keyspace! {
            instance[::cached_runtime::__private::keyed] { conversations::instance } {
            ::cached_runtime::__private } pattern invalidates "send" { user_id } {} {}
            (ret.id) }, "all:*"], [], []
        }
        all::keyspace! {
            in [::cached_runtime::__private::keyed] { all } "all:*"
        }
        let probe = ::cached_runtime::__private::Probe::<Message>::new();
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
                conversations::keyspace! {
                    by_user[::cached_runtime::__private::keyed] { conversations::by_user
                    } { ::cached_runtime::__private } draft invalidates "send" { user_id
                    } {} { patterns } (user_id, ..)
                };
                patterns.begin(::cached_runtime::__private::On::Always);
                conversations::keyspace! {
                    instance[::cached_runtime::__private::keyed] {
                    conversations::instance } { ::cached_runtime::__private } draft
                    invalidates "send" { user_id } {} { patterns } (ret.id)
                };
                patterns.begin(::cached_runtime::__private::On::Always);
                patterns.text("all");
                patterns.end(::cached_runtime::__private::Tail::Below);
            },
        )
    };
    invalidation
        .run(
            |ret, holes: &mut ::cached_runtime::__private::Holes| {
                conversations::keyspace! {
                    instance[::cached_runtime::__private::keyed] {
                    conversations::instance } { ::cached_runtime::__private } fill
                    invalidates "send" { user_id } {} { holes ret } (ret.id)
                };
            },
            async move {
                if let ::core::option::Option::Some(edge) = ::core::option::Option::None::<
                    Message,
                > {
                    return edge;
                }
                self.send(user_id).await
            },
        )
        .await
}
