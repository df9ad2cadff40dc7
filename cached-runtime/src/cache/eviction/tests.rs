//! The pure policy among entries that it can only ask: accounts, capacity, time, and who is worth keeping.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    time::Duration,
};

use proptest::prelude::*;

use super::{
    policy::{Policy, Residents, Ticket},
    slots::{NOWHERE, Number},
    *,
};

const FOR_EVER: Moment = Moment::from_nanos(u64::MAX);

/// What a directory would say of an entry.
#[derive(Debug)]
struct Resident {
    id: u64,
    weight: u32,
    hits: Cell<u8>,
    ends: Cell<Moment>,
    slot: Cell<Number>,
}

/// A policy with a directory, which does what the cache does.
struct Stage {
    policy: Policy,
    lying: RefCell<HashMap<Digest, Resident>>,
    next_id: u64,
    now: Moment,
    evictions: usize,
    expirations: usize,
}

impl Residents for RefCell<HashMap<Digest, Resident>> {
    fn take_hits(&self, digest: Digest, id: u64) -> u8 {
        let lying = self.borrow();
        let resident = lying.get(&digest).filter(|resident| resident.id == id);
        resident.map_or(0, |resident| resident.hits.take())
    }

    fn ends(&self, digest: Digest, id: u64) -> Option<Moment> {
        let lying = self.borrow();
        let resident = lying.get(&digest).filter(|resident| resident.id == id);
        resident.map(|resident| resident.ends.get())
    }

    fn moved(&self, digest: Digest, id: u64, slot: Number) -> bool {
        let lying = self.borrow();
        let resident = lying.get(&digest).filter(|resident| resident.id == id);
        resident
            .inspect(|resident| resident.slot.set(slot))
            .is_some()
    }
}

fn digest(key: u64) -> Digest {
    key.wrapping_mul(0xD6E8_FEB8_6659_FD93).rotate_left(31)
}

impl Stage {
    fn new(room: u64) -> Self {
        Self {
            policy: Policy::new(room),
            lying: RefCell::default(),
            next_id: 0,
            now: Moment::from_nanos(0),
            evictions: 0,
            expirations: 0,
        }
    }

    fn store_until(&mut self, key: u64, weight: u32, ends: Moment) {
        let id = self.next_id;
        self.next_id += 1;
        let resident = Resident {
            id,
            weight,
            hits: Cell::new(0),
            ends: Cell::new(ends),
            slot: Cell::new(NOWHERE),
        };
        let digest = digest(key);
        let old = self.lying.borrow_mut().insert(digest, resident);
        let old = old.map(|old| (old.slot.get(), old.id));
        let ticket = Ticket {
            digest,
            id,
            weight,
            ends,
        };
        let mut victims = Victims::default();
        let slot = self.policy.admit(&ticket, old, &self.lying, &mut victims);
        self.lying.borrow()[&digest].slot.set(slot);
        self.evict(&victims);
    }

    fn store(&mut self, key: u64) {
        self.store_until(key, 1, FOR_EVER);
    }

    fn evict(&mut self, victims: &Victims) {
        for Victim { digest, id, cause } in victims.iter() {
            let gone = self.lying.borrow_mut().remove(digest).unwrap();
            assert_eq!(gone.id, *id);
            match cause {
                Cause::Capacity => self.evictions += 1,
                Cause::Expired => self.expirations += 1,
            }
        }
    }

    fn read(&self, key: u64) -> bool {
        let lying = self.lying.borrow();
        let resident = lying.get(&digest(key));
        if let Some(resident) = resident {
            resident.hits.set((resident.hits.get() + 1).min(3));
        }
        resident.is_some()
    }

    fn remove(&mut self, key: u64) {
        if let Some(gone) = self.lying.borrow_mut().remove(&digest(key)) {
            self.policy.forget(gone.slot.get(), gone.id);
        }
    }

    fn expire(&mut self, steps: usize) -> bool {
        let mut victims = Victims::default();
        let more = self
            .policy
            .expire(self.now, steps, &self.lying, &mut victims);
        self.evict(&victims);
        more
    }

    fn shrink(&mut self) -> bool {
        self.policy.shrink(&self.lying)
    }

    /// The policy knows the entries there are, each in the slot that the entry thinks it has, and what they weigh.
    fn balance(&self) {
        let lying = self.lying.borrow();
        let slots = self.policy.slots();
        assert_eq!(slots.len(), lying.len());
        assert_eq!(slots.iter().count(), lying.len());
        for (digest, resident) in &*lying {
            let slot = slots.find(resident.slot.get(), resident.id).unwrap();
            assert_eq!((slot.digest, slot.weight), (*digest, resident.weight));
        }
        let weight: u64 = lying
            .values()
            .map(|resident| u64::from(resident.weight))
            .sum();
        assert_eq!(slots.weight(), weight);
    }

