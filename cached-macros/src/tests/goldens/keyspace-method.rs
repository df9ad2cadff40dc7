async fn list(&self, user_id: u64, status: Option<&Status>, trace: u64) -> Rows {
    let missed = {
        ::cached_runtime::__private::cached_site! {
            __CACHED, keys::conversations::keyspace! { by_user }, "list", "Rows",
            ::cached_runtime::__private::Policy::new(::core::time::Duration::from_millis(60000u64)),
            []
        }
        let probe = ::cached_runtime::__private::Probe::<Rows>::new();
        let shape = {
            use ::cached_runtime::__private::shape::*;
            (&&&&&probe).shape()
        };
        let shape = ::cached_runtime::__private::value(shape);
        match ::cached_runtime::__private::lookup(
            &__CACHED,
            ::cached_runtime::__private::global(),
            shape,
            keys::conversations::keyspace! {
                by_user[::cached_runtime::__private::keyed] {
                keys::conversations::by_user } { ::cached_runtime::__private } key cached
                "list" { user_id status trace } { trace } {}
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
                Rows > { return edge; } self.load(user_id, status, trace). await })
            ),
        )
        .await
}
