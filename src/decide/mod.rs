//! The rules (R1 to R11): which record an address resolves to, whether a message is tracked, its regarding record, and
//! which records are created. Everything here works on envelopes and an address book; nothing here reads or writes a
//! file.

pub(crate) mod class;
pub(crate) mod correlate;
pub(crate) mod create;
pub(crate) mod created;
pub(crate) mod decision;
pub(crate) mod duplicates;
pub(crate) mod fold;
pub(crate) mod names;
pub(crate) mod order;
pub(crate) mod ordinal;
pub(crate) mod pass;
pub(crate) mod resolve;
pub(crate) mod trace;
pub(crate) mod track;
pub(crate) mod vcards;

pub(crate) use fold::messages::MessageFold;
