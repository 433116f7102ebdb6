//! Names of people: display names over all mail, and their parts.

pub(crate) mod display_name;
pub(crate) mod gather;
pub(crate) mod name;
