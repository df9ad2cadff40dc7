//! How the toolkit behaves, seen from outside: one module for each promise.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod architecture;
mod attributes;
mod bad_input;
mod by_hand;
mod cancellation;
mod counters;
mod fence;
mod freshness;
mod hit_and_miss;
mod hostile_values;
mod interleavings;
mod invalidation;
mod keys;
mod keyspaces;
mod many;
mod modes;
mod mutators;
mod overtaken;
mod panics;
mod refreshes;
mod single_flight;
mod soundness;
mod stage;
mod statistics;
mod tags;
mod timeouts;
mod transactions;
mod updates;
mod warming;
mod write_behind;
