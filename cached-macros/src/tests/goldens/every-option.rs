async fn rows(&self, id: u64, trace: &str) -> Option<Rows> {
    let missed = {
        ::rt::__private::cached_site! {
            __CACHED, "rows:<id>", "rows", "Option<Rows>",
            ::rt::__private::Policy::none_ttl(::rt::__private::Policy::tti(::rt::__private::Policy::ttl(policy::QUERY,
            TTL), config::IDLE), ::core::time::Duration::from_millis(10000u64))
            .jitter(10u8), []
        }
        let probe = ::rt::__private::Probe::<Option<Rows>>::new();
        let shape = {
            use ::rt::__private::shape::*;
            (&&&&&probe).shape()
        };
        let shape = ::rt::__private::may_be_absent(shape);
        let shape = ::rt::__private::value(shape);
        let own_id = id;
        match ::rt::__private::lookup(
            &__CACHED,
            ::rt::__private::caches(&(self.caches)),
            shape,
            |key: &mut ::rt::__private::KeyWriter<'_>| {
                key.text("rows:");
                ::rt::__private::write(key, &own_id);
            },
        ) {
            ::rt::__private::Lookup::Hit(answer) => return answer,
            ::rt::__private::Lookup::Missed(missed) => missed,
        }
    };
    ::rt::__private::Missed::load_if(
            missed,
            |rows: &Rows| !rows.is_empty(),
            ::rt::__private::in_place(
                ::core::pin::pin!(
                    ::core::option::Option::Some(async move { if let
                    ::core::option::Option::Some(edge) = ::core::option::Option::None:: <
                    Option < Rows > > { return edge; } load(id, trace). await })
                ),
            ),
        )
        .await
}
