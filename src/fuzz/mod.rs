//! What fuzzing calls: one function for each kind of input that comes from outside. Each takes any bytes at all, and panics
//! if a property does not hold: that a fast way gives what the slow way gives, that ranges lie within what they are ranges
//! of, that what is printed holds no control characters.
//!
//! The module is compiled for fuzzing and for the tests, which hand each function the fixtures and damaged copies of them,
//! so that the properties hold and the targets build whenever the tests pass. `docs/src/fuzzing.md` says how to run them.

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
