fn by_hand(&self, id: u64, filter: Filter) -> (Key, Pattern) {
    (
        ::cached_runtime::__private::key(|
            key: &mut ::cached_runtime::__private::KeyWriter<'_>|
        {
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
                    (&&&&&::cached_runtime::__private::Value(&self.tenant)).part()
                },
            );
        }),
        ::rt::__private::pattern(|patterns: &mut ::rt::__private::Drafts| {
            patterns.begin(::rt::__private::On::Always);
            patterns.text("rows:");
            patterns.any();
            patterns.text(":");
            patterns
                .write({
                    use ::rt::__private::part::*;
                    (&&&&&::rt::__private::Value(&filter.status)).part()
                });
            patterns.text(":x");
            patterns.end(::rt::__private::Tail::Continues);
        }),
    )
}
