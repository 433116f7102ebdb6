//! One run from its settings to its output folder: the stages in their order, and what earlier runs did.

pub mod history;
pub mod write;
