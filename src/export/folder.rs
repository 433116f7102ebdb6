//! A folder with a file for each table: all of them, or none.

use std::fs::{self, File};
use std::path::Path;

use super::{Aside, ExportError};
use crate::output::Table;

/// Writes a file with this ending for each table into the folder, which is made where it is not there. How many rows
/// `write` says that each has; it is given the file, and the place by which a message names it.
///
/// # Errors
/// Where `write` fails, or the system refuses; then no file has changed.
pub fn each_table(
    folder: &Path,
    ending: &str,
    mut write: impl FnMut(Table, &mut File, &Path) -> Result<u64, ExportError>,
) -> Result<Vec<(Table, u64)>, ExportError> {
    let mut counts = Vec::new();
    in_folder(folder, |asides| {
        for table in Table::ALL {
            let to = folder.join(format!("{}.{ending}", table.name()));
            let mut aside = Aside::new(&to)?;
            counts.push((table, write(table, aside.file(), &to)?));
            asides.push(aside);
        }
        Ok(())
    })?;
    Ok(counts)
}

/// Puts the files that `write` has made aside in their place once all of them are whole. The folder is made where it is
/// not there, and removed where it was made for nothing.
pub fn in_folder(
    folder: &Path,
    write: impl FnOnce(&mut Vec<Aside>) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let is_made = !folder.exists();
    fs::create_dir_all(folder).map_err(ExportError::writing(folder))?;
    let mut asides = Vec::new();
    let written = write(&mut asides).and_then(|()| {
        asides.iter().try_for_each(Aside::keep)?;
        asides.into_iter().try_for_each(Aside::put)
    });
    if is_made && written.is_err() {
        // Only where it is empty: what others have put there stays.
        let _ = fs::remove_dir(folder);
    }
    written
}