    /// Reads a key, and stores it if it is not there.
    fn access(&mut self, key: u64) -> bool {
        let hit = self.read(key);
        if !hit {
            self.store(key);
        }
        hit
    }
}

#[derive(Clone, Debug)]
enum Step {
    Store { key: u64, weight: u32, lives: u64 },
    Read(u64),
    Remove(u64),
    Pass(u64),
    Expire(usize),
    Shrink,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = 0..40_u64;
    let step = prop_oneof![
        6 => (key.clone(), 0..30_u32, 1..100_u64)
            .prop_map(|(key, weight, lives)| Step::Store { key, weight, lives }),
        4 => key.clone().prop_map(Step::Read),
        2 => key.prop_map(Step::Remove),
        1 => (1..20_u64).prop_map(Step::Pass),
        1 => (0..60_usize).prop_map(Step::Expire),
        1 => Just(Step::Shrink),
    ];
    proptest::collection::vec(step, 1..400)
}

proptest! {
    /// Against a directory that does nothing but what it is told: no entry is lost or known twice, and there is never more
    /// than there is room for.
    #[test]
    fn the_accounts_balance_whatever_comes(room in 1..200_u64, steps in steps()) {
        let mut stage = Stage::new(room);
        for step in steps {
            match step {
                Step::Store { key, weight, lives } => {
                    let ends = stage.now.after(Duration::from_secs(lives));
                    stage.store_until(key, weight, ends);
                }
                Step::Read(key) => _ = stage.read(key),
                Step::Remove(key) => stage.remove(key),
                Step::Pass(seconds) => stage.now = stage.now.after(Duration::from_secs(seconds)),
                Step::Expire(steps) => _ = stage.expire(steps),
                Step::Shrink => _ = stage.shrink(),
            }
            stage.balance();
            prop_assert!(stage.policy.slots().weight() <= room);
        }
        let round = stage.policy.slots().total() + 1;
        stage.expire(round);
        stage.balance();
        let now = stage.now;
        prop_assert!(stage.lying.borrow().values().all(|resident| resident.ends.get() > now), "all that is over is gone");
    }
}

#[test]
fn what_is_read_survives_a_scan() {
    let mut stage = Stage::new(1_000);
    for _ in 0..10 {
        (0..500).for_each(|key| _ = stage.access(key));
    }
    for key in 10_000..100_000 {
        stage.access(key);
        if key % 4 == 0 {
            stage.access(key / 4 % 500);
        }
    }
    let kept = (0..500).filter(|key| stage.read(*key)).count();
    assert!(kept > 480, "{kept} of 500");
    assert_eq!(stage.lying.borrow().len(), 1_000);
    stage.balance();
}

/// One pass over more than there is room for is no reason to forget what was read often before.
#[test]
fn a_single_scan_leaves_what_was_popular() {
    let mut stage = Stage::new(1_000);
    for _ in 0..10 {
        (0..500).for_each(|key| _ = stage.access(key));
    }
    (10_000..15_000).for_each(|key| _ = stage.access(key));
    let kept = (0..500).filter(|key| stage.read(*key)).count();
    assert!(kept > 400, "{kept} of 500");
}

#[test]
fn a_newcomer_that_is_asked_for_again_and_again_gets_in() {
    let mut stage = Stage::new(100);
    for _ in 0..3 {
        (0..100).for_each(|key| _ = stage.access(key));
    }
    let mut busy = 0;
    for round in 0..100 {
        busy += usize::from(stage.access(777));
        stage.access(1_000 + round);
    }
    assert!(busy > 90, "{busy}");
}

/// Where users move on to other keys, nothing holds on to the old ones.
#[test]
fn new_favourites_take_the_place_of_old_ones() {
    let mut stage = Stage::new(100);
    for _ in 0..50 {
        (0..80).for_each(|key| _ = stage.access(key));
    }
    for _ in 0..50 {
        (1_000..1_080).for_each(|key| _ = stage.access(key));
    }
    let kept = (1_000..1_080).filter(|key| stage.read(*key)).count();
    assert!(kept > 75, "{kept} of 80");
}

#[test]
fn a_heavy_newcomer_does_not_drive_out_what_is_read() {
    let mut stage = Stage::new(1_000);
    for _ in 0..5 {
        (0..900).for_each(|key| _ = stage.access(key));
    }
    stage.store_until(5_000, 500, FOR_EVER);
    stage.store_until(5_001, 1_001, FOR_EVER);
    assert!(!stage.read(5_000) && !stage.read(5_001));
    assert!((0..900).filter(|key| stage.read(*key)).count() > 880);
    stage.balance();
}

