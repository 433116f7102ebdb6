//! Exports of other systems: a *preset* says how they are to be read.

pub mod dates;
pub mod dialect;
pub mod headers;
pub mod presets;
pub mod users;
pub mod values;
