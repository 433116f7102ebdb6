//! Exports that are a folder of files.

use std::io::Write as _;
use std::path::Path;

use super::failed::failed;
use crate::base::terminal::{counted, shown};
use crate::cli::args::ExportArgs;
use crate::cli::console::Console;
use crate::cli::error::CommandError;
use crate::export::{self, CsvForm};
use crate::output::committed::reader::Committed;
use crate::output::table::Table;

pub(super) fn to_csv(
    args: &ExportArgs,
    folder: &Committed,
    console: &Console<'_>,
) -> Result<u8, CommandError> {
    let form = CsvForm {
        has_mark: args.bom,
        is_guarded: !args.no_guard,
    };
    let counts = export::tables(folder, &args.output, form).map_err(failed)?;
    print_files(&args.output, "csv", &counts, console)
}

pub(super) fn to_dataverse(
    args: &ExportArgs,
    folder: &Committed,
    console: &Console<'_>,
) -> Result<u8, CommandError> {
    let posted = export::to_dataverse(folder, &args.output).map_err(failed)?;
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
pub(super) fn to_parquet(
    args: &ExportArgs,
    folder: &Committed,
    console: &Console<'_>,
) -> Result<u8, CommandError> {
    let counts = export::to_parquet(folder, &args.output).map_err(failed)?;
    print_files(&args.output, "parquet", &counts, console)
}

#[cfg(not(feature = "parquet"))]
pub(super) fn to_parquet(
    _: &ExportArgs,
    _: &Committed,
    _: &Console<'_>,
) -> Result<u8, CommandError> {
    Err(crate::cli::error::usage(crate::base::features::NO_PARQUET))
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
