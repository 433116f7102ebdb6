//! Exports of other systems: a *preset* defines how they are read.

pub(crate) mod dates;
pub(crate) mod dialect;
pub(crate) mod headers;
pub(crate) mod presets;
pub(crate) mod users;
pub(crate) mod values;
