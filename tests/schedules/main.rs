//! Every order in which the steps of a few calls, one change and its invalidation can come, one after the other.
//!
//! No runtime, no threads, no time: the actors are futures that are polled by hand. Where a call pauses in its load, and
//! where it runs code of the user's, which is also where other threads could get in between, the next step may be any
//! actor's. Each test prints how many schedules it went through.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod cases;
mod path;
mod play;
mod service;
mod ways;
