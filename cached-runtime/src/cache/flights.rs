//! The flights that callers may find.

use std::collections::{HashMap, hash_map};

use triomphe::Arc;

use super::{
    directory::{Digest, PassThrough},
    flight::Flight,
};

/// At most one for each digest. The first one to come has a place of its own: most often it is alone.
#[derive(Default)]
pub(super) struct Flights {
    first: Option<Arc<Flight>>,
    others: HashMap<Digest, Arc<Flight>, PassThrough>,
}

impl Flights {
    pub(super) fn get(&self, digest: Digest) -> Option<&Arc<Flight>> {
        match &self.first {
            Some(first) if first.miss.digest == digest => Some(first),
            _ => self.others.get(&digest),
        }
    }

    /// Puts a flight in, in the place of one of the same digest.
    pub(super) fn insert(&mut self, flight: Arc<Flight>) {
        let digest = flight.miss.digest;
        let is_first = match &self.first {
            Some(first) => first.miss.digest == digest,
            None => !self.others.contains_key(&digest),
        };
        if is_first {
            self.first = Some(flight);
        } else {
            self.others.insert(digest, flight);
        }
    }

    /// Takes this very flight out, if it is there.
    pub(super) fn remove(&mut self, flight: &Arc<Flight>) {
        let is = |other: &Arc<Flight>| Arc::ptr_eq(other, flight);
        if self.first.take_if(|first| is(first)).is_none()
            && let hash_map::Entry::Occupied(other) = self.others.entry(flight.miss.digest)
            && is(other.get())
        {
            other.remove();
        }
    }

    #[cfg(all(test, cached_model))]
    pub(super) fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.others.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::{Passenger, testing::*};

    #[test]
    fn each_digest_has_its_latest_flight_whatever_comes_and_leaves() {
        let core = core();
        let flight = |digest| {
            let mut call: Passenger = miss(&core, 1);
            call.digest = digest;
            call.begin()
        };
        let mut flights = Flights::default();
        let mut model = HashMap::<Digest, Arc<Flight>>::new();
        let mut gone = Vec::new();
        for step in 0_u64..1_000 {
            let digest = step.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 62;
            match step % 3 {
                0 => {
                    let new = flight(digest);
                    flights.insert(Arc::clone(&new));
                    gone.extend(model.insert(digest, new));
                }
                1 => {
                    if let Some(old) = model.remove(&digest) {
                        flights.remove(&old);
                        gone.push(old);
                    }
                }
                _ => gone.iter().for_each(|old| flights.remove(old)),
            }
            for digest in 0..4 {
                let [there, meant] =
                    [flights.get(digest), model.get(&digest)].map(|flight| flight.map(Arc::as_ptr));
                assert_eq!(there, meant, "{digest} after step {step}");
            }
        }
    }
}
