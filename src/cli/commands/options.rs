//! `mailtrack options`: `check`, `show` and `schema`.

use crate::cli::console::Console;
use crate::cli::context::threads;
use crate::cli::error::{CommandError, usage, wrong};
use crate::run::basis::{check_undamaged, load, options_of};
use std::io::Write;

use crate::base::terminal::{plain, shown};
use crate::book::option_warnings;
use crate::options::fields::{ESSENTIAL, Fields};
use crate::options::{MailboxId, Options};
use crate::output::schema::Document;

use serde::Serialize;

use super::schema;
use crate::cli::args::OptionsCommand;

/// Runs the command.
pub(crate) fn run(command: &OptionsCommand, console: &Console<'_>) -> Result<u8, CommandError> {
    let mut out = console.out();
    match command {
        OptionsCommand::Check { file, book, preset } => {
            let options = options_of(Some(file), preset.preset)?;
            if let Some(folder) = book {
                let book = load(folder, &options, &threads(0)?)?;
                crate::book::check_cited(&options, &book).map_err(usage)?;
                check_undamaged(&book)?;
                let doubts: Vec<String> = option_warnings::of_run(&book, &options)
                    .into_iter()
                    .collect();
                console.warnings("options", &doubts);
            }
            writeln!(out, "{}: good", shown(file))?;
        }
        OptionsCommand::Show { file, fields, json } => {
            let options = match file {
                Some(file) => Options::load(file),
                None => Options::defaults(),
            };
            let options = options.map_err(usage)?;
            if *fields {
                show_fields(&options.mailbox(MailboxId::GENERAL).fields, *json, &mut out)?;
            } else {
                let text = toml::to_string(&options.effective).map_err(wrong)?;
                for line in text.lines() {
                    writeln!(out, "{}", plain(line))?;
                }
            }
        }
        OptionsCommand::Schema => return schema::run(Some(Document::Options), console),
    }
    out.flush()?;
    Ok(0)
}

/// A line of `options show --fields --json`.
#[derive(Serialize)]
struct FieldLine<'a> {
    record: &'a str,
    property: &'a str,
    field: &'a str,
    direction: &'a str,
    /// Whether created records always have the column, whatever the direction.
    always: bool,
}

fn show_fields(fields: &Fields, json: bool, out: &mut impl Write) -> Result<(), CommandError> {
    let lines = ["contact", "lead"].into_iter().flat_map(|record| {
        fields.of(record).iter().map(move |pair| FieldLine {
            record,
            property: pair.property.name(),
            field: &pair.column,
            direction: pair.direction.name(),
            always: ESSENTIAL.contains(&&*pair.column),
        })
    });
    if !json {
        writeln!(
            out,
            "record   vCard         column                    direction"
        )?;
    }
    for line in lines {
        if json {
            writeln!(out, "{}", serde_json::to_string(&line).map_err(wrong)?)?;
            continue;
        }
        let note = if line.always { " (always written)" } else { "" };
        let (record, property, field, direction) =
            (line.record, line.property, line.field, line.direction);
        writeln!(
            out,
            "{record:<8} {property:<13} {:<25} {direction}{note}",
            plain(field)
        )?;
    }
    Ok(())
}
