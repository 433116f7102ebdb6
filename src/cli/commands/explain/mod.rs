//! `mailtrack explain`: the whole chain that led to one decision.

pub mod command;
pub mod folder;
pub mod wanted;

pub use command::*;
