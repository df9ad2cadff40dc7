//! What a task does, and how it records it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use cached_runtime::{Caches, Pattern, only_if_cached, pattern, reload, transaction};
use cached_tests::{History, Invalidation, Read, Span};

use crate::{
    dice::Dice,
    limit::run,
    service::{Answer, End, Failure, Note, POLICY, Service, TTL},
    world::{GROUPS, Place, ROWS},
};

/// An invalidation by hand.
enum Way {
    Remove(Place),
    Keys(String),
    /// Where answers have no late life it is as good as an invalidation.
    Expire(String),
    Tag(Place),
    ClearLists,
    ClearAll,
}

impl Way {
    /// Some way to invalidate a row, or what is made of it.
    fn thrown(dice: &Dice, place: Place) -> Self {
        let Place { group, row } = place;
        match dice.below(25) {
            0..4 => Self::Remove(place),
            4..7 => Self::Keys(place.key()),
            7..10 => Self::Keys(format!("rows:group:{group}{{,:*}}")),
            10..12 => Self::Keys(format!("rows:group:*:row:{row}")),
            12 | 13 => Self::Keys("rows:gr*".to_owned()),
            14 => Self::Keys("rows:*".to_owned()),
            15 => Self::Keys(format!("lists:group:{group}")),
            16 => Self::Keys(tagged(place)),
            17..20 => Self::Tag(place),
            20 => Self::Expire(place.key()),
            21 | 22 => Self::Expire(format!("rows:group:{group}{{,:*}}")),
            23 => Self::ClearLists,
            _ => Self::ClearAll,
        }
    }

    /// All that it is about.
    fn patterns(&self) -> Vec<String> {
        match self {
            Self::Remove(place) => vec![place.key()],
            Self::Keys(pattern) | Self::Expire(pattern) => vec![pattern.clone()],
            Self::Tag(place) => vec![format!("tagged:group:{}{{,:*}}", place.group)],
            Self::ClearLists => vec!["lists:*".to_owned()],
            Self::ClearAll => ["rows:*", "lists:*", "tagged:*"]
                .map(str::to_owned)
                .to_vec(),
        }
    }

    async fn invalidate(&self, caches: &Caches) {
        match self {
            Self::Remove(place) => caches.cache("rows").remove(&Service::key(*place)).await,
            Self::Keys(pattern) => caches.invalidate(&**pattern).await.unwrap(),
            Self::Expire(pattern) => caches.expire(&**pattern).await.unwrap(),
            Self::Tag(place) => {
                let tag = pattern!("group:<place.group>");
                caches.invalidate_tag(tag).await.unwrap();
            }
            Self::ClearLists => caches.cache("lists").clear().await,
            Self::ClearAll => caches.clear().await,
        }
    }
}

/// One of several tasks.
pub(crate) struct Task {
    name: u64,
    dice: Dice,
    service: Service,
    history: History,
}

/// The rows of this number belong to one task each, which writes them through the cache.
const OWNED: u64 = 0;

impl Task {
    pub(crate) fn new(name: u64, seed: u64, service: &Service) -> Self {
        Self {
            name,
            dice: Dice::new(seed.wrapping_mul(1_000) + name + 1),
            service: service.clone(),
            history: History::default(),
        }
    }

    /// Carries out so many operations, and returns its reads and invalidations.
    pub(crate) async fn run(mut self, operations: usize) -> History {
        for _ in 0..operations {
            self.operate().await;
            self.service.world.delay().await;
        }
        self.history
    }

    /// Reads everything once.
    pub(crate) async fn last(seed: u64, service: &Service) -> History {
        let mut task = Self::new(GROUPS, seed, service);
        service.caches.set_enabled(true);
        for place in Place::all() {
            task.read(&place.key(), None, service.row(place)).await;
            let key = tagged(place);
            task.read(&key, None, service.tagged(place, false)).await;
        }
        for group in 0..GROUPS {
            let key = format!("lists:group:{group}");
            task.read(&key, None, service.list(group)).await;
        }
        task.history
    }

