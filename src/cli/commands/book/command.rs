//! `mailtrack book`: the commands about a book.

use super::build::{build, offline_filters};
use super::check;
use super::info::info;
use crate::cli::args::BookCommand;
use crate::cli::console::Console;
use crate::cli::context::now;
use crate::cli::error::CommandError;
use crate::run::basis::options_of;

/// Runs the command.
pub(crate) fn run(command: &BookCommand, console: &Console<'_>) -> Result<u8, CommandError> {
    match command {
        BookCommand::Build {
            book,
            output,
            offline,
            options,
            preset,
            now: given,
        } => {
            let options = options_of(options.as_deref(), preset.preset)?;
            let now = now(given.as_deref())?;
            let filters = offline
                .then(|| offline_filters(&options, now, console))
                .transpose()?;
            build(book, output, &options, filters.as_ref(), console)
        }
        BookCommand::Info {
            book,
            options,
            preset,
            filters,
            now: given,
            json,
        } => {
            let options = options_of(options.as_deref(), preset.preset)?;
            let now = filters.then(|| now(given.as_deref())).transpose()?;
            info(book, &options, now, *json, console)
        }
        BookCommand::Check(args) => check::run(args, console),
    }
}
