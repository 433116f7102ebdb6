//! `mailtrack export`: exports an output folder to another format.

use crate::cli::console::Console;
use crate::cli::context::threads;
use crate::cli::error::{CommandError, incomplete, usage, wrong};
use crate::run::basis::{book_of, check_undamaged, options_of};
use std::io::Write as _;
use std::path::Path;

use crate::base::terminal::shown;
use crate::book::may_be_url;
use crate::export::error::ExportError;
use crate::export::{CsvForm, tables, to_dataverse, to_sqlite, vcards, write_whole};
use crate::options::Options;
use crate::output::committed::error::CommittedError;
use crate::output::committed::reader::Committed;
use crate::output::table::Table;

use crate::base::terminal::counted;
use crate::cli::args::{ExportArgs, ExportTo};

/// Runs the command.
pub(crate) fn run(args: &ExportArgs, console: &Console<'_>) -> Result<u8, CommandError> {
    let options = options_of(args.options.as_deref(), args.preset.preset)?;
    check_together(args)?;
    if args.to != ExportTo::Postgres && may_be_url(&args.output.to_string_lossy()) {
        return Err(wrong(
            "-o: looks like the URL of a database, which goes with --to postgres; every other form is written to a file or a folder",
        ));
    }
    let folder = Committed::open(&args.folder).map_err(failed)?;
    match args.to {
        ExportTo::Csv => to_csv(args, &folder, console),
        ExportTo::Dataverse => post(args, &folder, console),
        ExportTo::Parquet => to_parquet(args, &folder, console),
        ExportTo::Sqlite => {
            let counts = to_sqlite(&folder, &args.output).map_err(failed)?;
            print_rows(&shown(&args.output), &counts, console)
        }
        ExportTo::Postgres => to_postgres(args, &folder, console),
        ExportTo::Vcard => to_vcards(args, &options, &folder, console),
    }
}

/// Refuses options that do not apply to the format.
fn check_together(args: &ExportArgs) -> Result<(), CommandError> {
    let is = |to: ExportTo| args.to == to;
    for (is_wrong, words) in [
        (
            args.book.is_some() && !is(ExportTo::Vcard),
            "--book goes with --to vcard only",
        ),
        (
            (args.bom || args.no_guard) && !is(ExportTo::Csv),
            "--bom and --no-guard go with --to csv only",
        ),
        (
            args.schema.is_some() && !is(ExportTo::Postgres),
            "--schema goes with --to postgres only",
        ),
    ] {
        if is_wrong {
            return Err(wrong(words));
        }
    }
    Ok(())
}

fn to_csv(
    args: &ExportArgs,
    folder: &Committed,
    console: &Console<'_>,
) -> Result<u8, CommandError> {
    let form = CsvForm {
        has_mark: args.bom,
        is_guarded: !args.no_guard,
    };
    let counts = tables(folder, &args.output, form).map_err(failed)?;
    print_files(&args.output, "csv", &counts, console)
}

fn post(args: &ExportArgs, folder: &Committed, console: &Console<'_>) -> Result<u8, CommandError> {
    let posted = to_dataverse(folder, &args.output).map_err(failed)?;
    console.warnings("export", &posted.warnings());
    let mut out = console.out();
    for (name, count) in &posted.files {
        let count = counted(*count, "request", "requests");
        writeln!(out, "{}: {count}", shown(&args.output.join(name)))?;
    }
    out.flush()?;
    Ok(0)
}

#[cfg(feature = "parquet")]
fn to_parquet(
    args: &ExportArgs,
    folder: &Committed,
    console: &Console<'_>,
) -> Result<u8, CommandError> {
    let counts = crate::export::to_parquet(folder, &args.output).map_err(failed)?;
    print_files(&args.output, "parquet", &counts, console)
}

#[cfg(not(feature = "parquet"))]
fn to_parquet(_: &ExportArgs, _: &Committed, _: &Console<'_>) -> Result<u8, CommandError> {
    Err(usage(crate::base::features::NO_PARQUET))
}

fn print_files(
    folder: &Path,
    ending: &str,
    counts: &[(Table, u64)],
    console: &Console<'_>,
) -> Result<u8, CommandError> {
    let mut out = console.out();
    for (table, count) in counts {
        let path = folder.join(format!("{}.{ending}", table.name()));
        writeln!(out, "{}: {}", shown(&path), counted(*count, "row", "rows"))?;
    }
    out.flush()?;
    Ok(0)
}

#[cfg(feature = "postgres")]
fn to_postgres(
    args: &ExportArgs,
    folder: &Committed,
    console: &Console<'_>,
) -> Result<u8, CommandError> {
    use crate::base::postgresql::Database;
    use crate::base::postgresql::error::DatabaseError;
    let Some(url) = args.output.to_str() else {
        return Err(usage(DatabaseError::Url("it is not text".into())));
    };
    let mut database = Database::connect(url).map_err(|error| match error {
        DatabaseError::Url(_) => usage(error),
        DatabaseError::Failed { .. } => incomplete(error),
    })?;
    console.warnings("database", &database.warnings);
    let exported = crate::export::to_postgres(folder, &mut database, args.schema.as_deref());
    let exported = exported.map_err(failed)?;
    if exported.values_with_nul > 0 {
        console.warning(&format!(
            "PostgreSQL does not allow NUL in text: U+FFFD replaces it in {}",
            counted(exported.values_with_nul, "value", "values")
        ));
    }
    print_rows(database.name(), &exported.counts, console)
}

#[cfg(not(feature = "postgres"))]
fn to_postgres(_: &ExportArgs, _: &Committed, _: &Console<'_>) -> Result<u8, CommandError> {
    Err(usage(crate::base::features::NO_POSTGRES))
}

fn print_rows(
    place: &str,
    counts: &[(Table, u64)],
    console: &Console<'_>,
) -> Result<u8, CommandError> {
    let mut out = console.out();
    for (table, count) in counts {
        writeln!(
            out,
            "{place}: {}: {}",
            table.name(),
            counted(*count, "row", "rows")
        )?;
    }
    out.flush()?;
    Ok(0)
}

fn to_vcards(
    args: &ExportArgs,
    options: &Options,
    folder: &Committed,
    console: &Console<'_>,
) -> Result<u8, CommandError> {
    let book = match &args.book {
        Some(path) => Some(book_of(path, &[options], &threads(0)?, console)?),
        None => None,
    };
    let (text, written) = vcards(folder, options, book.as_ref()).map_err(failed)?;
    if let Some(book) = &book {
        check_undamaged(book)?;
    }
    write_whole(&args.output, text.as_bytes()).map_err(failed)?;
    if written.nameless_accounts > 0 {
        let what = match book {
            Some(_) => "the book does not have them",
            None => "give --book",
        };
        console.warning(&format!(
            "{} cards lack the name of the parent account: {what}",
            written.nameless_accounts
        ));
    }
    let mut out = console.out();
    let cards = counted(written.cards, "vCard", "vCards");
    writeln!(out, "{}: {cards}", shown(&args.output))?;
    out.flush()?;
    Ok(0)
}

/// Converts an error: one that the user can correct is a wrong argument, any other means that the export failed.
pub(crate) fn failed(error: impl Into<ExportError>) -> CommandError {
    let error = error.into();
    match error {
        ExportError::Committed(CommittedError::Read { .. })
        | ExportError::Read { .. }
        | ExportError::Write { .. }
        | ExportError::Failed { .. } => incomplete(error),
        _ => usage(error),
    }
}
