//! Who waits for whom: keeps loads that call cached methods themselves from waiting in a circle.

use std::collections::HashMap;

use super::critical::lock;
use crate::{
    context::{FlightId, with_loads},
    sync::{Lazy, Mutex},
};

/// From each flight whose load is waiting to the flights it waits for.
static WAITS: Lazy<Mutex<HashMap<FlightId, Vec<FlightId>>>> = Lazy::new(Mutex::default);

/// A caller's wait for a flight, known as long as it lasts. A caller that runs no load itself leaves no trace.
pub(super) struct Wait {
    _edges: Option<Box<Edges>>,
}

struct Edges {
    waiting: Vec<FlightId>,
    flight: FlightId,
}

impl Wait {
    /// `None` if `flight` waits, through whatever others, for a load that this very caller is running.
    pub(super) fn begin(flight: FlightId) -> Option<Self> {
        let waiting = with_loads(<[FlightId]>::to_vec);
        if waiting.is_empty() {
            return Some(Self { _edges: None });
        }
        let mut waits = lock(WAITS.get());
        if reaches(&waits, flight, &waiting) {
            return None;
        }
        for &load in &waiting {
            waits.entry(load).or_default().push(flight);
        }
        let edges = Box::new(Edges { waiting, flight });
        Some(Self {
            _edges: Some(edges),
        })
    }
}

fn reaches(waits: &HashMap<FlightId, Vec<FlightId>>, start: FlightId, goals: &[FlightId]) -> bool {
    let mut seen = vec![start];
    let mut next = 0;
    while let Some(flight) = seen.get(next).copied() {
        if defended!(CircleCheck, goals.contains(&flight), else false) {
            return true;
        }
        for &further in waits.get(&flight).into_iter().flatten() {
            if !seen.contains(&further) {
                seen.push(further);
            }
        }
        next += 1;
    }
    false
}

impl Drop for Edges {
    fn drop(&mut self) {
        let mut waits = lock(WAITS.get());
        for load in &self.waiting {
            if let Some(flights) = waits.get_mut(load) {
                if let Some(at) = flights.iter().position(|&flight| flight == self.flight) {
                    flights.swap_remove(at);
                }
                if flights.is_empty() {
                    waits.remove(load);
                }
            }
        }
    }
}
