//! What can be typed: flags as they are, without logic.

pub(crate) mod book;
pub(crate) mod command_line;
pub(crate) mod export;
pub(crate) mod preset;

pub(crate) use book::{BookCheckArgs, BookCommand, OptionsCommand};
pub(crate) use command_line::*;
pub(crate) use export::{ExportArgs, ExportTo, ReportArgs};
