//! Shared helpers of the tests: places to run the program in, and readers of its output.

pub mod awkward;
pub mod cards;
pub mod comparing;
pub mod exports;
pub mod hostile;
pub mod packing;
pub mod place;
pub mod program;
pub mod rebuilding;
pub mod refusal;
pub mod running;
pub mod schemas;
pub mod sending;
pub mod smtp;
pub mod start;
