//! One run, from its settings to its output folder: its stages in order, and the results of earlier runs.

pub(crate) mod basis;
pub(crate) mod error;
pub(crate) mod fingerprint;
pub(crate) mod given;
pub(crate) mod history;
pub(crate) mod inside;
pub(crate) mod once;
pub(crate) mod rebuild_state;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod take_in;
pub(crate) mod tracker;
pub(crate) mod words;
pub(crate) mod write;
