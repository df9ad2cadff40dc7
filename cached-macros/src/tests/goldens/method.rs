async fn rows(
    &self,
    filter: &Filter,
    pair: (u64, u64),
    r#type: u8,
    _page: u32,
) -> Result<Arc<Vec<Row>>, Error> {
    let lookup = {
        static __CACHED: ::cached_runtime::__private::Site = ::cached_runtime::__private::Site::new(::cached_runtime::__private::Declaration {
            template: "rows:<self.tenant>:<filter.status>:<pair.0>:<type>",
            function: "rows",
            value: "Result<Arc<Vec<Row>>, Error>",
            policy: ::cached_runtime::__private::Policy::new(
                ::core::time::Duration::from_millis(300000u64),
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
        let probe = ::cached_runtime::__private::Probe::<
            Result<Arc<Vec<Row>>, Error>,
        >::new();
        let shape = {
            use ::cached_runtime::__private::shape::*;
            (&&&&&probe).shape()
        };
        let shape = ::cached_runtime::__private::value(shape);
        ::cached_runtime::__private::lookup(
            &__CACHED,
            ::cached_runtime::__private::global(),
            shape,
            |key: &mut ::cached_runtime::__private::KeyBuf| {
                key.text("rows:");
                ::cached_runtime::__private::write(
                    key,
                    {
                        use ::cached_runtime::__private::part::*;
                        (&&&&&::cached_runtime::__private::Value(&self.tenant)).part()
                    },
                );
                key.text(":");
                ::cached_runtime::__private::write(
                    key,
                    {
                        use ::cached_runtime::__private::part::*;
                        (&&&&&::cached_runtime::__private::Value(&filter.status)).part()
                    },
                );
                key.text(":");
                ::cached_runtime::__private::write(
                    key,
                    {
                        use ::cached_runtime::__private::part::*;
                        (&&&&&::cached_runtime::__private::Value(&pair.0)).part()
                    },
                );
                key.text(":");
                ::cached_runtime::__private::write(
                    key,
                    {
                        use ::cached_runtime::__private::part::*;
                        (&&&&&::cached_runtime::__private::Value(&r#type)).part()
                    },
                );
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
                        ::core::option::Option::None:: < Result < Arc < Vec < Row > >,
                        Error > > { return edge; } self.db.rows(filter, pair, r#type).
                        await }
                    ),
                )
                .await
        }
    }
}
