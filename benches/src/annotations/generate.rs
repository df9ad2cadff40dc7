//! Programs of some functions each, the same ones in different ways.

use std::fmt::Write as _;

/// How the functions of a program are written.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// Of its packages.
    pub(super) slug: &'static str,
    /// What all of its functions stand on.
    head: &'static str,
    /// One function; `NUMBER` stands for its number.
    function: &'static str,
    /// How `main` calls it.
    call: &'static str,
}

/// Without anything.
pub(super) const PLAIN: &str = "plain";

/// Annotated functions, and the wrappers by hand that do the same.
pub(super) const COUNTERPARTS: [[&str; 2]; 2] = [
    ["cached-runtime", "wrapper"],
    ["invalidates", "wrapper-invalidates"],
];

pub(super) const KINDS: [Kind; 7] = [
    Kind {
        name: "– no attribute",
        slug: PLAIN,
        head: "
struct Service(Source);
fn service() -> Service { Service(Source::default()) }
",
        function: r"
    async fn list_NUMBER(&self, user_id: u64, status: Option<&str>) -> Result<Rows, Failure> {
        self.0.fetch(NUMBER, user_id, status).await
    }
",
        call: r#"service.list_NUMBER(user_id, Some("open"))"#,
    },
    Kind {
        name: "this toolkit, #[cached]",
        slug: "cached-runtime",
        head: "
struct Service(Source);
fn service() -> Service { Service(Source::default()) }
",
        function: r#"
    #[cached_runtime::cached(key = "lists:method_NUMBER:user:<user_id>:status:<status>", ttl = "30m")]
    async fn list_NUMBER(&self, user_id: u64, status: Option<&str>) -> Result<Rows, Failure> {
        self.0.fetch(NUMBER, user_id, status).await
    }
"#,
        call: r#"service.list_NUMBER(user_id, Some("open"))"#,
    },
    Kind {
        name: "this toolkit, #[invalidates]",
        slug: "invalidates",
        head: "
struct Service(Source);
fn service() -> Service { Service(Source::default()) }
",
        function: r#"
    #[cached_runtime::invalidates("lists:method_NUMBER:user:<user_id>*")]
    async fn list_NUMBER(&self, user_id: u64, status: Option<&str>) -> Result<Rows, Failure> {
        self.0.fetch(NUMBER, user_id, status).await
    }
"#,
        call: r#"service.list_NUMBER(user_id, Some("open"))"#,
    },
    Kind {
        name: "by hand: this toolkit, get_or_load",
        slug: "wrapper",
        head: "
use cached_runtime::{Cache, Caches, Policy, key};
struct Service(Source, Cache);
fn service() -> Service { Service(Source::default(), Caches::global().cache(\"lists\")) }
",
        function: r#"
    async fn list_NUMBER(&self, user_id: u64, status: Option<&str>) -> Result<Rows, Failure> {
        const POLICY: Policy = Policy::new(std::time::Duration::from_secs(1_800));
        let key = key!("lists:method_NUMBER:user:<user_id>:status:<status>");
        let load = async { self.0.fetch(NUMBER, user_id, status).await };
        self.1.get_or_load(&key, &POLICY, load).await
    }
"#,
        call: r#"service.list_NUMBER(user_id, Some("open"))"#,
    },
    Kind {
        name: "by hand: this toolkit, invalidate",
        slug: "wrapper-invalidates",
        head: "
use cached_runtime::{Caches, pattern};
struct Service(Source);
fn service() -> Service { Service(Source::default()) }
",
        function: r#"
    async fn list_NUMBER(&self, user_id: u64, status: Option<&str>) -> Result<Rows, Failure> {
        let answer = async { self.0.fetch(NUMBER, user_id, status).await }.await;
        let pattern = pattern!("lists:method_NUMBER:user:<user_id>*");
        let _ = Caches::global().invalidate(pattern).await;
        answer
    }
"#,
        call: r#"service.list_NUMBER(user_id, Some("open"))"#,
    },
    Kind {
        name: "by hand: moka, try_get_with",
        slug: "by-hand",
        head: "
struct Service(Source, moka::future::Cache<String, Rows>);
fn service() -> Service {
    let cache = moka::future::Cache::builder()
        .max_capacity(10_000)
        .time_to_live(std::time::Duration::from_secs(1_800));
    Service(Source::default(), cache.build())
}
",
        function: r#"
    async fn list_NUMBER(&self, user_id: u64, status: Option<&str>) -> Result<Rows, Failure> {
        let key = format!("lists:method_NUMBER:user:{user_id}:status:{}", status.unwrap_or_default());
        let load = self.0.fetch(NUMBER, user_id, status);
        self.1.try_get_with(key, load).await.map_err(|failure| Failure::clone(&failure))
    }
"#,
        call: r#"service.list_NUMBER(user_id, Some("open"))"#,
    },
    Kind {
        name: "cached 4, #[concurrent_cached]",
        slug: "cached",
        head: "
struct Service(Source);
fn service() -> Service { Service(Source::default()) }
",
        function: r#"
    #[cached::macros::concurrent_cached(
        in_impl = true,
        ttl_secs = 1800,
        key = "String",
        convert = { format!("lists:method_NUMBER:user:{user_id}:status:{}", status.unwrap_or_default()) }
    )]
    async fn list_NUMBER(&self, user_id: u64, status: Option<&str>) -> Result<Rows, Failure> {
        self.0.fetch(NUMBER, user_id, status).await
    }
"#,
        call: r#"service.list_NUMBER(user_id, Some("open"))"#,
    },
];

const SHARED: &str = r#"
use std::{pin::pin, sync::Arc, task::{Context, Poll, Waker}};

type Rows = Arc<Vec<u64>>;

#[derive(Clone, Debug)]
pub struct Failure;

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("failed")
    }
}

impl std::error::Error for Failure {}

#[derive(Default)]
struct Source(Rows);

impl Source {
    #[inline(never)]
    async fn fetch(&self, method: u32, user_id: u64, status: Option<&str>) -> Result<Rows, Failure> {
        std::hint::black_box((method, user_id, status));
        Ok(self.0.clone())
    }
}

fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("there is nothing to wait for"),
    }
}
"#;

impl Kind {
    pub(super) fn package(&self, functions: u32) -> String {
        format!("{}-{functions}", self.slug)
    }

    /// A program that calls each of its functions once, so that none is left out of it.
    pub(super) fn program(&self, functions: u32) -> String {
        let Self {
            head,
            function,
            call,
            ..
        } = self;
        let mut program = format!("{SHARED}{head}\nimpl Service {{\n");
        let mut main = String::from(
            "fn main() {\n    let service = service();\n    let user_id = std::env::args().count() as u64;\n    let mut rows = 0;\n",
        );
        for n in 0..functions {
            let n = n.to_string();
            program.push_str(&function.replace("NUMBER", &n));
            let call = call.replace("NUMBER", &n);
            // Writing to a string does not fail.
            let _ = writeln!(
                main,
                "    rows += now({call}).map_or(0, |rows| rows.len() + 1);"
            );
        }
        let _ = write!(
            main,
            "    assert_eq!(rows, {functions});\n    println!(\"{{rows}} answers\");\n}}\n"
        );
        program.push_str("}\n\n");
        program.push_str(&main);
        program
    }
}
