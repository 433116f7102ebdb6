//! Reads a folder of record files or a database into a [`Book`], with all checks.

use crate::book::error::{BookError, BuildError};
use crate::book::index::error::IndexError;
use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::Path;

use jiff::Timestamp;

use super::emails::emails;
use super::offline::{OfflineFilters, ids};
use super::records::RecordFile;
use super::report::FileReport;
use super::users::read as read_users;
use crate::base::disk;
use crate::base::reference::Reference;
use crate::base::threads::Threads;
use crate::book::address_book::Book;
use crate::book::index::Index;
use crate::book::preset::dialect::Dialect;
use crate::book::read::files::files;
use crate::book::read::stamps::stamps;
use crate::book::rows::database;
use crate::book::rows::database::{Connection, Opened};
use crate::book::rows::place::TableInput;
use crate::book::rows::sheet::RecordReader;
use crate::book::source::BookSource;
use crate::book::source::Origin;
use crate::book::{BookBuilder, unused};
use crate::options::columns::Columns;
use crate::options::file::BookSection;

/// Prefix of the temporary name of a book that is being built.
const ASIDE: &str = ".mailtrack-book-";

/// Loads the book at `path`: a folder of record files, a database (see `BookSource`), or a built index. `section` defines
/// how it is read. The cells of `columns` are kept; a built index has all cells. Each mailbox owner in `owners` whose
/// type has no file in the book becomes a record with the addresses that the options give it.
///
/// # Errors
/// If nothing is at the path, if it has no record files, or if a file has errors.
pub fn load<'o>(
    path: &Path,
    section: &BookSection,
    columns: Columns,
    owners: impl IntoIterator<Item = &'o Reference>,
    threads: &Threads,
) -> Result<Book, BookError> {
    load_source(BookSource::of(path)?, section, columns, owners, threads)
}

/// Like [`load`], for a source.
pub(crate) fn load_source<'o>(
    source: BookSource,
    section: &BookSection,
    columns: Columns,
    owners: impl IntoIterator<Item = &'o Reference>,
    threads: &Threads,
) -> Result<Book, BookError> {
    let file = source.name();
    let (mut book, reports) = match source {
        BookSource::Built(path) => (open(&path, section)?, Vec::new()),
        source => of_source(source, section, columns, false, threads)?,
    };
    let unused = unused::warnings(&book, &reports, &file);
    book.warnings.extend(unused);
    book.add_owners(owners);
    Ok(book)
}

/// Like [`load`]; also returns a report on each file or query. There are no reports on a built index.
///
/// # Errors
/// As for [`load`].
pub(crate) fn load_checked(
    path: &Path,
    section: &BookSection,
    threads: &Threads,
) -> Result<(Book, Vec<FileReport>), BookError> {
    match BookSource::of(path)? {
        BookSource::Built(path) => Ok((open(&path, section)?, Vec::new())),
        source => of_source(source, section, Columns::default(), true, threads),
    }
}

/// Opens a built index.
fn open(path: &Path, section: &BookSection) -> Result<Book, BookError> {
    let failed = |error: IndexError| BookError::of(format!("{}: {error}", path.display()));
    let index = Index::open(path).map_err(failed)?;
    let built = index.meta.section();
    let mut book = Book::new(index, Vec::new());
    // The built book is usable without its source. A command that reads the source reports the error.
    let source = Path::new(&book.index.meta.source);
    let source = BookSource::of(source).unwrap_or_else(|_| BookSource::Folder(source.into()));
    book.origin = Some(Origin {
        source,
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
            "{}: was built without this preset, or the dates, files and queries of [book], which have no effect on a built index; build it again with them",
            path.display()
        ));
    }
    Ok(book)
}

fn of_source(
    source: BookSource,
    section: &BookSection,
    columns: Columns,
    is_checked: bool,
    threads: &Threads,
) -> Result<(Book, Vec<FileReport>), BookError> {
    // Taken before the files are read, so that a change during reading is noticed later.
    let files = stamps(&source, section)?;
    let reading = Reading {
        source: &source,
        section,
        offline: None,
        is_checked,
    };
    let (builder, reports) = reading.read(BookBuilder::in_memory(columns), threads)?;
    let mut book = builder
        .finish(threads)
        .map_err(|error| BookError::of(format!("{}: {error}", source.name())))?;
    book.origin = Some(Origin { source, files });
    Ok((book, reports))
}

/// What a book is built from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Build<'a> {
    /// The folder of record files, or the database.
    pub source: &'a BookSource,
    /// How it is read.
    pub section: &'a BookSection,
    /// The filters of an offline book; `None` if all records are included.
    pub offline: Option<&'a OfflineFilters>,
    /// The time of building.
    pub now: Timestamp,
}

