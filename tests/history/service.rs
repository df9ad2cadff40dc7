//! A service over the world.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use cached_runtime::{
    Caches, Key, ManualClock, Policy, Settings, cached, invalidates, key,
    shape::{Alone, Fallible},
    updates,
};

use crate::world::{Place, ROWS, World};

pub(crate) const TTL: Duration = Duration::from_mins(1);
pub(crate) const POLICY: Policy = Policy::new(TTL);

/// With a late life: loaded ahead, handed out meanwhile, and where the load fails.
const LATE: Policy = POLICY
    .refresh_ahead(50)
    .stale_while_revalidate(TTL)
    .stale_if_error(Duration::from_mins(5));

/// What a load brought: when it began, and the versions it saw.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) began: u64,
    pub(crate) saw: Vec<(Place, u64)>,
    /// Stored instead of loaded. The invalidations before it promise nothing of it.
    pub(crate) by_hand: bool,
}

/// Not `Clone`: those who waited for the load that failed load for themselves.
#[derive(Debug)]
pub(crate) struct Failure;

/// How the body of a mutator ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Ok,
    Err,
    Panic,
}

/// What a mutator lets its caller know, however it ends.
#[derive(Debug, Default)]
pub(crate) struct Note {
    /// When its body began and ended; 0 if it did not.
    pub(crate) begun: AtomicU64,
    pub(crate) ended: AtomicU64,
}

#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) caches: Caches,
    pub(crate) clock: ManualClock,
    pub(crate) world: Arc<World>,
}

impl Service {
    pub(crate) fn new(world: World, settings: Settings) -> Self {
        let clock = ManualClock::default();
        Self {
            caches: Caches::builder()
                .clock(clock.clone())
                .defaults(settings)
                .build()
                .unwrap(),
            clock,
            world: Arc::new(world),
        }
    }

    /// A load of one row, slow at both ends, that sometimes fails or panics.
    pub(crate) async fn load(&self, place: Place) -> Result<Arc<Answer>, Failure> {
        let began = self.world.tick();
        self.world.delay().await;
        let saw = vec![(place, self.world.version(place))];
        self.world.delay().await;
        match self.world.dice.below(40) {
            0..3 => Err(Failure),
            3 => panics(),
            _ => Ok(Arc::new(Answer {
                began,
                saw,
                by_hand: false,
            })),
        }
    }

    #[cached(key = "rows:group:<place.group>:row:<place.row>", ttl = "60s", caches = self.caches)]
    pub(crate) async fn row(&self, place: Place) -> Result<Arc<Answer>, Failure> {
        self.load(place).await
    }

    /// An answer made of others.
    #[cached(key = "lists:group:<group>", ttl = "60s", caches = self.caches)]
    pub(crate) async fn list(&self, group: u64) -> Result<Arc<Answer>, Failure> {
        let began = self.world.tick();
        let mut saw = Vec::new();
        for row in 0..ROWS {
            let answer = self.row(Place { group, row }).await?;
            saw.extend(answer.saw.iter().filter(|_| !answer.by_hand));
            self.world.delay().await;
        }
        Ok(Arc::new(Answer {
            began,
            saw,
            by_hand: false,
        }))
    }

    /// The row under another key, tagged with its group, in the background if it may be.
    pub(crate) async fn tagged(
        &self,
        place: Place,
        background: bool,
    ) -> Result<Arc<Answer>, Failure> {
        let Place { group, row } = place;
        let shape = Fallible::<Arc<Answer>, Failure, Alone>::new();
        let key = key!("tagged:group:<group>:row:<row>");
        let lookup = self.caches.cache("tagged").look_up(shape, &key, &LATE);
        let lookup = lookup.tagged(key!("group:<group>"));
        let this = self.clone();
        let load = async move { this.load(place).await };
        if background {
            lookup.load_in_background(|_| true, load).await
        } else {
            lookup.load(load).await
        }
    }

    async fn mutate(&self, place: Place, end: End, note: &Note) -> Result<(), Failure> {
        note.begun.store(self.world.tick(), Ordering::SeqCst);
        self.world.delay().await;
        self.world.change(place);
        self.world.delay().await;
        note.ended.store(self.world.tick(), Ordering::SeqCst);
        match end {
            End::Ok => Ok(()),
            End::Err => Err(Failure),
            End::Panic => panics(),
        }
    }

    #[invalidates("rows:group:<place.group>:row:<place.row>", "lists:group:<place.group>", caches = self.caches)]
    pub(crate) async fn write(&self, place: Place, end: End, note: &Note) -> Result<(), Failure> {
        self.mutate(place, end, note).await
    }

    #[updates(key = "rows:group:<place.group>:row:<place.row>", ttl = "60s", caches = self.caches)]
    #[invalidates("lists:group:<place.group>", caches = self.caches)]
    pub(crate) async fn update(
        &self,
        place: Place,
        end: End,
        note: &Note,
    ) -> Result<Arc<Answer>, Failure> {
        note.begun.store(self.world.tick(), Ordering::SeqCst);
        self.world.delay().await;
        let version = self.world.change(place);
        self.world.delay().await;
        let began = self.world.tick();
        note.ended.store(began, Ordering::SeqCst);
        match end {
            End::Ok => Ok(Arc::new(Answer {
                began,
                saw: vec![(place, version)],
                by_hand: true,
            })),
            End::Err => Err(Failure),
            End::Panic => panics(),
        }
    }

    #[invalidates("lists:*", "rows:group:<place.group>*", caches = self.caches)]
    pub(crate) async fn sweep(&self, place: Place, end: End, note: &Note) -> Result<(), Failure> {
        self.mutate(place, end, note).await
    }

    pub(crate) fn key(place: Place) -> Key {
        Key::parse(&place.key()).unwrap()
    }
}

/// Without a word from the hook for panics.
fn panics() -> ! {
    std::panic::resume_unwind(Box::new(()))
}
