//! Output folders: what runs leave, and what later runs make of it.

mod client;
mod keeping;
mod older;
mod older_states;
mod rebuild;
mod rebuild_lines;
mod rebuild_sent;
mod runs;
mod schemas;
mod stopped_runs;
