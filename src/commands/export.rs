//! `mailtrack export`: an output folder in another form.

use std::io::{self, Write as _};

use mailtrack::export::{Committed, ExportError, Form, Told, tables, vcards, write_whole};
use mailtrack::options::Options;
use mailtrack::output::Table;

use super::{
    CommandError, book_of, counted, incomplete, options_of, say_error, sound, threads, usage, wrong,
};
use crate::cli::{ExportArgs, ExportTo};

/// Runs the command.
pub fn run(args: &ExportArgs) -> Result<u8, CommandError> {
    let options = options_of(args.options.as_deref(), &args.preset)?;
    let folder = Committed::open(&args.folder).map_err(failed)?;
    match args.to {
        ExportTo::Csv if args.book.is_some() => Err(wrong("--book goes with --to vcard only")),
        ExportTo::Csv => to_csv(args, &folder),
        ExportTo::Vcard if args.bom || args.no_guard => {
            Err(wrong("--bom and --no-guard go with --to csv only"))
        }
        ExportTo::Vcard => to_vcards(args, &options, &folder),
    }
}

fn to_csv(args: &ExportArgs, folder: &Committed) -> Result<u8, CommandError> {
    let form = Form {
        has_mark: args.bom,
        is_guarded: !args.no_guard,
    };
    let counts = tables(folder, &args.output, form).map_err(failed)?;
    let mut out = io::stdout().lock();
    for (table, count) in counts {
        let name = format!("{}.csv", table.name());
        let path = args.output.join(name);
        writeln!(out, "{}: {count} rows", path.display())?;
    }
    out.flush()?;
    Ok(0)
}

fn to_vcards(args: &ExportArgs, options: &Options, folder: &Committed) -> Result<u8, CommandError> {
    let book = match &args.book {
        Some(path) => Some(book_of(path, &[options], &threads(0)?)?),
        None => None,
    };
    let contacts = folder.rows(Table::Contacts).map_err(failed)?;
    let leads = folder.rows(Table::Leads).map_err(failed)?;
    let mut told = Told::default();
    let mut text = String::new();
    for (kind, rows) in [("contact", &contacts), ("lead", &leads)] {
        vcards(kind, rows, options, book.as_ref(), &mut told, &mut text).map_err(incomplete)?;
    }
    if let Some(book) = &book {
        sound(book)?;
    }
    write_whole(&args.output, text.as_bytes()).map_err(failed)?;
    if told.nameless_accounts > 0 {
        let what = match book {
            Some(_) => "the book does not have them",
            None => "give --book",
        };
        say_error(&format!(
            "mailtrack: warning: {} cards lack the name of the parent account: {what}",
            told.nameless_accounts
        ));
    }
    let mut out = io::stdout().lock();
    let cards = counted(told.cards, "vCard", "vCards");
    writeln!(out, "{}: {cards}", args.output.display())?;
    out.flush()?;
    Ok(0)
}

/// What a user can put right is a wrong argument; what the system refuses is not.
fn failed(error: ExportError) -> CommandError {
    match error {
        ExportError::Read { .. } | ExportError::Write { .. } => incomplete(error),
        _ => usage(error),
    }
}
