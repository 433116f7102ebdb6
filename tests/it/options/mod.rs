//! Options: what they say, and what is wrong with them.

mod bad_filters;
mod bad_options;
mod fields;
mod filters;
mod personal_options;
