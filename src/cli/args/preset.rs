//! The preset that a command line names.

use crate::cli::args::command_line::presets;
use crate::options::PresetName;
use clap::Args;

/// Whose exports a book is made of.
#[derive(Debug, Args)]
pub struct PresetArg {
    /// System that the address book was exported from; its file names, column names and date formats are understood
    /// (in the options: [book] preset)
    #[arg(long, value_name = "PRESET", value_parser = presets())]
    pub preset: Option<PresetName>,
}
