//! Goes one way through the toolkit a given number of times, so that `scripts/instructions` can count what it takes.
//!
//! A run counts start-up, filling and the end too. Two runs of different lengths do the same but for the difference.

use std::{
    env,
    pin::pin,
    process::ExitCode,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use cached_runtime::{Caches, Error, Settings, cached, keyspace, pattern};

type Rows = Arc<Vec<u64>>;

const STATUSES: [&str; 10] = [
    "open",
    "closed",
    "draft",
    "waiting",
    "archived",
    "active",
    "pending",
    "resolved",
    "escalated",
    "spam",
];
const ENTRIES: u64 = 10_000;
/// Users whose answers are there to be invalidated, whatever the length of the run.
const USERS: u64 = 1_000;
const STATUSES_OF_A_USER: u64 = STATUSES.len() as u64;

struct Service {
    caches: Caches,
    rows: Rows,
}

impl Service {
    fn new(capacity: u64) -> Result<Self, Error> {
        let settings = Settings::new().capacity(capacity);
        Ok(Self {
            caches: Caches::builder().settings("lists", settings).build()?,
            rows: Rows::default(),
        })
    }

    #[cached(key = "lists:user:<user_id>:status:<status>", ttl = "30m", caches = self.caches)]
    async fn list(&self, user_id: u64, status: Option<&str>) -> Result<Rows, Error> {
        let _ = (user_id, status);
        Ok(Arc::clone(&self.rows))
    }

    fn call(&self, n: u64) {
        let answer = now(self.list(1_000_000 + n / STATUSES_OF_A_USER, status(n)));
        assert!(answer.is_ok());
    }

    fn calls(&self, first: u64, calls: u64) {
        (first..first + calls).for_each(|n| self.call(n));
    }

    fn misses(&self) -> u64 {
        self.caches.cache("lists").stats().misses
    }
}

fn status(n: u64) -> Option<&'static str> {
    let at = usize::try_from(n % STATUSES_OF_A_USER).unwrap_or(0);
    STATUSES.get(at).copied()
}

fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("there is nothing to wait for"),
    }
}

/// On the caches that an attribute uses when it names none.
fn hits(cache: &str, count: u64, call: impl Fn(u64) -> u64) -> Result<(), Error> {
    let settings = Settings::new().capacity(2 * ENTRIES);
    Caches::builder().settings(cache, settings).install()?;
    for n in (0..ENTRIES).chain((0..count).map(|n| n % ENTRIES)) {
        assert_eq!(call(n), n);
    }
    let stats = Caches::global().cache(cache).stats();
    assert_eq!(stats.misses, ENTRIES);
    Ok(())
}

#[cached(key = "names:user:<user_id>:status:<status>", ttl = "30m")]
async fn name(user_id: u64, status: Option<&str>) -> u64 {
    let _ = status;
    user_id
}

keyspace! {
    /// The same as for `name`, declared elsewhere.
    mod titles {
        one(user_id: u64, status: Option<&str>) = "title:user:<user_id>:status:<status>";
    }
}

#[cached(key = titles::one, ttl = "30m")]
async fn title(user_id: u64, status: Option<&str>) -> u64 {
    let _ = status;
    user_id
}

/// On caches in a field of the service.
fn hits_of_own(count: u64) -> Result<(), Error> {
    let service = Service::new(2 * ENTRIES)?;
    service.calls(0, ENTRIES);
    for n in 0..count {
        service.call(n % ENTRIES);
    }
    assert_eq!(service.misses(), ENTRIES);
    Ok(())
}

/// Into a cache that is full, so each also evicts.
fn misses(count: u64) -> Result<(), Error> {
    let service = Service::new(ENTRIES)?;
    service.calls(0, 2 * ENTRIES + count);
    assert_eq!(service.misses(), 2 * ENTRIES + count);
    Ok(())
}

/// Of the ten answers of a user, the giving back of their memory included.
fn invalidations(count: u64) -> Result<(), Error> {
    assert!(count <= USERS, "there are {USERS} users");
    let service = Service::new(2 * USERS * STATUSES_OF_A_USER)?;
    service.calls(0, USERS * STATUSES_OF_A_USER);
    for user_id in 1_000_000..1_000_000 + count {
        let done = now(service.caches.invalidate(pattern!("lists:user:<user_id>*")));
        assert!(done.is_ok());
    }
    let lists = service.caches.cache("lists");
    lists.run_pending_tasks();
    let left = (USERS - count) * STATUSES_OF_A_USER;
    assert_eq!(lists.stats().entries, left);
    Ok(())
}

#[expect(clippy::print_stderr, reason = "that is how a program is refused")]
fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let count = arguments.next().and_then(|count| count.parse().ok());
    let done = match (what.as_str(), count) {
        ("hit", Some(count)) => hits("names", count, |n| now(name(n, status(n)))),
        ("hit-keyspace", Some(count)) => hits("title", count, |n| now(title(n, status(n)))),
        ("hit-own-caches", Some(count)) => hits_of_own(count),
        ("miss", Some(count)) => misses(count),
        ("invalidation", Some(count)) => invalidations(count),
        _ => {
            eprintln!(
                "usage: instructions hit|hit-keyspace|hit-own-caches|miss|invalidation COUNT"
            );
            return ExitCode::FAILURE;
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(refused) => {
            eprintln!("{refused}");
            ExitCode::FAILURE
        }
    }
}
