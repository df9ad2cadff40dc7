//! What the options of `#[cached]` come to, as far as the macro has a part in it.

use std::{
    fmt,
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use cached_runtime::{Caches, LoadTimeout, ManualClock, cached};
use tokio::{sync::Semaphore, time::Instant};

use crate::stage::{caches, seconds, settle};

const LIMIT: Duration = Duration::from_secs(2);

struct Service {
    caches: Caches,
    clones: Arc<AtomicUsize>,
    loads: Arc<AtomicUsize>,
    go: Arc<Semaphore>,
}

impl Clone for Service {
    fn clone(&self) -> Self {
        self.clones.fetch_add(1, Relaxed);
        Self {
            caches: self.caches.clone(),
            clones: Arc::clone(&self.clones),
            loads: Arc::clone(&self.loads),
            go: Arc::clone(&self.go),
        }
    }
}

/// Counts how often it is written.
#[derive(Default)]
struct Team(AtomicUsize);

impl fmt::Display for Team {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fetch_add(1, Relaxed);
        f.write_str("7")
    }
}

#[derive(Debug, PartialEq)]
struct Late(LoadTimeout);

impl From<LoadTimeout> for Late {
    fn from(late: LoadTimeout) -> Self {
        Self(late)
    }
}

impl Service {
    fn new() -> (Self, ManualClock) {
        let (caches, clock) = caches();
        let service = Self {
            caches,
            clones: Arc::default(),
            loads: Arc::default(),
            go: Arc::new(Semaphore::new(0)),
        };
        (service, clock)
    }

    #[cached(key = "rows:<id>", ttl = 60, tags("team:<team>"), skip(team), caches = self.caches)]
    async fn tagged(&self, id: u64, team: &Team) -> u64 {
        id
    }

    #[cached(key = "rows:<id>", ttl = 60, timeout = LIMIT, skip(hangs), caches = self.caches)]
    async fn limited(&self, id: u64, hangs: bool) -> Result<u64, Late> {
        if hangs {
            pending::<()>().await;
        }
        Ok(id)
    }

    #[cached(
        key = "rows:<name>:<part>",
        ttl = 60,
        stale_while_revalidate = "1m",
        timeout = "1h",
        caches = self.caches,
        background
    )]
    async fn behind(&self, name: &str, part: Option<&str>) -> Result<(String, usize), Late> {
        self.go.acquire().await.unwrap().forget();
        let load = self.loads.fetch_add(1, Relaxed);
        Ok((format!("{name} {}", part.unwrap_or("whole")), load))
    }
}

#[tokio::test]
async fn tags_are_written_by_calls_only_that_load() {
    let (service, _) = Service::new();
    let team = Team::default();
    assert_eq!(service.tagged(1, &team).await, 1);
    let written = team.0.load(Relaxed);
    assert!(written > 0);
    assert_eq!(service.tagged(1, &team).await, 1);
    assert_eq!(team.0.load(Relaxed), written);
}

#[tokio::test(start_paused = true)]
async fn a_load_that_takes_too_long_is_the_error_of_the_method() {
    let (service, _) = Service::new();
    let begun = Instant::now();
    let Late(late) = service.limited(1, true).await.unwrap_err();
    assert_eq!(begun.elapsed(), LIMIT);
    assert_eq!((late.template, late.after), ("rows:<id>", LIMIT));
    assert_eq!(service.limited(1, false).await, Ok(1));
    assert_eq!(service.limited(1, true).await, Ok(1), "stored");
}

#[tokio::test]
async fn a_background_load_outlives_its_call_with_what_it_took_along() {
    let (service, clock) = Service::new();
    service.go.add_permits(1);
    let call = async |name: &str, part: Option<&str>| {
        let (name, part) = (name.to_owned(), part.map(str::to_owned));
        service.behind(&name, part.as_deref()).await.unwrap()
    };
    assert_eq!(call("a", None).await, ("a whole".to_owned(), 0));
    assert_eq!(call("a", None).await, ("a whole".to_owned(), 0));
    assert_eq!(service.clones.swap(0, Relaxed), 1, "a hit clones nothing");

    clock.advance(seconds(61));
    assert_eq!(call("a", None).await, ("a whole".to_owned(), 0), "at once");
    assert_eq!(service.clones.load(Relaxed), 1);
    settle().await;
    service.go.add_permits(1);
    settle().await;
    assert_eq!(call("a", None).await, ("a whole".to_owned(), 1));
    assert_eq!(service.loads.load(Relaxed), 2);

    service.go.add_permits(1);
    assert_eq!(call("a", Some("half")).await, ("a half".to_owned(), 2));
}
