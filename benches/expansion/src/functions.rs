//! What is expanded: the functions of a service, of several shapes.

use proc_macro2::TokenStream;

use crate::{by_hand, option::Attribute, pipeline, relations};

/// An attribute and the function that it is on; `NUMBER` stands for a number.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) expand: fn(TokenStream, &TokenStream) -> TokenStream,
    arguments: &'static str,
    item: &'static str,
}

pub(crate) const SHAPES: &[Shape] = &[
    Shape {
        name: "#[cached], two parameters",
        expand: pipeline::cached,
        arguments: r#"key = "lists:method_NUMBER:user:<user_id>:status:<status>", ttl = "30m""#,
        item: "async fn list_NUMBER(&self, user_id: u64, status: Option<&str>) -> Result<Rows, Failure> {
            self.0.fetch(NUMBER, user_id, status).await
        }",
    },
    Shape {
        name: "#[cached], every option",
        expand: pipeline::cached,
        arguments: r#"
            key = "lists:method_NUMBER:<self.tenant>:<filter.status>:<page>", policy = policy::QUERY, ttl = "30m", skip(trace), none_ttl = "10s",
            tti = "5m", jitter = "10%", stale_while_revalidate = "5m", stale_if_error = config::KEPT, refresh_ahead = "80%",
            tags("tenant:<self.tenant>", "lists"), store_if = |rows: &Rows| !rows.is_empty(), timeout = "2s", background, caches = self.caches
        "#,
        item: r#"/// Documented.
        #[tracing::instrument(skip(self))]
        pub(crate) async fn list_NUMBER(&self, filter: &Filter, page: u32, trace: &str) -> Result<Option<Arc<Vec<Row>>>, DbError> {
            let mut reader = self.reader(Topic::Conversations).await?;
            let rows = query("SELECT * FROM lists WHERE tenant = ?1 AND status = ?2 LIMIT 50 OFFSET ?3")
                .bind(self.tenant)
                .bind(filter.status)
                .bind(50 * page)
                .fetch_all(&mut *reader)
                .await?;
            if rows.is_empty() {
                return Ok(None);
            }
            Ok(Some(Arc::new(rows.iter().map(|row| Row::read(row, trace)).collect::<Result<_, DbError>>()?)))
        }"#,
    },
    Shape {
        name: "#[cached], of an async trait",
        expand: pipeline::cached,
        arguments: r#"key = "lists:method_NUMBER:<self.tenant>:<id>", ttl = 300"#,
        item: "fn list_NUMBER<'life0, 'life1, 'async_trait>(&'life0 self, id: &'life1 str) -> ::core::pin::Pin<
            Box<dyn ::core::future::Future<Output = Result<Rows, Failure>> + ::core::marker::Send + 'async_trait>,
        >
        where
            'life0: 'async_trait,
            'life1: 'async_trait,
            Self: 'async_trait,
        {
            Box::pin(async move {
                if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<Result<Rows, Failure>> {
                    #[allow(unreachable_code)]
                    return __ret;
                }
                let __self = self;
                let id = id;
                let __ret: Result<Rows, Failure> = { __self.0.fetch(NUMBER, id).await };
                #[allow(unreachable_code)]
                __ret
            })
        }",
    },
    Shape {
        name: "#[invalidates], three patterns",
        expand: |arguments, item| pipeline::mutator(Attribute::Invalidates, arguments, item),
        arguments: r#""lists:method_NUMBER:user:<user_id>*", "messages:<conversation_id>:*", "conversations:instance:<ret.instance_id>""#,
        item: "async fn change_NUMBER(&self, user_id: u64, conversation_id: u64, body: String) -> Result<Message, Failure> {
            self.0.change(NUMBER, user_id, conversation_id, body).await
        }",
    },
    Shape {
        name: "key!, by hand",
        expand: |arguments, _| by_hand::key(arguments),
        arguments: r#""lists:method_NUMBER:user:<user_id>:status:<status>""#,
        item: "",
    },
    Shape {
        name: "pattern!, by hand",
        expand: |arguments, _| by_hand::pattern(arguments),
        arguments: r#""lists:method_NUMBER:user:<user_id>*""#,
        item: "",
    },
    Shape {
        name: "#[coherent], a block of two methods",
        expand: relations::coherent,
        arguments: "",
        item: r#"impl Lists {
            #[cached(key = "lists:method_NUMBER:user:<user_id>", ttl = "30m")]
            async fn list(&self, user_id: u64) -> Result<Rows, Failure> { self.0.fetch(NUMBER, user_id).await }
            #[invalidates("lists:method_NUMBER:user:<user_id>*")]
            async fn change(&self, user_id: u64) -> Result<(), Failure> { self.0.change(NUMBER, user_id).await }
        }"#,
    },
    Shape {
        name: "#[updates] and #[invalidates]",
        expand: |arguments, item| pipeline::mutator(Attribute::Updates, arguments, item),
        arguments: r#"key = "lists:method_NUMBER:<id>", ttl = "30m", tags("team:<team>")"#,
        item: r#"#[invalidates("teams:<team>*", tags("report:<ret.id>"), on = "ok")]
        async fn rename_NUMBER(&self, id: u64, team: u64, name: &str) -> Result<User, Failure> {
            self.0.rename(NUMBER, id, team, name).await
        }"#,
    },
];

/// The arguments of the attribute, and the function without it. What can't be read is empty, and what an attribute makes of
/// that is no function.
pub(crate) fn written(shape: &Shape, number: u32) -> (TokenStream, TokenStream) {
    let tokens = |text: &str| {
        let text = text.replace("NUMBER", &number.to_string());
        text.parse::<TokenStream>().unwrap_or_default()
    };
    (tokens(shape.arguments), tokens(shape.item))
}
