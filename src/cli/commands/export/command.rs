//! `mailtrack export`: exports an output folder to another format.

use super::failed::failed;
use super::{databases, files, vcards};
use crate::book::may_be_url;
use crate::cli::args::{ExportArgs, ExportTo};
use crate::cli::console::Console;
use crate::cli::error::{CommandError, wrong};
use crate::output::committed::reader::Committed;
use crate::run::basis::options_of;

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
        ExportTo::Csv => files::to_csv(args, &folder, console),
        ExportTo::Dataverse => files::to_dataverse(args, &folder, console),
        ExportTo::Parquet => files::to_parquet(args, &folder, console),
        ExportTo::Sqlite => databases::to_sqlite(args, &folder, console),
        ExportTo::Postgres => databases::to_postgres(args, &folder, console),
        ExportTo::Vcard => vcards::to_vcards(args, &options, &folder, console),
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
