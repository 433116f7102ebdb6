//! Tests of what users see, through the binary: one harness, a module for each subject.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod again;
mod archives;
mod awkward;
mod bad_input;
mod book;
mod cases;
mod changing_mail;
mod client;
mod command_line;
mod compare;
mod databases;
mod deep;
mod demo;
mod documents;
mod duplicates;
mod explain;
mod explained_run;
mod export_csv;
mod export_dataverse;
mod export_parquet;
mod export_sqlite;
mod exported;
mod fields;
mod filters;
mod format;
mod help;
mod hostile_mail;
mod init;
mod keeping;
mod linear;
mod local_data;
mod odd_files;
mod offline;
mod older;
mod older_states;
mod packages;
mod packed;
mod personal_options;
mod place;
mod presets;
mod program;
mod properties;
mod rebuild;
mod report;
mod runs;
mod schemas;
mod send;
mod shown;
mod smtp;
mod start;
mod unusable;
mod watch;
mod whom_to_add;
