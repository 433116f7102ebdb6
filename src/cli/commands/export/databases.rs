//! Exports to a database.

use std::io::Write as _;

use super::failed::failed;
use crate::base::terminal::{counted, shown};
use crate::cli::args::ExportArgs;
use crate::cli::console::Console;
use crate::cli::error::{CommandError, usage};
use crate::export;
use crate::output::committed::reader::Committed;
use crate::output::table::Table;

pub(super) fn to_sqlite(
    args: &ExportArgs,
    folder: &Committed,
    console: &Console<'_>,
) -> Result<u8, CommandError> {
    let counts = export::to_sqlite(folder, &args.output).map_err(failed)?;
    print_rows(&shown(&args.output), &counts, console)
}

#[cfg(feature = "postgres")]
pub(super) fn to_postgres(
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
        DatabaseError::Failed { .. } => crate::cli::error::incomplete(error),
    })?;
    console.warnings("database", &database.warnings);
    let exported = export::to_postgres(folder, &mut database, args.schema.as_deref());
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
pub(super) fn to_postgres(
    _: &ExportArgs,
    _: &Committed,
    _: &Console<'_>,
) -> Result<u8, CommandError> {
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
