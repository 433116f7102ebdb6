//! The rules (R1 to R11): which record an address means, whether a message is tracked, what it is about, and who is
//! created. Everything here works on envelopes and on a book; nothing here reads or writes a file.

pub mod class;
pub mod correlate;
pub mod create;
pub mod created;
pub mod decision;
pub mod duplicates;
pub mod fold;
pub mod names;
pub mod order;
pub mod pass;
pub mod resolve;
pub mod trace;
pub mod track;
pub mod vcards;

pub use fold::messages::Fold;
