//! One run from its settings to its output folder: the stages in their order, and what earlier runs did.

pub mod basis;
pub mod error;
pub mod fingerprint;
pub mod given;
pub mod history;
pub mod inside;
pub mod once;
pub mod rebuild_state;
pub mod session;
pub mod settings;
pub mod take_in;
pub mod tracker;
pub mod words;
pub mod write;