/// However many have to go for one, it is not done in one call.
#[test]
fn the_work_of_one_call_is_bounded() {
    let mut stage = Stage::new(100_000);
    (0..100_000).for_each(|key| stage.store(key));
    for _ in 0..5 {
        stage.store_until(200_000, 90_000, FOR_EVER);
    }
    let before = stage.evictions;
    stage.store_until(200_000, 90_000, FOR_EVER);
    assert!(
        stage.evictions - before <= 257,
        "{}",
        stage.evictions - before
    );
    let mut victims = Victims::default();
    while stage.policy.make_room(&stage.lying, &mut victims) {}
    stage.evict(&victims);
    assert!(stage.policy.slots().weight() <= 100_000);
    stage.balance();
}

#[test]
fn a_replaced_entry_keeps_its_place() {
    let mut stage = Stage::new(10);
    for key in 0..10 {
        stage.store(key);
    }
    for round in 0..100 {
        stage.store_until(round % 10, 1, FOR_EVER);
        stage.balance();
    }
    assert_eq!((stage.evictions, stage.lying.borrow().len()), (0, 10));
}

#[test]
fn the_hand_finds_whose_time_is_up_and_rests_until_then() {
    let mut stage = Stage::new(1_000);
    let seconds = |n| Moment::from_nanos(0).after(Duration::from_secs(n));
    for key in 0..500 {
        stage.store_until(key, 1, seconds(60 + key % 2 * 60));
    }
    stage.now = seconds(50);
    assert!(!stage.expire(10_000), "nobody's time is up");
    stage.now = seconds(60);
    assert!(stage.expire(10), "a few steps are not all");
    stage.expire(600);
    assert_eq!((stage.expirations, stage.lying.borrow().len()), (250, 250));
    stage.expire(600);
    assert!(!stage.expire(1), "the others have another minute");
    stage.now = seconds(121);
    stage.expire(600);
    assert_eq!(stage.expirations, 500);
    stage.balance();
}

#[test]
fn what_is_read_meanwhile_is_looked_at_again_later() {
    let mut stage = Stage::new(10);
    let seconds = |n| Moment::from_nanos(0).after(Duration::from_secs(n));
    stage.store_until(1, 1, seconds(10));
    stage.store_until(2, 1, seconds(10));
    stage.lying.borrow()[&digest(1)].ends.set(seconds(20));
    stage.now = seconds(10);
    stage.expire(10);
    assert!(stage.read(1) && !stage.read(2));
    stage.expire(10);
    stage.now = seconds(18);
    assert!(!stage.expire(10));
    stage.now = seconds(20);
    stage.expire(10);
    assert!(!stage.read(1));
}

#[test]
fn room_that_nobody_needs_is_given_back() {
    let mut stage = Stage::new(100_000);
    (0..100_000).for_each(|key| stage.store(key));
    (0..99_000).for_each(|key| stage.remove(key));
    while stage.shrink() {
        stage.balance();
    }
    stage.balance();
    let total = stage.policy.slots().total();
    assert!(total < 5_000, "{total} slots for a thousand entries");
    (99_000..100_000).for_each(|key| stage.remove(key));
    stage.shrink();
    assert_eq!(stage.policy.slots().total(), 0);
    (0..10).for_each(|key| stage.store(key));
    stage.balance();
}

/// An entry that has left the directory, and whose end the policy was not told of yet.
#[test]
fn what_is_gone_already_does_not_come_back() {
    let mut stage = Stage::new(10_000);
    (0..10_000).for_each(|key| stage.store(key));
    let gone = stage.lying.borrow_mut().remove(&digest(9_999)).unwrap();
    (0..9_900).for_each(|key| stage.remove(key));
    while stage.shrink() {}
    stage.policy.forget(gone.slot.get(), gone.id);
    stage.balance();
}

#[test]
fn weights_may_be_as_large_as_they_like() {
    let room = 1_u64 << 48;
    let mut policy = Policy::new(room);
    let none: RefCell<HashMap<Digest, Resident>> = RefCell::default();
    let mut victims = Victims::default();
    for id in 0..150_000_u64 {
        let ticket = Ticket {
            digest: id.wrapping_mul(0x9E37_79B9_7F4A_7C15),
            id,
            weight: 1 << 30,
            ends: FOR_EVER,
        };
        policy.admit(&ticket, None, &none, &mut victims);
    }
}