    async fn operate(&mut self) {
        let service = self.service.clone();
        let place = self.place();
        let row = place.key();
        let list = format!("lists:group:{}", place.group);
        let polls = self.dice.percent(10).then(|| self.dice.below(6));
        match self.dice.below(100) {
            0..30 => self.read(&row, polls, service.row(place)).await,
            30..40 => {
                let key = tagged(place);
                let background = self.dice.percent(50);
                self.read(&key, polls, service.tagged(place, background))
                    .await;
            }
            40..50 => self.read(&list, polls, service.list(place.group)).await,
            50..56 => self.read(&row, polls, reload(service.row(place))).await,
            56..58 => {
                let call = reload(service.list(place.group));
                self.read(&list, polls, call).await;
            }
            58..62 => {
                let rows = service.caches.cache("rows");
                let key = Service::key(place);
                let call = rows.get_or_load(&key, &POLICY, service.load(place));
                self.read(&row, polls, call).await;
            }
            62..65 => {
                let (rows, key) = (service.caches.cache("rows"), Service::key(place));
                let call = async { rows.get(&key).ok_or(Failure) };
                self.read(&row, None, call).await;
            }
            65..67 => {
                let call = only_if_cached(service.list(place.group));
                let call = async { call.await.unwrap_or(Err(Failure)) };
                self.read(&list, None, call).await;
            }
            67..72 => self.write(place, polls).await,
            72..75 => self.update(place, polls).await,
            75..77 => self.transact(polls).await,
            77..80 => self.sweep(place, polls).await,
            80..91 => self.change_and_invalidate(place).await,
            91..94 => self.write_through(),
            94..97 => service.clock.advance(TTL / 8),
            97 => service.caches.set_enabled(false),
            98 => service.caches.set_enabled(true),
            _ => service.caches.cache("rows").run_pending_tasks(),
        }
        // Off for a short time only, or nothing would be tested.
        if !service.caches.is_enabled() && self.dice.percent(30) {
            service.caches.set_enabled(true);
        }
    }

    fn place(&self) -> Place {
        Place {
            group: self.dice.below(GROUPS),
            row: self.dice.below(ROWS),
        }
    }

    async fn read(
        &mut self,
        key: &str,
        polls: Option<u64>,
        call: impl Future<Output = Result<Arc<Answer>, Failure>>,
    ) {
        let world = Arc::clone(&self.service.world);
        let start = world.tick();
        if let Some(Ok(answer)) = run(call, polls, || {}).await {
            let saw = answer
                .saw
                .iter()
                .map(|&(place, version)| (place.key(), version));
            self.history.reads.push(Read {
                key: key.to_owned(),
                span: Span {
                    start,
                    end: world.tick(),
                },
                began: answer.began,
                saw: saw.collect(),
            });
        }
    }

    fn end(&self) -> End {
        match self.dice.below(4) {
            0 => End::Err,
            1 => End::Panic,
            _ => End::Ok,
        }
    }

    async fn write(&mut self, place: Place, polls: Option<u64>) {
        let (service, note, end) = (self.service.clone(), Note::default(), self.end());
        let place = not_owned(place);
        let call = service.write(place, end, &note);
        let patterns = about(place);
        self.mutate(call, &note, polls, &patterns).await;
    }

    async fn sweep(&mut self, place: Place, polls: Option<u64>) {
        let (service, note, end) = (self.service.clone(), Note::default(), self.end());
        let place = not_owned(place);
        let call = service.sweep(place, end, &note);
        let group = format!("rows:group:{}{{,:*}}", place.group);
        self.mutate(call, &note, polls, &["lists:*".to_owned(), group])
            .await;
    }

    async fn update(&mut self, place: Place, polls: Option<u64>) {
        let (service, note, end) = (self.service.clone(), Note::default(), self.end());
        let place = not_owned(place);
        let call = service.update(place, end, &note);
        let patterns = about(place);
        if let Some(Ok(answer)) = self.mutate(call, &note, polls, &patterns).await {
            let span = Span {
                start: answer.began,
                end: service.world.tick(),
            };
            self.history.insertions.push(span);
        }
    }

