//! `mailtrack schema`: prints the JSON schema of a line of an output file, of the summary, or of the options.

use crate::cli::console::Console;
use crate::cli::error::{CommandError, wrong};
use std::io::Write as _;

use crate::output::schema::Document;

/// Runs the command: prints a schema, or without a document the names of all.
pub(crate) fn run(document: Option<Document>, console: &Console<'_>) -> Result<u8, CommandError> {
    let mut out = console.out();
    match document {
        None => {
            for document in Document::all() {
                writeln!(out, "{}", document.name())?;
            }
        }
        Some(document) => {
            let text = serde_json::to_string_pretty(&document.schema()).map_err(wrong)?;
            writeln!(out, "{text}")?;
        }
    }
    out.flush()?;
    Ok(0)
}
