//! How far a load has come, and which part its leader has in the flight.

use super::{
    core::{Core, Stripe},
    directory::Digest,
    fence::Fence,
    flight::Turn,
    flights::Aloft,
};
use crate::{
    policy::Terms,
    time::{Moment, Reading},
};

/// The way of a call that leads.
pub(super) struct Course {
    /// The number of the flight.
    pub(super) flight: u64,
    pub(super) part: Part,
    /// There is an old answer to hand out meanwhile.
    pub(super) renews: bool,
    pub(super) progress: Progress,
    /// Of the load, once it is flying.
    pub(super) begun: Begun,
}

/// The part of the leader.
pub(super) enum Part {
    /// It has started the flight, and knows of nobody who waits.
    First,
    /// It shares the flight with those who wait.
    InTurn(Turn),
    /// Nobody can join it. With the fence until it lands.
    Alone(Option<Fence>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    Boarded,
    Flying,
    Landed,
}

/// The beginning of a load.
#[derive(Clone, Copy)]
pub(super) struct Begun {
    /// Orders this load among all loads and insertions of the cache.
    pub(super) number: u64,
    /// When, if the policy makes anything of that.
    pub(super) at: Option<Moment>,
}

impl Begun {
    #[inline]
    pub(super) fn new(terms: &Terms, number: u64, reading: Reading) -> Self {
        let at = terms.times_loads().then(|| reading.now());
        Self { number, at }
    }
}

impl Course {
    #[inline]
    pub(super) const fn new(flight: u64, part: Part, begun: Begun) -> Self {
        Self {
            flight,
            part,
            renews: false,
            progress: Progress::Boarded,
            begun,
        }
    }

    /// Takes the flight out of the table, and returns its fence, for the one load that may store. There is none if another load
    /// of the flight has stored already.
    #[inline]
    pub(super) fn take_fence(&mut self, stripe: &mut Stripe, digest: Digest) -> Option<Fence> {
        match &mut self.part {
            Part::First => {
                let Aloft { fence, flight, .. } = stripe.flights.remove(digest, self.flight)?;
                if let Some(flight) = flight {
                    self.part = Part::InTurn(Turn::new(flight));
                }
                Some(fence)
            }
            Part::InTurn(turn) => {
                let aloft = stripe.flights.remove(digest, self.flight);
                let fence = aloft.map(|aloft| aloft.fence);
                fence.or_else(|| turn.flight().take_kept())
            }
            Part::Alone(fence) => fence.take(),
        }
    }
}

/// Of a call that leads nothing.
impl Default for Course {
    #[inline]
    fn default() -> Self {
        let begun = Begun {
            number: 0,
            at: None,
        };
        Self::new(0, Part::First, begun)
    }
}

impl Part {
    /// Keeps a fence for those who may load after all.
    pub(super) fn keep(&self, fence: Fence, core: &Core) {
        match self {
            Self::InTurn(turn) => turn.flight().keep(fence),
            Self::First | Self::Alone(_) => fence.release(core),
        }
    }
}
