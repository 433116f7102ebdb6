//! Reading a folder of record files into a [`Book`], with every check that the files need.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::emails::emails;
use super::index::Index;
use super::offline::{OfflineFilters, ids};
use super::present::Origin;
use super::records::RecordFile;
use super::refresh::stamps;
use super::sheet::{Sheet, SheetError};
use super::{Book, BookBuilder, Columns};
use crate::reference::Reference;
use crate::threads::Threads;

/// At most so many errors are told at once; a file with more has one cause.
const ERRORS_SHOWN_MAX: usize = 20;

/// The logical names that the columns of each record type have in its file.
type ColumnNames = BTreeMap<String, BTreeMap<String, String>>;

/// A book that cannot be used: each line names the file, the line in it, and what would be right.
#[derive(Debug, PartialEq)]
pub struct BookError(Vec<String>);

impl std::error::Error for BookError {}

impl fmt::Display for BookError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.0[..self.0.len().min(ERRORS_SHOWN_MAX)];
        out.write_str(&shown.join("\n"))?;
        match self.0.len() - shown.len() {
            0 => Ok(()),
            more => write!(out, "\n... and {more} more errors in the book"),
        }
    }
}

/// A book that could not be built into a file.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// What it is built from is wrong.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The file cannot be written.
    #[error("{}: cannot be written: {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// Reads the book at `path`, a folder of record files or a built index. Of a folder the cells of `columns` are kept;
/// a built index has all. `owners` are the mailboxes' owners: where the book has no file for their type, they are
/// records all the same, with the addresses that the options give them.
///
/// # Errors
/// Where nothing is there or it has no record files, or a file is wrong.
pub fn load<'o>(
    path: &Path,
    names: &ColumnNames,
    columns: Columns,
    owners: impl IntoIterator<Item = &'o Reference>,
    threads: &Threads,
) -> Result<Book, BookError> {
    let fail = |message: String| BookError(vec![format!("{}: {message}", path.display())]);
    let mut book = if path.is_file() {
        let index = Index::open(path).map_err(fail)?;
        let renamed = !names.is_empty() && *names != index.meta.column_names;
        let mut book = Book::new(index, Vec::new());
        book.origin = Some(Origin {
            folder: book.index.meta.source.clone().into(),
            files: book.index.meta.files.clone(),
        });
        if renamed {
            book.warnings.push(format!(
                "{}: was built without the [book.columns] of these options, which have no effect on a built index; build it again with --options",
                path.display()
            ));
        }
        book
    } else {
        let files = stamps(path)?;
        let builder = read(path, names, None, BookBuilder::in_memory(columns), threads)?;
        let mut book = builder
            .finish(threads)
            .map_err(|error| fail(error.to_string()))?;
        book.origin = Some(Origin {
            folder: path.into(),
            files,
        });
        book
    };
    book.add_owners(owners);
    Ok(book)
}

/// What a book is built of.
#[derive(Clone, Copy, Debug)]
pub struct Build<'a> {
    /// The folder of record files.
    pub folder: &'a Path,
    /// How its columns are called.
    pub names: &'a ColumnNames,
    /// Which records are taken, where not all are.
    pub offline: Option<&'a OfflineFilters>,
    /// The time.
    pub now: Timestamp,
}

/// Builds a book into the file `to`, which is written aside and renamed, so that who uses it meanwhile goes on with the
/// old one. What was left out, each with file and line.
///
/// # Errors
/// Where a file of the book is wrong, or `to` cannot be written; nothing is left behind then.
pub fn build(from: Build<'_>, to: &Path, threads: &Threads) -> Result<Vec<String>, BuildError> {
    let Build {
        folder,
        names,
        offline,
        now,
    } = from;
    let unwritten = |error| BuildError::Write {
        path: to.into(),
        error,
    };
    if to.is_dir() {
        return Err(unwritten(io::Error::other(
            "is a folder; name a file, such as book.mtb",
        )));
    }
    let beside = match to.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // Made as any other file, so that others may read it who may read those beside it.
    let make = |path: &Path| File::create_new(path);
    let aside = tempfile::Builder::new()
        .prefix(".mailtrack-book-")
        .make_in(beside, make)
        .map_err(unwritten)?;
    let file = aside.as_file().try_clone().map_err(unwritten)?;
    let mut builder = BookBuilder::into_file(file, beside).map_err(unwritten)?;
    let source = std::path::absolute(folder).unwrap_or_else(|_| folder.into());
    // Before they are read: what changes meanwhile is another file afterwards.
    let files = stamps(folder)?;
    builder.set_source(source.to_string_lossy().into_owned(), files, now, names);
    if let Some(offline) = offline {
        builder.set_offline(offline.options());
    }
    let warnings = read(folder, names, offline, builder, threads)?
        .finish_file(threads)
        .map_err(unwritten)?;
    aside.persist(to).map_err(|error| unwritten(error.error))?;
    Ok(warnings)
}

