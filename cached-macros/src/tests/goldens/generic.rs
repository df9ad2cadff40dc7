async fn rows<'a, T: Display + ?Sized, const N: usize>(
    self: &Arc<Self>,
    id: &'a T,
    by: impl KeyPart,
    pages: [u8; N],
    trace: Option<&'a str>,
) -> anyhow::Result<Option<Rows>>
where
    T: 'a,
{
    let missed = {
        ::cached_runtime::__private::cached_site! {
            __CACHED, "rows:<id>:<by>:<pages>", "rows", "anyhow::Result<Option<Rows>>",
            ::cached_runtime::__private::Policy::new(::core::time::Duration::from_millis(60000u64)),
            []
        }
        let probe = ::cached_runtime::__private::Probe::<
            anyhow::Result<Option<Rows>>,
        >::new();
        let shape = {
            use ::cached_runtime::__private::shape::*;
            (&&&&&probe).shape()
        };
        let shape = ::cached_runtime::__private::value(shape);
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
                        (&&&&&::cached_runtime::__private::Value(&id)).part()
                    },
                );
                key.text(":");
                ::cached_runtime::__private::write(
                    key,
                    {
                        use ::cached_runtime::__private::part::*;
                        (&&&&&::cached_runtime::__private::Value(&by)).part()
                    },
                );
                key.text(":");
                ::cached_runtime::__private::write(
                    key,
                    {
                        use ::cached_runtime::__private::part::*;
                        (&&&&&::cached_runtime::__private::Value(&pages)).part()
                    },
                );
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
                anyhow::Result < Option < Rows > > > { return edge; } self.db.rows(id
                .to_string(), by, pages). await })
            ),
        )
        .await
}
