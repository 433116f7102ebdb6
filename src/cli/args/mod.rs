//! What can be typed: flags as they are, without logic.

pub mod book;
pub mod command_line;
pub mod export;
pub mod preset;

pub use book::{BookCheckArgs, BookCommand, OptionsCommand};
pub use command_line::*;
pub use export::{ExportArgs, ExportTo, ReportArgs};
