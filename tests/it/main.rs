//! Tests of what users see, through the binary: one harness, with a folder for each part of the program.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
#![allow(unreachable_pub, reason = "nothing outside the harness can reach it")]

mod base;
mod book;
mod cases;
mod cli;
mod decide;
mod demo;
mod documents;
mod export;
mod inspect;
mod layout;
mod mail;
mod options;
mod output;
mod reference;
mod send;
mod snapshots;
mod support;

use support::{place, program, schemas};
