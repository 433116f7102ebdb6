//! Creation of contacts and leads for addresses of a tracked message (R11).

pub(crate) mod consider;
pub(crate) mod details;
