async fn list(&self, user_id: u64, status: Option<&Status>, trace: u64) -> Rows {
    let lookup = {
        static __CACHED: ::cached_runtime::__private::Site = ::cached_runtime::__private::Site::new(::cached_runtime::__private::Declaration {
            template: keys::conversations::keyspace! {
                by_user
            },
            function: "list",
            value: "Rows",
            policy: ::cached_runtime::__private::Policy::new(
                ::core::time::Duration::from_millis(60000u64),
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
        let probe = ::cached_runtime::__private::Probe::<Rows>::new();
        let shape = {
            use ::cached_runtime::__private::shape::*;
            (&&&&&probe).shape()
        };
        let shape = ::cached_runtime::__private::value(shape);
        ::cached_runtime::__private::lookup(
            &__CACHED,
            ::cached_runtime::__private::global(),
            shape,
            keys::conversations::keyspace! {
                by_user[::cached_runtime::__private::keyed] {
                keys::conversations::by_user } { ::cached_runtime::__private } key cached
                "list" { user_id status trace } { trace } {}
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
                        ::core::option::Option::None:: < Rows > { return edge; } self
                        .load(user_id, status, trace). await }
                    ),
                )
                .await
        }
    }
}
