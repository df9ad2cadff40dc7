//! The flights of a stripe. All that is known of one while nobody waits for it lies here, under the stripe's lock.

use std::{collections::HashMap, mem};

use triomphe::Arc;

use super::{
    directory::{Digest, PassThrough},
    fence::Fence,
    flight::Flight,
    name::KeyName,
};

/// A flight on its way. Its number tells it from all others.
pub(super) struct Aloft {
    pub(super) digest: Digest,
    pub(super) key: KeyName,
    pub(super) fence: Fence,
    /// What it has in common with those who wait; made for the first of them.
    pub(super) flight: Option<Arc<Flight>>,
}

impl Aloft {
    #[inline]
    fn is(&self, digest: Digest, number: u64) -> bool {
        self.digest == digest && self.fence.number == number
    }
}

/// At most one that callers may find for each digest. The first one to come has a place of its own: most often it is alone.
#[derive(Default)]
pub(super) struct Flights {
    first: Option<Aloft>,
    others: HashMap<Digest, Aloft, PassThrough>,
    /// Those in whose place another one has come, and who have not landed yet, by their numbers.
    displaced: HashMap<u64, Aloft, PassThrough>,
}

// What puts in or takes out is a part of its caller: a flight is more than a hundred bytes, and a call would copy them twice.
impl Flights {
    /// The one that callers may find.
    #[inline]
    pub(super) fn get(&mut self, digest: Digest) -> Option<&mut Aloft> {
        match &mut self.first {
            Some(first) if first.digest == digest => Some(first),
            _ => self.others.get_mut(&digest),
        }
    }

    /// Puts a flight in. If there is one of the same digest, nobody finds that any more.
    #[inline(always)]
    pub(super) fn insert(&mut self, aloft: Aloft) {
        if let Some(there) = self.get(aloft.digest) {
            let displaced = mem::replace(there, aloft);
            self.displaced.insert(displaced.fence.number, displaced);
        } else if self.first.is_none() {
            self.first = Some(aloft);
        } else {
            self.others.insert(aloft.digest, aloft);
        }
    }

    /// The flight with this number, unless it has left.
    pub(super) fn find(&self, digest: Digest, number: u64) -> Option<&Aloft> {
        let mut current = self.first.iter().chain(self.others.get(&digest));
        let current = current.find(|aloft| aloft.is(digest, number));
        current.or_else(|| self.displaced.get(&number))
    }

    /// Takes it out.
    #[inline(always)]
    pub(super) fn remove(&mut self, digest: Digest, number: u64) -> Option<Aloft> {
        let is = |aloft: &Aloft| aloft.is(digest, number);
        if let Some(first) = self.first.take_if(|first| is(first)) {
            return Some(first);
        }
        if self.others.get(&digest).is_some_and(is) {
            return self.others.remove(&digest);
        }
        self.displaced.remove(&number)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.others.len() + self.displaced.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::testing::*;

    #[test]
    fn each_digest_has_its_latest_flight_whatever_comes_and_leaves() {
        let core = core();
        let mut flights = Flights::default();
        let mut model = HashMap::<Digest, u64>::new();
        let mut displaced = Vec::new();
        let mut gone = Vec::new();
        for step in 0_u64..1_000 {
            let digest = step.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 62;
            match step % 4 {
                0 | 1 => {
                    let call = miss(&core, 1);
                    let fence = call.begin();
                    let number = fence.number;
                    let (key, flight) = (call.key, None);
                    flights.insert(Aloft {
                        digest,
                        key,
                        fence,
                        flight,
                    });
                    displaced.extend(model.insert(digest, number).map(|old| (digest, old)));
                }
                2 => {
                    if let Some(number) = model.remove(&digest) {
                        assert!(flights.remove(digest, number).is_some());
                        gone.push((digest, number));
                    }
                }
                _ => {
                    if let Some((digest, number)) = displaced.pop() {
                        assert!(flights.remove(digest, number).is_some());
                        gone.push((digest, number));
                    }
                }
            }
            for digest in 0..4 {
                let there = flights.get(digest).map(|there| there.fence.number);
                assert_eq!(there, model.get(&digest).copied(), "after step {step}");
            }
            let current = model.iter().map(|(digest, number)| (*digest, *number));
            for (digest, number) in current.chain(displaced.iter().copied()) {
                assert!(flights.find(digest, number).is_some());
            }
            for &(digest, number) in &gone {
                assert!(flights.find(digest, number).is_none());
                assert!(flights.remove(digest, number).is_none());
            }
        }
    }
}
