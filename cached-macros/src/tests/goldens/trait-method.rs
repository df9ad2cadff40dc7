async fn rows(&self, id: Option<u64>) -> Reply<Rows>
where
    Self: Sync,
{
    let missed = {
        ::cached_runtime::__private::cached_site! {
            __CACHED, "rows:<id>", "rows", "Reply<Rows>",
            ::cached_runtime::__private::Policy::none_ttl(policy::QUERY,
            ::core::time::Duration::from_millis(5000u64)), []
        }
        let probe = ::cached_runtime::__private::Probe::<Reply<Rows>>::new();
        let shape = {
            use ::cached_runtime::__private::shape::*;
            (&&&&&probe).shape()
        };
        let shape = ::cached_runtime::__private::may_be_absent(shape);
        let shape = ::cached_runtime::__private::value(shape);
        let own_id = id;
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
        }
    };
    ::cached_runtime::__private::load(
            missed,
            ::core::pin::pin!(
                ::core::option::Option::Some(async move { if let
                ::core::option::Option::Some(edge) = ::core::option::Option::None:: <
                Reply < Rows > > { return edge; } self.all(). await ? .get(id) })
            ),
        )
        .await
}
