//! The flights that callers may find, each with its fence.

use std::collections::HashMap;

use triomphe::Arc;

use super::{
    directory::{Digest, PassThrough},
    fence::Fence,
    flight::Flight,
};

/// A flight that callers may find.
pub(super) struct Aloft {
    pub(super) flight: Arc<Flight>,
    pub(super) fence: Fence,
}

/// At most one for each digest. The first one to come has a place of its own: most often it is alone.
#[derive(Default)]
pub(super) struct Flights {
    first: Option<Aloft>,
    others: HashMap<Digest, Aloft, PassThrough>,
}

impl Flights {
    pub(super) fn get(&self, digest: Digest) -> Option<&Aloft> {
        match &self.first {
            Some(first) if first.flight.miss.digest == digest => Some(first),
            _ => self.others.get(&digest),
        }
    }

    /// Puts a flight in, and returns the one of the same digest in whose place it comes.
    pub(super) fn insert(&mut self, aloft: Aloft) -> Option<Aloft> {
        let digest = aloft.flight.miss.digest;
        let is_first = match &self.first {
            Some(first) => first.flight.miss.digest == digest,
            None => !self.others.contains_key(&digest),
        };
        if is_first {
            self.first.replace(aloft)
        } else {
            self.others.insert(digest, aloft)
        }
    }

    /// Takes this very flight out, if it is there, and returns its fence.
    pub(super) fn remove(&mut self, flight: &Arc<Flight>) -> Option<Fence> {
        let is = |other: &Aloft| Arc::ptr_eq(&other.flight, flight);
        if let Some(first) = self.first.take_if(|first| is(first)) {
            return Some(first.fence);
        }
        let digest = flight.miss.digest;
        let is_there = self.others.get(&digest).is_some_and(is);
        let other = is_there.then(|| self.others.remove(&digest)).flatten();
        other.map(|other| other.fence)
    }

    /// The fence of this very flight, if it is there.
    pub(super) fn fence(&self, flight: &Arc<Flight>) -> Option<&Fence> {
        let there = self.get(flight.miss.digest)?;
        Arc::ptr_eq(&there.flight, flight).then_some(&there.fence)
    }

    #[cfg(all(test, cached_model))]
    pub(super) fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.others.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::testing::*;

    #[test]
    fn each_digest_has_its_latest_flight_whatever_comes_and_leaves() {
        let core = core();
        let flight = |digest| {
            let mut call = miss(&core, 1);
            call.digest = digest;
            call.check_in()
        };
        let mut flights = Flights::default();
        let mut model = HashMap::<Digest, Arc<Flight>>::new();
        let mut gone = Vec::new();
        for step in 0_u64..1_000 {
            let digest = step.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 62;
            match step % 3 {
                0 => {
                    let new = flight(digest);
                    let fence = new.begin();
                    flights.insert(Aloft {
                        flight: Arc::clone(&new),
                        fence,
                    });
                    gone.extend(model.insert(digest, new));
                }
                1 => {
                    if let Some(old) = model.remove(&digest) {
                        flights.remove(&old);
                        gone.push(old);
                    }
                }
                _ => {
                    let none = |old| flights.remove(old).is_none() && flights.fence(old).is_none();
                    assert!(gone.iter().all(none));
                }
            }
            for digest in 0..4 {
                let there = flights.get(digest).map(|there| &there.flight);
                let meant = model.get(&digest);
                assert_eq!(
                    there.map(Arc::as_ptr),
                    meant.map(Arc::as_ptr),
                    "{digest} after step {step}"
                );
                assert!(meant.is_none_or(|flight| flights.fence(flight).is_some()));
            }
        }
    }
}
