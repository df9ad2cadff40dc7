//! What is asked next: a few conversations are asked for often, most of them seldom.

use std::sync::{
    PoisonError, RwLock,
    atomic::{AtomicI64, Ordering},
};

use rand::{Rng, RngExt, SeedableRng, rngs::SmallRng};
use rand_distr::Zipf;

use crate::{
    model::{Change, Status},
    mutation::Mutation,
    read::Read,
};

/// A conversation and what belongs to it, which never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sides {
    pub(crate) conversation: i64,
    pub(crate) client: i64,
    pub(crate) provider: i64,
    pub(crate) instance: i64,
}

/// The next thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Read(Read),
    Mutation(Mutation),
}

/// Chooses operations.
pub(crate) struct Mix {
    sides: Vec<Sides>,
    ranks: Zipf<f64>,
    mutations: f64,
    /// Conversations that this run started.
    started: RwLock<Vec<Sides>>,
    highest: AtomicI64,
}

impl Mix {
    /// `None` when there is no conversation to choose.
    pub(crate) fn new(sides: Vec<Sides>, skew: f64, mutations: f64) -> Option<Self> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "far fewer than 2^52 conversations"
        )]
        let ranks = Zipf::new(sides.len() as f64, skew).ok()?;
        let highest = sides.iter().map(|sides| sides.conversation).max()?;
        Some(Self {
            sides,
            ranks,
            mutations,
            started: RwLock::default(),
            highest: AtomicI64::new(highest),
        })
    }

    /// An operation of the synthetic mix.
    pub(crate) fn operation(&self, rng: &mut impl Rng) -> Option<Operation> {
        let sides = self.choose(rng)?;
        Some(if rng.random_bool(self.mutations) {
            Operation::Mutation(mutation(sides, rng))
        } else {
            Operation::Read(self.read(sides, rng))
        })
    }

    /// An operation for a recorded access. The same key always asks the same question.
    pub(crate) fn recorded(&self, key: u32, rng: &mut impl Rng) -> Option<Operation> {
        let sides = *self.sides.get(key as usize % self.sides.len())?;
        Some(if rng.random_bool(self.mutations) {
            Operation::Mutation(mutation(sides, rng))
        } else {
            let mut from_key = SmallRng::seed_from_u64(key.into());
            Operation::Read(usual_read(sides, &mut from_key))
        })
    }

    /// Takes note of a new conversation, to be asked for from now on.
    pub(crate) fn started(&self, change: &Change) {
        self.highest
            .fetch_max(change.conversation_id, Ordering::Relaxed);
        self.started
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Sides {
                conversation: change.conversation_id,
                client: change.client_id,
                provider: change.provider_id,
                instance: change.instance_id,
            });
    }

    fn choose(&self, rng: &mut impl Rng) -> Option<Sides> {
        if rng.random_ratio(3, 100) {
            let started = self.started.read().unwrap_or_else(PoisonError::into_inner);
            let newest = started.len().saturating_sub(64)..started.len();
            if !newest.is_empty() {
                return started.get(rng.random_range(newest)).copied();
            }
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rank lies between 1 and the number of conversations"
        )]
        let rank = rng.sample(self.ranks) as usize;
        // A prime step spreads the popular ranks over users, who own neighbouring conversations.
        self.sides
            .get(rank.wrapping_mul(7_368_787) % self.sides.len())
            .copied()
    }

    fn read(&self, sides: Sides, rng: &mut impl Rng) -> Read {
        if rng.random_ratio(1, 200) {
            // Not there yet, but soon: the cache must not go on saying so.
            let next = self.highest.load(Ordering::Relaxed) + rng.random_range(1..=3);
            return Read::Open { conversation: next };
        }
        usual_read(sides, rng)
    }
}

fn usual_read(sides: Sides, rng: &mut impl Rng) -> Read {
    let Sides {
        conversation,
        instance,
        ..
    } = sides;
    let user = user(sides, rng);
    match rng.random_range(0..100) {
        0..22 => Read::List {
            user,
            status: match rng.random_range(0..10) {
                0..6 => None,
                6..8 => Some(Status::Active),
                8 => Some(Status::Pending),
                _ => Some(Status::Archived),
            },
        },
        22..44 => Read::Open { conversation },
        44..62 => Read::Recent {
            conversation,
            page: match rng.random_range(0..20) {
                0..18 => 0,
                18 => 1,
                _ => 2,
            },
        },
        62..72 => Read::Unread { user, conversation },
        72..84 => Read::Inbox { user },
        84..92 => Read::Participants { conversation },
        92..97 => Read::Profile { user },
        _ => Read::Instance { instance },
    }
}

fn mutation(sides: Sides, rng: &mut impl Rng) -> Mutation {
    let Sides {
        conversation,
        client,
        instance,
        ..
    } = sides;
    let user = user(sides, rng);
    match rng.random_range(0..100) {
        0..50 => Mutation::Send { user, conversation },
        50..85 => Mutation::MarkRead { user, conversation },
        85..89 => Mutation::Accept { user, conversation },
        89..93 => Mutation::Archive { user, conversation },
        93..96 => Mutation::Start {
            user: client,
            instance,
        },
        _ => Mutation::Rename {
            user,
            suffix: rng.random_range(1..100),
        },
    }
}

fn user(sides: Sides, rng: &mut impl Rng) -> i64 {
    if rng.random() {
        sides.client
    } else {
        sides.provider
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mix(mutations: f64) -> Mix {
        let sides = (1..=100).map(|conversation| Sides {
            conversation,
            client: 1000 + conversation,
            provider: 2000 + conversation,
            instance: 3000 + conversation,
        });
        Mix::new(sides.collect(), 1.0, mutations).unwrap()
    }

    #[test]
    fn nothing_can_be_chosen_from_nothing() {
        assert!(Mix::new(Vec::new(), 1.0, 0.05).is_none());
    }

    #[test]
    fn the_same_seed_gives_the_same_operations() {
        let mix = mix(0.5);
        let run = || {
            let mut rng = SmallRng::seed_from_u64(9);
            (0..50).map(|_| mix.operation(&mut rng)).collect::<Vec<_>>()
        };
        assert_eq!(run(), run());
    }

    #[test]
    fn a_recorded_key_always_asks_the_same_question() {
        let mix = mix(0.0);
        let mut rng = SmallRng::seed_from_u64(1);
        let first = mix.recorded(0x0800_0003, &mut rng);
        assert!((0..50).all(|_| mix.recorded(0x0800_0003, &mut rng) == first));
    }

    #[test]
    fn the_share_of_mutations_is_as_asked() {
        let mix = mix(0.05);
        let mut rng = SmallRng::seed_from_u64(2);
        let mutations = (0..10_000)
            .filter(|_| matches!(mix.operation(&mut rng), Some(Operation::Mutation(_))))
            .count();
        assert!((400..600).contains(&mutations), "{mutations}");
    }
}
