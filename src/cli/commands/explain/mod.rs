//! `mailtrack explain`: the whole chain that led to one decision.

pub(crate) mod command;
pub(crate) mod folder;
pub(crate) mod wanted;

pub(crate) use command::*;
