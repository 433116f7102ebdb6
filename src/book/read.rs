//! Reading a folder of record files into a [`Book`], with every check that the files need.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::emails::emails;
use super::file_report::FileReport;
use super::index::Index;
use super::manner::Manner;
use super::offline::{OfflineFilters, ids};
use super::place::{Place, files};
use super::present::Origin;
use super::records::RecordFile;
use super::refresh::stamps;
use super::sheet::Sheet;
use super::users::Users;
use super::{Book, BookBuilder, Columns};
use crate::options::file::BookSection;
use crate::reference::Reference;
use crate::threads::Threads;

/// At most so many errors are told at once; a file with more has one cause.
const ERRORS_SHOWN_MAX: usize = 20;

/// A book that cannot be used: each line names the file, the line in it, and what would be right.
#[derive(Debug, PartialEq)]
pub struct BookError(Vec<String>);

impl std::error::Error for BookError {}

impl BookError {
    /// One thing that is wrong.
    pub(super) fn of(message: String) -> BookError {
        BookError(vec![message])
    }
}

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

/// Reads the book at `path`, a folder of record files or a built index. `section` says how files are read. Of a folder
/// the cells of `columns` are kept; a built index has all. `owners` are the mailboxes' owners: where the book has no file
/// for their type, they are records all the same, with the addresses that the options give them.
///
/// # Errors
/// Where nothing is there or it has no record files, or a file is wrong.
pub fn load<'o>(
    path: &Path,
    section: &BookSection,
    columns: Columns,
    owners: impl IntoIterator<Item = &'o Reference>,
    threads: &Threads,
) -> Result<Book, BookError> {
    let mut book = if path.is_file() {
        open(path, section)?
    } else {
        of_folder(path, section, columns, false, threads)?.0
    };
    book.add_owners(owners);
    Ok(book)
}

/// As [`load`], with what was understood of each file; nothing of a built index.
///
/// # Errors
/// As [`load`].
pub fn load_checked(
    path: &Path,
    section: &BookSection,
    threads: &Threads,
) -> Result<(Book, Vec<FileReport>), BookError> {
    match path.is_file() {
        true => Ok((open(path, section)?, Vec::new())),
        false => of_folder(path, section, Columns::default(), true, threads),
    }
}

fn failed(path: &Path, message: &dyn fmt::Display) -> BookError {
    BookError::of(format!("{}: {message}", path.display()))
}

/// Opens a built index.
fn open(path: &Path, section: &BookSection) -> Result<Book, BookError> {
    let index = Index::open(path).map_err(|error| failed(path, &error))?;
    let built = index.meta.section();
    let mut book = Book::new(index, Vec::new());
    book.origin = Some(Origin {
        folder: book.index.meta.source.clone().into(),
        files: book.index.meta.files.clone(),
    });
    let is_other = |said: bool, same: bool| said && !same;
    if is_other(
        !section.columns.is_empty(),
        section.columns == built.columns,
    ) {
        book.warnings.push(format!(
            "{}: was built without the [book.columns] of these options, which have no effect on a built index; build it again with --options",
            path.display()
        ));
    } else if is_other(!section.is_own_form(), *section == built) {
        book.warnings.push(format!(
            "{}: was built without this preset or these dates and files of [book], which have no effect on a built index; build it again with them",
            path.display()
        ));
    }
    Ok(book)
}

fn of_folder(
    path: &Path,
    section: &BookSection,
    columns: Columns,
    is_checked: bool,
    threads: &Threads,
) -> Result<(Book, Vec<FileReport>), BookError> {
    let files = stamps(path, section)?;
    let reading = Reading {
        folder: path,
        section,
        offline: None,
        is_checked,
    };
    let (builder, reports) = reading.read(BookBuilder::in_memory(columns), threads)?;
    let mut book = builder
        .finish(threads)
        .map_err(|error| failed(path, &error))?;
    book.origin = Some(Origin {
        folder: path.into(),
        files,
    });
    Ok((book, reports))
}

/// What a book is built of.
#[derive(Clone, Copy, Debug)]
pub struct Build<'a> {
    /// The folder of record files.
    pub folder: &'a Path,
    /// How its files are read.
    pub section: &'a BookSection,
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
        section,
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
    let files = stamps(folder, section)?;
    builder.set_source(source.to_string_lossy().into_owned(), files, now, section);
    if let Some(offline) = offline {
        builder.set_offline(offline.options());
    }
    let reading = Reading {
        folder,
        section,
        offline,
        is_checked: false,
    };
    let (builder, _) = reading.read(builder, threads)?;
    let warnings = builder.finish_file(threads).map_err(unwritten)?;
    aside.persist(to).map_err(|error| unwritten(error.error))?;
    Ok(warnings)
}

/// What is read, and how.
struct Reading<'a> {
    folder: &'a Path,
    section: &'a BookSection,
    offline: Option<&'a OfflineFilters>,
    /// Whether rows with doubts are counted.
    is_checked: bool,
}

impl Reading<'_> {
    /// Reads every record type into the builder; what was understood of each file.
    fn read(
        &self,
        mut builder: BookBuilder,
        threads: &Threads,
    ) -> Result<(BookBuilder, Vec<FileReport>), BookError> {
        let mut manner = Manner::of(self.section).map_err(BookError::of)?;
        let files = files(self.folder, &manner)?;
        let places = files.places();
        if let Some(warning) = files.left_out() {
            builder.warn(format!("{}: {warning}", self.folder.display()));
        }
        if !manner.is_own_form() {
            manner.users = Users::read(&places, &manner, threads);
        }
        let manner = manner;
        let teams = match self.offline {
            Some(offline) if offline.asks_for_owner() => teams(&places, &manner, threads)?,
            _ => HashSet::new(),
        };
        let (mut errors, mut reports) = (Vec::new(), Vec::new());
        for (kind, place) in &places {
            let file = RecordFile {
                kind,
                place,
                order: manner.order(),
                is_checked: self.is_checked,
                threads,
                offline: self.offline.map(|offline| (offline, &teams)),
            };
            let read = Sheet::open(place, kind, &manner).and_then(|sheet| match kind.as_str() {
                "email" => emails(sheet, place, manner.order(), threads, &mut builder),
                _ => file.records(sheet, &mut builder),
            });
            match read {
                Ok((found, report)) => {
                    errors.extend(found.iter().map(|error| place.says(error)));
                    reports.push(report);
                }
                Err(error) => errors.push(place.says(&error)),
            }
        }
        match errors.is_empty() {
            true => Ok((builder, reports)),
            false => Err(BookError(errors)),
        }
    }
}

/// The ids of teams that are not a user's too: where the book names an owner by such an id alone, it is the team.
fn teams(
    places: &BTreeMap<String, Place>,
    manner: &Manner<'_>,
    threads: &Threads,
) -> Result<HashSet<Box<str>>, BookError> {
    let of = |kind: &str| match places.get(kind) {
        None => Ok(HashSet::new()),
        Some(place) => Sheet::open(place, kind, manner)
            .and_then(|sheet| ids(sheet, kind, threads))
            .map_err(|error| BookError::of(place.says(&error))),
    };
    let users = of("systemuser")?;
    let mut teams = of("team")?;
    teams.retain(|id| !users.contains(id));
    Ok(teams)
}
