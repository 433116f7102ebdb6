//! Writes a folder with a file for each table: either all files are replaced or none.
//!
//! The files are written under other names and synced. Then a *list* of their names is written, which completes the
//! export: the files are renamed, and the list is removed. If the program is stopped in between, the next export into
//! the folder finds the list and renames the remaining files before it does anything else. So no export ever starts
//! from a mixture, and as long as the list exists, readers can tell that the files are not all from one export.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::base::disk;
use crate::export::aside::{ASIDE, Aside};
use crate::export::error::ExportError;
use crate::output::table::Table;

/// The name of the list.
const LIST: &str = ".mailtrack-export-list";

/// The names of the files that an export is about to change.
#[derive(Debug, Default, Deserialize, Serialize)]
struct List {
    /// The present and the final name of each new file.
    put: Vec<(String, String)>,
    /// The files of an earlier export that are to be removed.
    remove: Vec<String>,
}

/// An export that is complete, except for the names of its files.
struct Begun {
    list: List,
    /// The new files. Their locks show that they are not left over from a stopped command.
    _locks: Vec<File>,
}

/// Writes a file with the extension `ending` for each table into the folder, which is created if it does not exist.
/// `write` gets the table, the file, and the final path for messages, and returns the number of rows. Returns the
/// number of rows of each table.
///
/// # Errors
/// If `write` fails, or a file cannot be written. As long as not all files are complete, none has then changed.
pub(crate) fn each_table(
    folder: &Path,
    ending: &str,
    mut write: impl FnMut(Table, &mut File, &Path) -> Result<u64, ExportError>,
) -> Result<Vec<(Table, u64)>, ExportError> {
    let mut counts = Vec::new();
    in_folder(
        folder,
        |_| false,
        |asides| {
            for table in Table::ALL {
                let to = folder.join(format!("{}.{ending}", table.name()));
                let mut aside = Aside::new(&to)?;
                counts.push((table, write(table, aside.file(), &to)?));
                asides.push(aside);
            }
            Ok(())
        },
    )?;
    Ok(counts)
}

/// Renames the files that `write` has made once all of them are complete, and removes the other files for whose names
/// `is_old` returns true. The folder is created if it does not exist, and removed again if nothing is written.
pub(crate) fn in_folder(
    folder: &Path,
    is_old: impl Fn(&str) -> bool,
    write: impl FnOnce(&mut Vec<Aside>) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let is_made = disk::make_folders(folder).map_err(ExportError::writing(folder))?;
    tidy(folder)?;
    let mut asides = Vec::new();
    let begun = write(&mut asides)
        .and_then(|()| asides.iter().try_for_each(Aside::keep))
        .and_then(|()| begin(folder, &is_old, asides));
    match begun {
        Ok(begun) => {
            let done = begun.list.carry_out(folder);
            done.map_err(ExportError::writing(folder))
        }
        Err(error) => {
            if is_made {
                // `remove_dir` only removes an empty folder, so files of others stay.
                let _ = fs::remove_dir(folder);
            }
            Err(error)
        }
    }
}

/// Completes an export that was stopped, and removes what stopped commands have left over.
///
/// # Errors
/// If a file cannot be read or renamed, or the list is damaged.
pub(crate) fn tidy(folder: &Path) -> Result<(), ExportError> {
    let path = folder.join(LIST);
    let text = match disk::read(&path, disk::TEXT_BYTES_MAX) {
        Ok(text) => Some(text),
        Err(error) if disk::is_absent(&error) => None,
        Err(error) => {
            let path = path.display().to_string();
            return Err(ExportError::Read { path, error });
        }
    };
    if let Some(text) = text {
        let list = List::parse(&text).ok_or_else(|| ExportError::Place {
            place: path.display().to_string(),
            problem: "is not the list of an export that was stopped; remove it, and export again"
                .into(),
        })?;
        list.carry_out(folder)
            .map_err(ExportError::writing(folder))?;
    }
    disk::remove_leftovers(folder, ASIDE);
    Ok(())
}

/// Writes the list, which completes the export.
fn begin(
    folder: &Path,
    is_old: &impl Fn(&str) -> bool,
    asides: Vec<Aside>,
) -> Result<Begun, ExportError> {
    let failed = |error: io::Error| ExportError::writing(folder)(error);
    let mut list = List::default();
    for aside in &asides {
        let names = [aside.0.path(), aside.0.to()].map(name_of);
        list.put.push(names.into());
    }
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = name_of(&entry.map_err(failed)?.path());
        if is_old(&name) && list.put.iter().all(|(_, new)| *new != name) {
            list.remove.push(name);
        }
    }
    let mut aside = Aside::new(&folder.join(LIST))?;
    let text = serde_json::to_vec(&list).map_err(|error| failed(error.into()))?;
    aside.file().write_all(&text).map_err(failed)?;
    // From here on, the files must not be removed by a failure of this program; their locks keep other commands from
    // it.
    let left = asides.into_iter().map(|aside| aside.0.leave());
    let left: Vec<(PathBuf, File)> = left.collect::<io::Result<_>>().map_err(failed)?;
    if let Err(error) = aside.put() {
        left.iter()
            .for_each(|(path, _)| drop(fs::remove_file(path)));
        return Err(error);
    }
    let locks = left.into_iter().map(|(_, file)| file).collect();
    Ok(Begun {
        list,
        _locks: locks,
    })
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

