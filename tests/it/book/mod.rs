//! Books: their sources, what they contain, and what is refused.

mod bad_books;
mod commands;
mod databases;
mod local_data;
mod offline;
mod preset_checks;
mod presets;
mod unusable;
