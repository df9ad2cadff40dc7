/// What is cached about conversations.
pub mod conversations {
    use super::Status;
    /// The conversations of a user.
    #[must_use]
    #[inline]
    #[allow(
        dead_code,
        deprecated,
        unreachable_pub,
        clippy::needless_pass_by_value,
        clippy::too_many_arguments
    )]
    pub fn by_user(
        user_id: u64,
        status: Option<&Status>,
    ) -> ::cached_runtime::__private::Key {
        ::cached_runtime::__private::key(|
            key: &mut ::cached_runtime::__private::KeyWriter<'_>|
        {
            key.text("conversations:user:");
            by_user::user_id(key, &user_id);
            key.text(":status:");
            by_user::status(key, &status);
        })
    }
    #[doc(hidden)]
    #[allow(dead_code, non_camel_case_types, unreachable_pub)]
    pub enum by_user {}
    #[doc(hidden)]
    #[allow(dead_code, deprecated, unreachable_pub, clippy::all, clippy::pedantic)]
    impl by_user {
        pub const TEMPLATE: &'static str = "conversations:user:<user_id>:status:<status>";
        #[inline(always)]
        pub fn user_id(
            to: &mut impl ::cached_runtime::__private::TakesPart,
            value: &u64,
        ) {
            ::cached_runtime::__private::TakesPart::take(
                to,
                {
                    use ::cached_runtime::__private::part::*;
                    (&&&&&::cached_runtime::__private::Value(value)).part()
                },
            );
        }
        #[inline(always)]
        pub fn status(
            to: &mut impl ::cached_runtime::__private::TakesPart,
            value: &Option<&Status>,
        ) {
            ::cached_runtime::__private::TakesPart::take(
                to,
                {
                    use ::cached_runtime::__private::part::*;
                    (&&&&&::cached_runtime::__private::Value(value)).part()
                },
            );
        }
    }
    /// One that is gone.
    #[deprecated]
    #[must_use]
    #[inline]
    #[allow(
        dead_code,
        deprecated,
        unreachable_pub,
        clippy::needless_pass_by_value,
        clippy::too_many_arguments
    )]
    pub fn instance(instance_id: &str) -> ::cached_runtime::__private::Key {
        ::cached_runtime::__private::key(|
            key: &mut ::cached_runtime::__private::KeyWriter<'_>|
        {
            key.text("conversations:instance:");
            instance::instance_id(key, &instance_id);
        })
    }
    #[deprecated]
    #[doc(hidden)]
    #[allow(dead_code, non_camel_case_types, unreachable_pub)]
    pub enum instance {}
    #[doc(hidden)]
    #[allow(dead_code, deprecated, unreachable_pub, clippy::all, clippy::pedantic)]
    impl instance {
        pub const TEMPLATE: &'static str = "conversations:instance:<instance_id>";
        #[inline(always)]
        pub fn instance_id(
            to: &mut impl ::cached_runtime::__private::TakesPart,
            value: &str,
        ) {
            ::cached_runtime::__private::TakesPart::take(
                to,
                {
                    use ::cached_runtime::__private::part::*;
                    (&&&&&::cached_runtime::__private::Value(value)).part()
                },
            );
        }
    }
    #[must_use]
    #[inline]
    #[allow(
        dead_code,
        deprecated,
        unreachable_pub,
        clippy::needless_pass_by_value,
        clippy::too_many_arguments
    )]
    pub fn all() -> ::cached_runtime::__private::Key {
        ::cached_runtime::__private::key(|
            key: &mut ::cached_runtime::__private::KeyWriter<'_>|
        {
            key.text("conversations:all");
        })
    }
    #[doc(hidden)]
    #[allow(dead_code, non_camel_case_types, unreachable_pub)]
    pub enum all {}
    #[doc(hidden)]
    #[allow(dead_code, deprecated, unreachable_pub, clippy::all, clippy::pedantic)]
    impl all {
        pub const TEMPLATE: &'static str = "conversations:all";
    }
    #[doc(hidden)]
    #[macro_export]
    #[allow(unused_macros)]
    macro_rules! __keyspace_conversations_fece6811a07cbdb8 {
        (by_user) => {
            "conversations:user:<user_id>:status:<status>"
        };
        (by_user[$($to:tt)*] $($call:tt)*) => {
            $($to)* ! { (key "conversations:user:<user_id>:status:<status>" "u64"
            "Option<&Status>") $($call)* }
        };
        (instance) => {
            "conversations:instance:<instance_id>"
        };
        (instance[$($to:tt)*] $($call:tt)*) => {
            $($to)* ! { (key "conversations:instance:<instance_id>" "&str") $($call)* }
        };
        (all) => {
            "conversations:all"
        };
        (all[$($to:tt)*] $($call:tt)*) => {
            $($to)* ! { (key "conversations:all") $($call)* }
        };
        (in [$($to:tt)*] $($call:tt)*) => {
            $($to)* ! { (all "conversations:user:<user_id>:status:<status>"
            "conversations:instance:<instance_id>" "conversations:all") $($call)* }
        };
        ($other:ident) => {
            ""
        };
        ($other:ident [$($to:tt)*] $($call:tt)*) => {
            $($to)* ! { (unknown $other "by_user" "instance" "all") $($call)* }
        };
    }
    #[doc(hidden)]
    #[allow(unused_imports, unreachable_pub)]
    pub use __keyspace_conversations_fece6811a07cbdb8 as keyspace;
}
