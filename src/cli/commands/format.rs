//! `run --format`: exports the tables after a run, in addition to the JSON lines. Later runs append to the JSON lines,
//! and each export is made from all of them.

use crate::base::disk;
use crate::cli::console::Console;
use crate::cli::error::{CommandError, unreadable, usage};
use std::path::Path;

use crate::base::features::NO_PARQUET;
use crate::export::error::ExportError;
use crate::export::{CsvForm, tables};
use crate::output::committed::reader::Committed;

use crate::cli::args::FormatArg;
use crate::output::folder::FolderSettings;

/// Refuses a format that this build does not support, before anything is done.
pub(crate) fn check(format: Option<FormatArg>) -> Result<(), CommandError> {
    if format == Some(FormatArg::Parquet) && !cfg!(feature = "parquet") {
        return Err(usage(NO_PARQUET));
    }
    Ok(())
}

/// Exports the tables of a folder after the run has committed.
pub(crate) fn write(format: FormatArg, out: &FolderSettings) -> Result<(), CommandError> {
    if out.dry_run {
        return Ok(());
    }
    let written = Committed::open(&out.path)
        .map_err(ExportError::from)
        .and_then(|from| match format {
            FormatArg::Csv => {
                let form = CsvForm {
                    has_mark: false,
                    is_guarded: true,
                };
                tables(&from, &out.path, form).map(drop)
            }
            FormatArg::Parquet => to_parquet(&from, &out.path),
        });
    written.map_err(|error| {
        CommandError::Incomplete(anyhow::anyhow!(
            "{error}; all else of the run is written, and the next one with --format writes this too"
        ))
    })
}

#[cfg(feature = "parquet")]
fn to_parquet(from: &Committed, folder: &Path) -> Result<(), ExportError> {
    crate::export::to_parquet(from, folder).map(drop)
}

#[cfg(not(feature = "parquet"))]
fn to_parquet(_: &Committed, _: &Path) -> Result<(), ExportError> {
    // Refused by `check` before the run.
    Ok(())
}

/// Warns if the folder has tables in another format that this run did not update.
pub(crate) fn warn_of_old(
    format: Option<FormatArg>,
    out: &FolderSettings,
    console: &Console<'_>,
) -> Result<(), CommandError> {
    for (form, name) in [(FormatArg::Csv, "csv"), (FormatArg::Parquet, "parquet")] {
        let path = out.path.join(format!("emails.{name}"));
        let is_old = format != Some(form) && !out.dry_run;
        if is_old && disk::is_there(&path).map_err(unreadable(&path))? {
            console.warning(&format!(
                "{}: as an earlier run has written it; --format {name} brings it up to date",
                path.display()
            ));
        }
    }
    Ok(())
}
