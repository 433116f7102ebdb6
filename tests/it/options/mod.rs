//! Options: their effect, and errors in them.

mod bad_filters;
mod bad_options;
mod fields;
mod filters;
mod personal_options;
