//! A folder with a file for each table: all of them new, or all of them old.
//!
//! The files are written aside and synced. Then a *list* of their names is written, and with that the export is made: the
//! files get their names, and the list is removed. If the program is stopped in between, the next export into the folder
//! finds the list and gives the rest their names, before it does anything else; so no export ever meets a mixture, and as
//! long as the list is there, whoever reads the files can tell that they are not all of one export.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::base::disk;
use crate::export::aside::{ASIDE, Aside};
use crate::export::error::ExportError;
use crate::output::table::Table;

/// The list's name.
const LIST: &str = ".mailtrack-export-list";

/// The names in a folder that an export is about to change.
#[derive(Debug, Default, Deserialize, Serialize)]
struct List {
    /// The name of each file aside, and the one that it gets.
    put: Vec<(String, String)>,
    /// Files of an earlier export that are removed.
    remove: Vec<String>,
}

/// An export that is made, but for the names of its files.
struct Begun {
    list: List,
    /// The files, whose locks say that they are not left behind.
    _locks: Vec<File>,
}

/// Writes a file with this ending for each table into the folder, which is made if it is not there. Returns how many rows
/// `write` says that each has; it is given the file, and the place by which a message names it.
///
/// # Errors
/// If `write` fails, or the system refuses. Until the files are all whole, none has changed then.
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

/// Puts the files that `write` has made aside in their place once all of them are whole, and removes those of an earlier
/// export, which `is_old` knows by their names, that are not among them. The folder is made if it is not there, and
/// removed if it was made for nothing.
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
                // Only if it is empty: what others have put there stays.
                let _ = fs::remove_dir(folder);
            }
            Err(error)
        }
    }
}

/// Gives the files of an export that was stopped their names, and removes what other commands have left behind.
///
/// # Errors
/// If the system refuses, or the list is damaged.
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

/// Writes the list: from then on the export is made.
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
    // Nobody removes them from here on: not this program when it fails, and others not because of their locks.
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
    /// Reads a list; `None` if it is none, or leads out of the folder.
    fn parse(text: &[u8]) -> Option<List> {
        let list: List = serde_json::from_slice(text).ok()?;
        let is_name = |name: &String| Path::new(name).file_name().is_some_and(|it| it == &**name);
        let names = list.put.iter().flat_map(|(aside, to)| [aside, to]);
        let is_sound = names.chain(&list.remove).all(is_name)
            && list.put.iter().all(|(aside, _)| aside.starts_with(ASIDE));
        is_sound.then_some(list)
    }

    /// Gives the files their names, as far as they have not got them yet, and removes the list once they have.
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

/// What is no longer there was done before the program was stopped.
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
