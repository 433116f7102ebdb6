//! `mailtrack export`: exports an output folder to another format.

mod command;
mod databases;
mod failed;
mod files;
mod vcards;

pub(crate) use command::run;
pub(crate) use failed::failed;
