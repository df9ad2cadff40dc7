async fn rows(
    &self,
    filter: &Filter,
    pair: (u64, u64),
    r#type: u8,
    _page: u32,
) -> Result<Arc<Vec<Row>>, Error> {
    let missed = {
        ::cached_runtime::__private::cached_site! {
            __CACHED, "rows:<self.tenant>:<filter.status>:<pair.0>:<type>", "rows",
            "Result<Arc<Vec<Row>>, Error>",
            ::cached_runtime::__private::Policy::new(::core::time::Duration::from_millis(300000u64)),
            []
        }
        let probe = ::cached_runtime::__private::Probe::<
            Result<Arc<Vec<Row>>, Error>,
        >::new();
        let shape = {
            use ::cached_runtime::__private::shape::*;
            (&&&&&probe).shape()
        };
        let shape = ::cached_runtime::__private::value(shape);
        let own_type = r#type;
        match ::cached_runtime::__private::lookup(
            &__CACHED,
            ::cached_runtime::__private::global(),
            shape,
            |key: &mut ::cached_runtime::__private::KeyWriter<'_>| {
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
                ::cached_runtime::__private::write(key, &own_type);
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
                Result < Arc < Vec < Row > >, Error > > { return edge; } self.db
                .rows(filter, pair, r#type). await })
            ),
        )
        .await
}
