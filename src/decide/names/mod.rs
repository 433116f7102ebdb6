//! What people are called: display names over all mail, and their parts.

pub mod display_name;
pub mod gather;
pub mod name;
