async fn rows(&self, id: u64) -> Result<Rows, Error> {
    let (missed, timed_out) = {
        ::cached_runtime::__private::cached_site! {
            __CACHED, "rows:<id>", "rows", "Result<Rows, Error>",
            ::cached_runtime::__private::Policy::stale_if_error(::cached_runtime::__private::Policy::stale_while_revalidate(::cached_runtime::__private::without_windows(policy::QUERY),
            ::core::time::Duration::from_millis(300000u64)), config::KEPT)
            .refresh_ahead(80u8), ["tenant:<self.tenant>", "rows"]
        }
        let probe = ::cached_runtime::__private::Probe::<Result<Rows, Error>>::new();
        let shape = {
            use ::cached_runtime::__private::shape::*;
            (&&&&&probe).shape()
        };
        let shape = ::cached_runtime::__private::value(shape);
        let own_id = id;
        (
            match ::cached_runtime::__private::lookup(
                &__CACHED,
                ::cached_runtime::__private::global(),
                shape,
                |key: &mut ::cached_runtime::__private::KeyWriter<'_>| {
                    key.text("rows:");
                    ::cached_runtime::__private::write(key, &own_id);
                },
            ) {
                ::cached_runtime::__private::Lookup::Hit(answer) => return answer,
                ::cached_runtime::__private::Lookup::Missed(missed) => missed,
            },
            ::cached_runtime::__private::may_time_out(shape),
        )
    };
    {
        let missed = ::cached_runtime::__private::Missed::tag(
            missed,
            |key: &mut ::cached_runtime::__private::KeyWriter<'_>| {
                key.text("tenant:");
                ::cached_runtime::__private::write(
                    key,
                    {
                        use ::cached_runtime::__private::part::*;
                        (&&&&&::cached_runtime::__private::Value(&self.tenant)).part()
                    },
                );
            },
        );
        let missed = ::cached_runtime::__private::Missed::tag(
            missed,
            |key: &mut ::cached_runtime::__private::KeyWriter<'_>| {
                key.text("rows");
            },
        );
        const __TIMEOUT: ::core::time::Duration = ::cached_runtime::__private::deadline(
            config::LIMIT,
        );
        let body = ::core::pin::pin!(
            ::core::option::Option::Some(::cached_runtime::__private::Missed::within(&
            missed, "rows:<id>", __TIMEOUT, timed_out, async move { if let
            ::core::option::Option::Some(edge) = ::core::option::Option::None:: < Result
            < Rows, Error > > { return edge; } self.load(id). await }))
        );
        let answer = ::cached_runtime::__private::load(missed, body).await;
        answer
    }
}
