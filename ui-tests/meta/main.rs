//! The catalogue of compile errors, and the rules that it, the cases and the words of the errors keep.
//!
//! Faults are named in `catalogue/<topic>.toml`, and shown by `fail/<topic>/<fault>.rs`. These tests read goldens and run no
//! compiler, so they run on every toolchain.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod agreement;
mod cases;
mod catalogue;
mod docs;
mod golden;
mod house;
mod options;
mod spoken;
mod template;
mod toolchain;
mod voice;
