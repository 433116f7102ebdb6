//! The functions that fuzzing calls, one for each kind of external input. Each takes arbitrary bytes, and panics if a
//! property does not hold: that a fast path gives the same result as the general code, that ranges are within bounds,
//! that printed text has no control characters.
//!
//! The module is compiled for fuzzing and for tests. The tests pass the fixtures and damaged copies of them to each
//! function, so that the properties hold and the targets build whenever the tests pass. `docs/src/fuzzing.md` describes
//! how to run them.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

pub mod mail;
pub mod records;
pub mod scratch;
pub mod state;
pub mod targets;
#[cfg(test)]
mod tests;
pub mod text;

pub use mail::{addresses, archives, head, mbox, mime};
pub use records::{book, index, presets, vcards};
pub use state::state;
pub use targets::*;
pub use text::{calendar, conversation, options, text};
