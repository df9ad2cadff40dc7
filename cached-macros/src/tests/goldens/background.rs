async fn rows(
    &self,
    id: u64,
    name: &str,
    mut status: Option<&Status>,
    mut tags: Vec<String>,
) -> Result<Rows, Error> {
    let (missed, timed_out) = {
        ::cached_runtime::__private::cached_site! {
            __CACHED, "rows:<id>:<name>:<status>", "rows", "Result<Rows, Error>",
            ::cached_runtime::__private::Policy::new(::core::time::Duration::from_millis(60000u64))
            .refresh_ahead_auto(), ["name:<name>"]
        }
        let probe = ::cached_runtime::__private::Probe::<Result<Rows, Error>>::new();
        let shape = {
            use ::cached_runtime::__private::shape::*;
            (&&&&&probe).shape()
        };
        let shape = ::cached_runtime::__private::value(shape);
        let own_id = id;
        let own_name = name;
        (
            match ::cached_runtime::__private::lookup(
                &__CACHED,
                ::cached_runtime::__private::global(),
                shape,
                |key: &mut ::cached_runtime::__private::KeyWriter<'_>| {
                    key.text("rows:");
                    ::cached_runtime::__private::write(key, &own_id);
                    key.text(":");
                    ::cached_runtime::__private::write(key, &own_name);
                    key.text(":");
                    ::cached_runtime::__private::write(
                        key,
                        {
                            use ::cached_runtime::__private::part::*;
                            (&&&&&::cached_runtime::__private::Value(&status)).part()
                        },
                    );
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
                key.text("name:");
                ::cached_runtime::__private::write(key, &name);
            },
        );
        const __TIMEOUT: ::core::time::Duration = ::cached_runtime::__private::deadline(
            ::core::time::Duration::from_millis(2000u64),
        );
        let __this = ::cached_runtime::__private::own_receiver(&*self);
        ::cached_runtime::__private::own_argument(&id);
        let __name = ::cached_runtime::__private::own_borrowed(&*name);
        let __status = ::cached_runtime::__private::own_optional(*&mut status);
        ::cached_runtime::__private::own_argument(&tags);
        let body = ::std::boxed::Box::pin(
            ::cached_runtime::__private::Missed::within(
                &missed,
                "rows:<id>:<name>:<status>",
                __TIMEOUT,
                timed_out,
                async move {
                    if let ::core::option::Option::Some(edge) = ::core::option::Option::None::<
                        Result<Rows, Error>,
                    > {
                        return edge;
                    }
                    let __self = &__this;
                    #[allow(unused_variables, unused_mut)]
                    let name = ::cached_runtime::__private::lend(&__name);
                    #[allow(unused_variables, unused_mut)]
                    let mut status = ::cached_runtime::__private::lend_optional(
                        &__status,
                    );
                    use self::load;
                    pub(self) struct Own;
                    impl Own {
                        fn get(&self) -> &Self {
                            self
                        }
                    }
                    impl Of<{ 1 }> for Own {
                        fn get(self) {}
                    }
                    fn nested(this: fn(self::Own)) -> bool {
                        self::check(this)
                    }
                    log!(__self, "{}", __self.tenant);
                    tracing::debug!(
                        of = __self.id(), "{self} {id}", id = __self.id, self = __self
                    );
                    let shown = format!("{self:?}", self = __self);
                    self::load(&__self, || { __self.0 + Self::N }, __self.field).await
                },
            ),
        );
        ::cached_runtime::__private::Missed::load_in_background(
                missed,
                |value| keep(value),
                body,
            )
            .await
    }
}
