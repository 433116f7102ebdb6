//! Stamps of a book's source: the size and modification time of each file.

use crate::base::disk;
use crate::book::error::BookError;
use crate::book::preset::dialect::Dialect;
use crate::book::read::files::files;
use crate::book::source::BookSource;
use crate::book::source::Stamps;
use crate::mail::source::Stamp;
use crate::options::file::BookSection;
use std::path::Path;
use std::path::PathBuf;

/// Returns whether the stamps of a source reveal a change; a server has none.
pub(crate) fn reveals_changes(source: &BookSource) -> bool {
    !matches!(source, BookSource::Postgres(_))
}

/// Returns the stamps of a folder's record files or of a database's files; none for a server.
pub(crate) fn stamps(source: &BookSource, section: &BookSection) -> Result<Stamps, BookError> {
    let asked = |path: &Path| {
        let meta = disk::metadata(path);
        meta.map_err(|error| BookError::unreadable(path, &error))
    };
    let name = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    };
    let paths: Vec<PathBuf> = match source {
        BookSource::Folder(folder) | BookSource::Built(folder) => {
            let dialect = Dialect::of(section)?;
            files(folder, &dialect)?.of_kinds.into_values().collect()
        }
        // The latest changes may still be only in the write-ahead log.
        BookSource::Sqlite(file) => {
            let log = PathBuf::from(format!("{}-wal", file.display()));
            let has_log = asked(&log)?.is_some_and(|it| it.is_file());
            [file.clone()]
                .into_iter()
                .chain(has_log.then_some(log))
                .collect()
        }
        BookSource::Postgres(_) => Vec::new(),
    };
    let stamps = paths.iter().map(|path| {
        let meta = asked(path)?;
        Ok((name(path), meta.and_then(|meta| Stamp::of(&meta))))
    });
    stamps.collect()
}
