//! Which addresses of a tracked message become contacts or leads, and what these say (R11).

pub(crate) mod consider;
pub(crate) mod details;
