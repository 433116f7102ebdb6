//! The *source* of a book: what a user names where a book is given.

use std::path::{Path, PathBuf};

/// What a book is made of, or that it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A built index.
    Built(PathBuf),
    /// A folder of record files.
    Folder(PathBuf),
    /// A file of SQLite: `sqlite:FILE`.
    Sqlite(PathBuf),
    /// A database of a PostgreSQL server: its URL.
    Postgres(String),
}

impl Source {
    /// What that argument names.
    pub fn of(argument: &Path) -> Source {
        let text = argument.to_str().unwrap_or("");
        if let Some(file) = text.strip_prefix("sqlite:") {
            return Source::Sqlite(file.into());
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Source::Postgres(text.into());
        }
        match argument.is_file() {
            true => Source::Built(argument.into()),
            false => Source::Folder(argument.into()),
        }
    }

    /// Whether it is a database.
    pub fn is_database(&self) -> bool {
        matches!(self, Source::Sqlite(_) | Source::Postgres(_))
    }

    /// What kind of thing it is.
    pub fn noun(&self) -> &'static str {
        match self {
            Source::Built(_) => "file",
            Source::Folder(_) => "folder",
            Source::Sqlite(_) | Source::Postgres(_) => "database",
        }
    }

    /// As it is shown: a URL without its password.
    pub fn name(&self) -> String {
        match self {
            Source::Built(path) | Source::Folder(path) => path.display().to_string(),
            Source::Sqlite(path) => format!("sqlite:{}", path.display()),
            Source::Postgres(url) => without_password(url),
        }
    }

    /// As it is remembered, to be found from any folder; without a password.
    pub fn lasting(&self) -> String {
        let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.into());
        match self {
            Source::Built(path) | Source::Folder(path) => {
                whole(path).to_string_lossy().into_owned()
            }
            Source::Sqlite(path) => format!("sqlite:{}", whole(path).to_string_lossy()),
            Source::Postgres(url) => without_password(url),
        }
    }

    /// Whether it is there, as far as that can be told without asking a server.
    pub fn is_there(&self) -> bool {
        match self {
            Source::Built(path) | Source::Sqlite(path) => path.is_file(),
            Source::Folder(path) => path.is_dir(),
            Source::Postgres(_) => true,
        }
    }
}

/// A URL without the password in it, wherever it stands.
fn without_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
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
            let source = Source::of(Path::new(url));
            assert_eq!(source, Source::Postgres(url.into()));
            assert_eq!(
                (source.name(), source.lasting()),
                (want.into(), want.into())
            );
        }
    }
}
