//! Books: what they are read from, what is in force, and what is refused.

mod bad_books;
mod commands;
mod databases;
mod local_data;
mod offline;
mod preset_checks;
mod presets;
mod unusable;
