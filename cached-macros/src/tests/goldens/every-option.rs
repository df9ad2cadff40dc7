async fn rows(&self, id: u64, trace: &str) -> Option<Rows> {
    let lookup = {
        static __CACHED: ::rt::__private::Site = ::rt::__private::Site::new(::rt::__private::Declaration {
            template: "rows:<id>",
            function: "rows",
            value: "Option<Rows>",
            policy: ::rt::__private::Policy::none_ttl(
                    ::rt::__private::Policy::tti(
                        ::rt::__private::Policy::ttl(policy::QUERY, TTL),
                        config::IDLE,
                    ),
                    ::core::time::Duration::from_millis(10000u64),
                )
                .jitter(10u8),
            tags: &[],
            location: ::rt::__private::Location {
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
                column: ::core::column!(),
            },
        });
        ::rt::__private::inventory::submit! {
            ::rt::__private::Registration(& __CACHED)
        }
        let probe = ::rt::__private::Probe::<Option<Rows>>::new();
        let shape = {
            use ::rt::__private::shape::*;
            (&&&&&probe).shape()
        };
        let shape = ::rt::__private::may_be_absent(shape);
        let shape = ::rt::__private::value(shape);
        ::rt::__private::lookup(
            &__CACHED,
            ::rt::__private::caches(&(self.caches)),
            shape,
            |key: &mut ::rt::__private::KeyBuf| {
                key.text("rows:");
                ::rt::__private::write(
                    key,
                    {
                        use ::rt::__private::part::*;
                        (&&&&&::rt::__private::Value(&id)).part()
                    },
                );
            },
        )
    };
    match lookup {
        ::rt::__private::Lookup::Hit(answer) => answer,
        ::rt::__private::Lookup::Missed(missed) => {
            ::rt::__private::Missed::load_if(
                    missed,
                    |rows: &Rows| !rows.is_empty(),
                    ::core::pin::pin!(
                        async move { if let ::core::option::Option::Some(edge) =
                        ::core::option::Option::None:: < Option < Rows > > { return edge;
                        } load(id, trace). await }
                    ),
                )
                .await
        }
    }
}
