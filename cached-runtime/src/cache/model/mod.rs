//! Models: the code of this crate under a checker that decides, before each operation on shared memory, which thread
//! goes on. Built and run by `scripts/model`; ARCHITECTURE.md says what they take for granted.
//!
//! Threads of the checker take turns on one thread of the system, and change only at its own primitives. So what is not
//! made of these is one step: a call of the directory (papaya's operations are linearizable, and it calls nothing of ours
//! that could change threads; its guards count how many there are on a thread, in whatever order they go), a
//! count for the statistics (nothing depends on one), a reading of the clock.

mod acts;
mod census;
mod eviction;
mod explore;
mod fence;
mod handover;
mod stale;
mod turns;
mod updates;
mod world;
mod writes;