fn read(
    folder: &Path,
    names: &ColumnNames,
    offline: Option<&OfflineFilters>,
    mut builder: BookBuilder,
    threads: &Threads,
) -> Result<BookBuilder, BookError> {
    let mut errors = Vec::new();
    let files = files(folder)?;
    let teams = match offline {
        Some(offline) if offline.asks_for_owner() => teams(&files, names, threads)?,
        _ => HashSet::new(),
    };
    for (kind, path) in files {
        let file = RecordFile {
            kind: &kind,
            path: &path,
            threads,
            offline: offline.map(|offline| (offline, &teams)),
        };
        let read = Sheet::open(&path, names.get(&kind)).and_then(|sheet| match kind.as_str() {
            "email" => emails(sheet, threads, &mut builder),
            _ => file.records(sheet, &mut builder),
        });
        match read {
            Ok(found) => errors.extend(found.iter().map(|error| located(&path, error))),
            Err(error) => errors.push(located(&path, &error)),
        }
    }
    if errors.is_empty() {
        Ok(builder)
    } else {
        Err(BookError(errors))
    }
}

/// The ids of teams that are not a user's too: where the book names an owner by such an id alone, it is the team.
fn teams(
    files: &BTreeMap<String, PathBuf>,
    names: &ColumnNames,
    threads: &Threads,
) -> Result<HashSet<Box<str>>, BookError> {
    let of = |kind: &str| match files.get(kind) {
        None => Ok(HashSet::new()),
        Some(path) => Sheet::open(path, names.get(kind))
            .and_then(|sheet| ids(sheet, kind, threads))
            .map_err(|error| BookError(vec![located(path, &error)])),
    };
    let users = of("systemuser")?;
    let mut teams = of("team")?;
    teams.retain(|id| !users.contains(id));
    Ok(teams)
}

/// The record files of a folder by record type, in the order of their names.
pub(super) fn files(folder: &Path) -> Result<BTreeMap<String, PathBuf>, BookError> {
    let fail = |message: String| Err(BookError(vec![message]));
    let shown = folder.display();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(_) if folder.is_file() => {
            return fail(format!(
                "{shown}: is a file; a book is a folder with contact.csv, lead.csv, account.csv, systemuser.csv ..."
            ));
        }
        Err(error) => {
            return fail(format!(
                "{shown}: {error}; the book is a folder with contact.csv, lead.csv, account.csv ..."
            ));
        }
    };
    let mut files = BTreeMap::new();
    for entry in entries {
        let path = match entry {
            Ok(entry) => entry.path(),
            Err(error) => return fail(format!("{shown}: {error}")),
        };
        let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
        let is_record_file = ending.is_some_and(|ending| ending == "csv" || ending == "jsonl");
        let Some(kind) = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .filter(|_| is_record_file)
        else {
            continue;
        };
        if kind.starts_with('.') || !path.is_file() {
            continue;
        }
        if let Some(other) = files.insert(kind.to_ascii_lowercase(), path.clone()) {
            let (a, b) = (other.display(), path.display());
            return fail(format!(
                "{b}: the records of `{kind}` are in {a} too; keep one of the two files"
            ));
        }
    }
    if files.is_empty() {
        return fail(format!(
            "{shown}: has no record files; a book holds contact.csv, lead.csv, account.csv, systemuser.csv ..."
        ));
    }
    Ok(files)
}

fn located(path: &Path, error: &SheetError) -> String {
    match error.line {
        Some(line) => format!("{}:{line}: {}", path.display(), error.message),
        None => format!("{}: {}", path.display(), error.message),
    }
}