/// Builds a book into the file `to`, and returns the warnings, each with file and line. The book is written to a
/// temporary file that is then renamed, so that a program that has the old one open continues to use that.
///
/// # Errors
/// If the source has errors or `to` cannot be written; `to` is then unchanged.
pub(crate) fn build(
    from: Build<'_>,
    to: &Path,
    threads: &Threads,
) -> Result<Vec<String>, BuildError> {
    let Build {
        source,
        section,
        offline,
        now,
    } = from;
    let unwritten = |error| BuildError::Write {
        path: to.into(),
        error,
    };
    if disk::is_folder(to).map_err(unwritten)? {
        return Err(unwritten(io::Error::other(
            "is a folder; name a file, such as book.mtb",
        )));
    }
    let beside = disk::folder_of(to);
    disk::remove_leftovers(beside, ASIDE);
    let mut aside = disk::Aside::new(to, ASIDE).map_err(unwritten)?;
    let file = aside.file().try_clone().map_err(unwritten)?;
    let mut builder = BookBuilder::into_file(file, beside).map_err(unwritten)?;
    // Taken before the files are read, so that a change during reading is noticed later.
    let files = stamps(source, section)?;
    builder.set_source(source.lasting(), files, now, section);
    if let Some(offline) = offline {
        builder.set_offline(offline.options());
    }
    let reading = Reading {
        source,
        section,
        offline,
        is_checked: false,
    };
    let (builder, _) = reading.read(builder, threads)?;
    let warnings = builder.finish_file(threads).map_err(unwritten)?;
    aside.put().map_err(unwritten)?;
    Ok(warnings)
}

/// What is read, and how.
struct Reading<'a> {
    source: &'a BookSource,
    section: &'a BookSection,
    offline: Option<&'a OfflineFilters>,
    /// Whether rows with warnings are counted.
    is_checked: bool,
}

impl Reading<'_> {
    /// Reads every record type into the builder; also returns a report on each file.
    fn read(
        &self,
        mut builder: BookBuilder,
        threads: &Threads,
    ) -> Result<(BookBuilder, Vec<FileReport>), BookError> {
        let mut dialect = Dialect::of(self.section)?;
        let Opened {
            mut connection,
            places,
            warnings,
        } = self.opened(&dialect)?;
        warnings
            .into_iter()
            .for_each(|warning| builder.warn(warning));
        if !dialect.is_own_form() {
            dialect.users = read_users(&places, &dialect, &mut connection, threads);
        }
        let dialect = dialect;
        let teams = match self.offline {
            Some(offline) if offline.asks_for_owner() => {
                teams(&places, &dialect, &mut connection, threads)?
            }
            _ => HashSet::new(),
        };
        let (mut errors, mut reports) = (Vec::new(), Vec::new());
        for (kind, place) in &places {
            let file = RecordFile {
                kind,
                place,
                order: dialect.order(),
                is_checked: self.is_checked,
                threads,
                offline: self.offline.map(|offline| (offline, &teams)),
            };
            let sheet = RecordReader::open(place, kind, &dialect, &mut connection);
            let read = sheet.and_then(|sheet| match kind.as_str() {
                "email" => emails(sheet, place, dialect.order(), threads, &mut builder),
                _ => file.records(sheet, &mut builder),
            });
            match read {
                Ok((found, report)) => {
                    errors.extend(found.iter().map(|error| place.says(error)));
                    reports.push(report);
                }
                Err(error) => errors.push(place.says(&error)),
            }
            // After an error in its transaction, a database refuses all further queries.
            if self.source.is_database() && !errors.is_empty() {
                break;
            }
        }
        match errors.is_empty() {
            true => Ok((builder, reports)),
            false => Err(BookError(errors)),
        }
    }
}

impl Reading<'_> {
    /// Opens the source, and returns the input of each record type.
    fn opened(&self, dialect: &Dialect<'_>) -> Result<Opened, BookError> {
        let folder = match self.source {
            BookSource::Folder(path) | BookSource::Built(path) => path,
            BookSource::Sqlite(_) | BookSource::Postgres(_) => {
                return database::open(self.source, &self.section.query);
            }
        };
        let files = files(folder, dialect)?;
        let left_out = files.left_out();
        Ok(Opened {
            connection: Connection::Files,
            places: files.places(),
            warnings: left_out
                .map(|warning| format!("{}: {warning}", folder.display()))
                .into_iter()
                .collect(),
        })
    }
}

/// Returns the team ids that are not also user ids: an owner given by such a bare id is a team.
fn teams(
    places: &BTreeMap<String, TableInput>,
    dialect: &Dialect<'_>,
    connection: &mut Connection,
    threads: &Threads,
) -> Result<HashSet<Box<str>>, BookError> {
    let mut of = |kind: &str| match places.get(kind) {
        None => Ok(HashSet::new()),
        Some(place) => RecordReader::open(place, kind, dialect, connection)
            .and_then(|sheet| ids(sheet, kind, threads))
            .map_err(|error| BookError::of(place.says(&error))),
    };
    let users = of("systemuser")?;
    let mut teams = of("team")?;
    teams.retain(|id| !users.contains(id));
    Ok(teams)
}
