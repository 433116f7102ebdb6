//! The *source* of a book: what a user gives as the book.

use crate::mail::source::Stamp;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::base::disk;
use crate::book::error::BookError;

/// What a book is made from, or a built book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BookSource {
    /// A built index.
    Built(PathBuf),
    /// A folder of record files.
    Folder(PathBuf),
    /// A SQLite file: `sqlite:FILE`.
    Sqlite(PathBuf),
    /// A PostgreSQL database: its URL.
    Postgres(String),
}

impl BookSource {
    /// Parses an argument. A path that does not exist and looks like a URL is taken as a mistyped URL, so that
    /// connecting to it reports the error without the password that may be in it.
    ///
    /// # Errors
    /// If the state of the path cannot be read.
    pub(crate) fn of(argument: &Path) -> Result<BookSource, BookError> {
        let text = argument.to_str().unwrap_or("");
        if let Some(file) = text.strip_prefix("sqlite:") {
            return Ok(BookSource::Sqlite(file.into()));
        }
        if is_url(text) {
            return Ok(BookSource::Postgres(text.into()));
        }
        match disk::metadata(argument) {
            Ok(Some(meta)) if meta.is_file() => Ok(BookSource::Built(argument.into())),
            Ok(Some(meta)) if meta.is_dir() => Ok(BookSource::Folder(argument.into())),
            Ok(Some(meta)) => Err(BookError::of(format!(
                "{}: is {}; a book is a folder of record files, a file that `book build` made, or a database",
                argument.display(),
                disk::noun(meta.file_type())
            ))),
            _ if may_be_url(text) => Ok(BookSource::Postgres(text.into())),
            Ok(None) => Ok(BookSource::Folder(argument.into())),
            Err(error) => Err(BookError::unreadable(argument, &error)),
        }
    }

    /// Returns whether it is a database.
    pub(crate) fn is_database(&self) -> bool {
        matches!(self, BookSource::Sqlite(_) | BookSource::Postgres(_))
    }

    /// Returns the noun for its kind.
    pub(crate) fn noun(&self) -> &'static str {
        match self {
            BookSource::Built(_) => "file",
            BookSource::Folder(_) => "folder",
            BookSource::Sqlite(_) | BookSource::Postgres(_) => "database",
        }
    }

    /// Returns its name for messages: a URL has no password.
    pub(crate) fn name(&self) -> String {
        match self {
            BookSource::Built(path) | BookSource::Folder(path) => path.display().to_string(),
            BookSource::Sqlite(path) => format!("sqlite:{}", path.display()),
            BookSource::Postgres(url) => without_password(url),
        }
    }

    /// Returns what a built book stores of it: absolute paths, and URLs without a password.
    pub(crate) fn lasting(&self) -> String {
        let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.into());
        match self {
            BookSource::Built(path) | BookSource::Folder(path) => {
                whole(path).to_string_lossy().into_owned()
            }
            BookSource::Sqlite(path) => format!("sqlite:{}", whole(path).to_string_lossy()),
            BookSource::Postgres(url) => without_password(url),
        }
    }

    /// Returns whether it exists; `true` for a server, which is not contacted.
    ///
    /// # Errors
    /// If the state of the path cannot be read.
    pub(crate) fn is_there(&self) -> io::Result<bool> {
        match self {
            BookSource::Built(path) | BookSource::Sqlite(path) => disk::is_file(path),
            BookSource::Folder(path) => disk::is_folder(path),
            BookSource::Postgres(_) => Ok(true),
        }
    }
}

/// Returns whether a text begins like the URL of a PostgreSQL database.
fn is_url(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

/// Returns whether a text looks like a database URL, however mistyped, or like libpq's connection string. Such a text
/// may contain a password, so it must not be shown.
pub(crate) fn may_be_url(text: &str) -> bool {
    let text = text.trim_start().to_ascii_lowercase();
    let begins_like_one = |name: &str| {
        let rest = text.strip_prefix(name);
        rest.is_some_and(|rest| rest.trim_start().starts_with([':', '/']))
    };
    text.contains("://")
        || text.contains("password=")
        || [
            "postgres",
            "postgresql",
            "postgre",
            "postgressql",
            "pgsql",
            "psql",
            "pg",
        ]
        .into_iter()
        .any(begins_like_one)
            && text.contains('@')
}

/// Returns a URL without any password in it; a fixed text if it is not a valid URL.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://").filter(|_| is_url(url)) else {
        return "a database whose URL is mistyped".into();
    };
    let (login, place) = match rest.rsplit_once('@') {
        Some((login, place)) => (Some(login), place),
        None => (None, rest),
    };
    let user = login.map(|login| login.split(':').next().unwrap_or(""));
    let (place, query) = place.split_once('?').unwrap_or((place, ""));
    let is_open = |pair: &&str| !pair.to_ascii_lowercase().contains("password=");
    let pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
    let pairs: Vec<&str> = pairs.into_iter().filter(is_open).collect();
    let user = user.map(|user| format!("{user}@")).unwrap_or_default();
    match pairs.is_empty() {
        true => format!("{scheme}://{user}{place}"),
        false => format!("{scheme}://{user}{place}?{}", pairs.join("&")),
    }
}

/// The source of a book, and its stamps when the book was made.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) source: BookSource,
    pub(super) files: Stamps,
}

/// The stamp of each source file, by file name; `None` if there is none.
pub(crate) type Stamps = BTreeMap<String, Option<Stamp>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown_or_kept() {
        let cases = [
            ("postgres://ann@db/crm", "postgres://ann@db/crm"),
            (
                "postgres://ann:s3cret@db:5433/crm",
                "postgres://ann@db:5433/crm",
            ),
            (
                "postgresql://ann:s3:cr@et@db/crm",
                "postgresql://ann@db/crm",
            ),
            ("postgres:///crm", "postgres:///crm"),
            (
                "postgres://ann@db/crm?sslmode=require&password=s3cret",
                "postgres://ann@db/crm?sslmode=require",
            ),
            (
                "postgres://db/crm?user=ann&password=s3cret",
                "postgres://db/crm?user=ann",
            ),
        ];
        for (url, want) in cases {
            let source = BookSource::of(Path::new(url)).unwrap();
            assert_eq!(source, BookSource::Postgres(url.into()));
            assert_eq!(
                (source.name(), source.lasting()),
                (want.into(), want.into())
            );
        }
    }

    #[test]
    fn what_may_hold_a_password_is_known_however_it_is_mistyped() {
        for text in [
            "POSTGRES://ann:s3cret@db/crm",
            " postgres://ann:s3cret@db/crm",
            "\tPostgreSQL://ann:s3cret@db/crm",
            "postgres:/ann:s3cret@db/crm",
            "postgresql:ann:s3cret@db/crm",
            "postgres//ann:s3cret@db/crm",
            "pg:ann:s3cret@db/crm",
            "postgressql://ann:s3cret@db/crm",
            "mysql://ann:s3cret@db/crm",
            "host=db user=ann password=s3cret",
            "host=db PASSWORD=s3cret",
        ] {
            let source = BookSource::of(Path::new(text)).unwrap();
            assert!(matches!(source, BookSource::Postgres(_)), "{text}");
            for shown in [source.name(), source.lasting()] {
                assert!(!shown.contains("s3cret"), "{text}: {shown}");
            }
        }
        for text in [
            "records",
            "./postgres",
            "postgres",
            "pg/records",
            "a@b",
            "crm.mtb",
            "postgres/a",
        ] {
            assert!(!may_be_url(text), "{text}");
        }
    }
}
