//! A body that may run in a task of its own takes along what it works on, whatever form the call has it in.
#![deny(warnings, clippy::all, clippy::pedantic)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    borrow::Cow,
    fmt::Display,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use cached_runtime::{LoadTimeout, Policy, cached};

const LIMIT: Duration = Duration::from_secs(2);
const OFTEN: Policy = Policy::new(Duration::from_mins(1))
    .stale_while_revalidate(Duration::from_secs(10))
    .stale_if_error(Duration::from_secs(20));

#[derive(Clone, Default)]
struct Rows {
    tenant: String,
    loads: Arc<AtomicU32>,
}

#[derive(Debug)]
struct Failed;

impl From<LoadTimeout> for Failed {
    fn from(_: LoadTimeout) -> Self {
        Self
    }
}

#[derive(Clone)]
struct Filter {
    status: u8,
}

impl Rows {
    fn load(&self) -> u32 {
        self.loads.fetch_add(1, Ordering::Relaxed)
    }

    #[cached(
        key = "b-all:<self.tenant>:<id>:<name>:<status>:<filter.status>:<tags>:<word>",
        ttl = "1m",
        stale_while_revalidate = "5m",
        stale_if_error = "1h",
        refresh_ahead = "80%",
        tags("tenant:<self.tenant>", "row:<id>:<name>"),
        store_if = |row: &String| !row.is_empty(),
        timeout = LIMIT,
        skip(path, counts),
        background
    )]
    #[expect(
        clippy::too_many_arguments,
        unused_qualifications,
        reason = "one of each form, and a path that begins as a receiver does"
    )]
    async fn all(
        &self,
        id: u64,
        name: &str,
        mut status: Option<&str>,
        filter: &Filter,
        mut tags: Vec<String>,
        word: Cow<'static, str>,
        path: &Path,
        mut counts: &[u8],
    ) -> Result<String, Failed> {
        self.load();
        tags.push(word.into_owned());
        if let [_, rest @ ..] = counts {
            counts = rest;
        }
        status = status.or(Some("any"));
        let nested = {
            struct Word(u8);
            impl Word {
                fn get(&self) -> u8 {
                    fn same(word: u8) -> u8 {
                        word
                    }
                    same(self.0)
                }
            }
            trait Doubled {
                fn doubled(&self) -> u8;
            }
            impl Doubled for Word {
                fn doubled(&self) -> u8 {
                    self.get() * 2
                }
            }
            Word(filter.status).doubled()
        };
        let tenant = async { self::words(&self.tenant) }.await;
        Ok(format!(
            "{id} {name} {status:?} {nested} {tags:?} {} {counts:?} {tenant} {}",
            path.display(),
            { self.tenant.len() }
        ))
    }

    #[cached(key = "b-arc:<self.tenant>:<id>", policy = OFTEN, background)]
    async fn shared(self: Arc<Self>, id: u64) -> u64 {
        let rows = self;
        rows.load();
        id
    }

    #[cached(
        key = "b-arc-ref:<self.tenant>:<id>",
        ttl = 60,
        refresh_ahead = "auto",
        background
    )]
    async fn shared_ref(self: &Arc<Self>, id: u64) -> Option<u64> {
        let rows = Arc::clone(self);
        rows.load();
        (id > 0).then_some(id)
    }

    #[cached(key = "b-static:<word>:<maybe>", policy = OFTEN, background, skip(_unused))]
    async fn fixed(word: &'static str, maybe: Option<&'static str>, _unused: &str) -> &'static str {
        maybe.unwrap_or(word)
    }
}

fn words(text: &str) -> usize {
    text.split(' ').count()
}

#[cached(
    key = "b-free:<id>:<name>",
    ttl = 60,
    stale_while_revalidate = "1m",
    background
)]
async fn free<T: Display + Clone + Send + Sync + 'static>(
    id: &T,
    name: &(impl AsRef<str> + Clone + Send + Sync + 'static),
) -> String {
    format!("{id} {}", name.as_ref())
}

trait Native {
    async fn row(&self, id: u64) -> u64;

    #[cached(key = "b-default:<id>", policy = OFTEN, background)]
    async fn default_row(&self, id: u64) -> u64
    where
        Self: Clone + Send + Sync + 'static,
    {
        std::future::ready(()).await;
        id
    }
}

impl Native for Rows {
    #[cached(key = "b-native:<id>", policy = OFTEN, background)]
    async fn row(&self, id: u64) -> u64 {
        self.load();
        id
    }
}

#[async_trait]
trait Store: Send + Sync {
    async fn stored(&self, id: u64, name: &str, tags: Vec<String>) -> Result<Arc<str>, Failed>;
}

#[async_trait]
impl Store for Rows {
    #[cached(
        key = "b-async-trait:<self.tenant>:<id>:<name>:<tags>",
        policy = OFTEN,
        timeout = "2s",
        background
    )]
    async fn stored(&self, id: u64, name: &str, mut tags: Vec<String>) -> Result<Arc<str>, Failed> {
        self.load();
        tags.push(name.to_owned());
        Ok(format!("{id} {}", tags.join(" ")).into())
    }
}

#[derive(Clone)]
struct Generic<T>(T);

impl<T: Display + Clone + Send + Sync + 'static> Generic<T> {
    #[cached(key = "b-generic:<self.0>", policy = OFTEN, background)]
    async fn shown(&self) -> String {
        let Self(inner) = self;
        assert_eq!(inner.to_string(), self.0.to_string(), "{self}, {}", 1,);
        let id = 1;
        format!("{self} {id}, {self:>9}{}", format!("{self}"))
    }
}

impl<T: Display> Display for Generic<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("<{}>", self.0))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let rows = Rows {
        tenant: "acme".to_owned(),
        ..Rows::default()
    };
    let filter = Filter { status: 4 };
    for _ in 0..2 {
        let row = rows.all(
            1,
            "Ada",
            None,
            &filter,
            vec!["x".to_owned()],
            "y".into(),
            Path::new("/tmp"),
            &[1, 2],
        );
        assert_eq!(
            row.await.unwrap(),
            r#"1 Ada Some("any") 8 ["x", "y"] /tmp [2] 1 4"#
        );
        let shared = Arc::new(rows.clone());
        assert_eq!(Arc::clone(&shared).shared(2).await, 2);
        assert_eq!(shared.shared_ref(2).await, Some(2));
        assert_eq!(rows.row(3).await, 3);
        assert_eq!(rows.default_row(4).await, 4);
        let store: &dyn Store = &rows;
        let stored = store.stored(1, "Ada", vec!["x".to_owned()]).await;
        assert_eq!(stored.unwrap().as_ref(), "1 x Ada");
    }
    assert_eq!(rows.loads.load(Ordering::Relaxed), 5);
    assert_eq!(Rows::fixed("a", None, "").await, "a");
    assert_eq!(free(&7, &"x").await, "7 x");
    assert_eq!(Generic(7).shown().await, "<7> 1,       <7><7>");
}