impl List {
    /// Parses a list; returns `None` if it is damaged, or contains a path outside the folder.
    fn parse(text: &[u8]) -> Option<List> {
        let list: List = serde_json::from_slice(text).ok()?;
        let is_name = |name: &String| Path::new(name).file_name().is_some_and(|it| it == &**name);
        let names = list.put.iter().flat_map(|(aside, to)| [aside, to]);
        let is_sound = names.chain(&list.remove).all(is_name)
            && list.put.iter().all(|(aside, _)| aside.starts_with(ASIDE));
        is_sound.then_some(list)
    }

    /// Renames and removes the files that the list names, as far as that is still to be done, and then removes the
    /// list.
    fn carry_out(&self, folder: &Path) -> io::Result<()> {
        for (aside, to) in &self.put {
            absent_is_done(fs::rename(folder.join(aside), folder.join(to)))?;
        }
        for name in &self.remove {
            absent_is_done(fs::remove_file(folder.join(name)))?;
        }
        disk::sync_folder(folder)?;
        absent_is_done(fs::remove_file(folder.join(LIST)))
    }
}

/// Treats an absent file as success: it was handled before the program was stopped.
fn absent_is_done(done: io::Result<()>) -> io::Result<()> {
    done.or_else(|error| match disk::is_absent(&error) {
        true => Ok(()),
        false => Err(error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An export of two files that fails before, or is stopped after, its list is on the disk.
    fn begun(folder: &Path, text: &str) -> List {
        let mut asides = Vec::new();
        for name in ["a.csv", "b.csv"] {
            let mut aside = Aside::new(&folder.join(name)).unwrap();
            aside.file().write_all(text.as_bytes()).unwrap();
            asides.push(aside);
        }
        begin(folder, &|name| name == "c.csv", asides).unwrap().list
    }

    fn texts(folder: &Path) -> Vec<(String, String)> {
        let entries = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
        let mut texts: Vec<(String, String)> = entries
            .map(|path| (name_of(&path), fs::read_to_string(path).unwrap()))
            .collect();
        texts.sort();
        texts
    }

    #[test]
    fn an_export_that_was_stopped_while_names_changed_is_carried_out_by_the_next_command() {
        for stopped_after in 0..=3 {
            let folder = tempfile::tempdir().unwrap();
            let at = |name: &str| folder.path().join(name);
            for name in ["a.csv", "b.csv", "c.csv", "theirs.csv"] {
                fs::write(at(name), "old").unwrap();
            }
            let list = begun(folder.path(), "new");
            for (aside, to) in list.put.iter().take(stopped_after) {
                fs::rename(at(aside), at(to)).unwrap();
            }
            if stopped_after == 3 {
                fs::remove_file(at("c.csv")).unwrap();
            }
            assert!(at(LIST).exists());
            tidy(folder.path()).unwrap();
            let want = [("a.csv", "new"), ("b.csv", "new"), ("theirs.csv", "old")];
            let want = want.map(|(name, text)| (name.to_owned(), text.to_owned()));
            assert_eq!(texts(folder.path()), want);
        }
    }

    #[test]
    fn an_export_that_fails_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("emails.csv"), "old").unwrap();
        let failed = each_table(folder.path(), "csv", |table, file, to| {
            file.write_all(b"new").unwrap();
            match table {
                Table::Failures => Err(ExportError::writing(to)(io::Error::other("full"))),
                _ => Ok(1),
            }
        });
        assert!(failed.is_err());
        assert_eq!(texts(folder.path()), [("emails.csv".into(), "old".into())]);
    }

    #[test]
    fn a_list_that_leads_elsewhere_is_refused() {
        for text in [
            "",
            "{}",
            r#"{"put":[["../a","b"]],"remove":[]}"#,
            r#"{"put":[[".mailtrack-export-123456","../b"]],"remove":[]}"#,
            r#"{"put":[["theirs","b"]],"remove":[]}"#,
            r#"{"put":[],"remove":["/etc/passwd"]}"#,
            r#"{"put":[],"remove":[".."]}"#,
        ] {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(LIST), text).unwrap();
            assert!(tidy(folder.path()).is_err(), "{text}");
        }
    }
}
