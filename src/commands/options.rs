//! `mailtrack options`: check, show, schema.

use std::io::{self, Write as _};

use mailtrack::filter::doubts;
use mailtrack::options::{Options, OptionsFile};

use super::{CommandError, load, sound, threads, usage, warn, wrong};
use crate::cli::OptionsCommand;

/// Runs the command.
pub fn run(command: &OptionsCommand) -> Result<u8, CommandError> {
    let mut out = io::stdout().lock();
    match command {
        OptionsCommand::Check { file, book } => {
            let options = Options::load(file).map_err(usage)?;
            if let Some(folder) = book {
                let book = load(folder, &options, &threads(0)?)?;
                options.check_against(&book).map_err(usage)?;
                sound(&book)?;
                let doubts: Vec<String> = doubts::of_run(&book, &options).into_iter().collect();
                warn(&doubts);
            }
            writeln!(out, "{}: good", file.display())?;
        }
        OptionsCommand::Show { file } => {
            let options = match file {
                Some(file) => Options::load(file),
                None => Options::defaults(),
            };
            let text = toml::to_string(&options.map_err(usage)?.effective).map_err(wrong)?;
            write!(out, "{text}")?;
        }
        OptionsCommand::Schema => {
            let schema = schemars::schema_for!(OptionsFile);
            writeln!(
                out,
                "{}",
                serde_json::to_string_pretty(&schema).map_err(wrong)?
            )?;
        }
    }
    out.flush()?;
    Ok(0)
}