    /// Two mutators as one, and a read between them.
    async fn transact(&mut self, polls: Option<u64>) {
        let service = self.service.clone();
        let places = [(); 2].map(|()| not_owned(self.place()));
        let ends = [(); 2].map(|()| self.end());
        let notes = [Note::default(), Note::default()];
        let block = transaction(async {
            for ((place, end), note) in places.into_iter().zip(ends).zip(&notes) {
                // What came of them is no matter.
                let _ = service.write(place, end, note).await;
                let _ = service.row(places[0]).await;
            }
        });
        let (_, span) = self.timed(block, polls).await;
        let begun =
            (places.iter().zip(&notes)).filter(|(_, note)| note.begun.load(Ordering::SeqCst) != 0);
        let patterns: Vec<_> = begun.flat_map(|(place, _)| about(*place)).collect();
        let ended = notes.map(|note| note.ended.into_inner());
        let start = ended.into_iter().fold(span.start, u64::max);
        if !patterns.is_empty() {
            self.invalidated(&patterns, start, span.end);
        }
    }

    async fn mutate<T>(
        &mut self,
        call: impl Future<Output = T>,
        note: &Note,
        polls: Option<u64>,
        patterns: &[String],
    ) -> Option<T> {
        let (answer, span) = self.timed(call, polls).await;
        if note.begun.load(Ordering::SeqCst) != 0 {
            let start = note.ended.load(Ordering::SeqCst).max(span.start);
            self.invalidated(patterns, start, span.end);
        }
        answer
    }

    /// Runs a call. The span begins when it is dropped half-way, or else at 0.
    async fn timed<T>(
        &self,
        call: impl Future<Output = T>,
        polls: Option<u64>,
    ) -> (Option<T>, Span) {
        let world = &self.service.world;
        let dropped = AtomicU64::new(0);
        let answer = run(call, polls, || {
            dropped.store(world.tick(), Ordering::SeqCst);
        })
        .await;
        let span = Span {
            start: dropped.into_inner(),
            end: world.tick(),
        };
        (answer, span)
    }

    fn invalidated(&mut self, patterns: &[String], start: u64, end: u64) {
        let patterns = patterns.iter().map(|text| Pattern::parse(text).unwrap());
        self.history.invalidations.push(Invalidation {
            patterns: patterns.collect(),
            span: Span { start, end },
        });
    }

    async fn change_and_invalidate(&mut self, place: Place) {
        let world = Arc::clone(&self.service.world);
        let place = not_owned(place);
        world.change(place);
        world.delay().await;
        let way = Way::thrown(&self.dice, place);
        let start = world.tick();
        way.invalidate(&self.service.caches).await;
        self.invalidated(&way.patterns(), start, world.tick());
    }

    /// Nobody else changes these rows, so what is stored by hand is never older than what others have made of it.
    fn write_through(&mut self) {
        if self.name >= GROUPS {
            return;
        }
        let world = Arc::clone(&self.service.world);
        let place = Place {
            group: self.name,
            row: OWNED,
        };
        let version = world.change(place);
        let start = world.tick();
        let answer = Answer {
            began: start,
            saw: vec![(place, version)],
            by_hand: true,
        };
        let rows = self.service.caches.cache("rows");
        rows.insert(&Service::key(place), Arc::new(answer), &POLICY);
        let end = world.tick();
        self.history.insertions.push(Span { start, end });
        self.invalidated(&[place.key()], start, end);
    }
}

/// What a row and the list that it is in are called.
fn about(place: Place) -> [String; 2] {
    [place.key(), format!("lists:group:{}", place.group)]
}

fn tagged(Place { group, row }: Place) -> String {
    format!("tagged:group:{group}:row:{row}")
}

fn not_owned(place: Place) -> Place {
    let row = place.row.max(OWNED + 1);
    Place { row, ..place }
}
