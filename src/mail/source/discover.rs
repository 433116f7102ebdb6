//! What the user names as mail, and what is found there: every file is listed with the folder that output calls it by.

use crate::mail::source::listing::Discovered;
use std::collections::HashSet;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use super::Stamp;
use super::listing::Listing;
use super::walk::walk;
use crate::base::threads::Threads;

/// A mail path that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// It is not there, or cannot be looked at.
    #[error("{path}: {error}; give a file or folder of mail")]
    NotThere {
        /// The path as given.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// It is neither a file nor a folder.
    #[error("{path}: is neither a file nor a folder; give a file or folder of mail")]
    NoFile {
        /// The path as given.
        path: String,
    },
    /// Two arguments have one name, which output could not tell apart.
    #[error(
        "{path}: another mail argument is called `{name}` too; run over their common folder, or rename one"
    )]
    SameName {
        /// The second path as given.
        path: String,
        /// The name.
        name: String,
    },
}

/// The mail arguments, each of which is there.
#[derive(Debug)]
pub(crate) struct Roots<'a>(Vec<Root<'a>>);

#[derive(Debug)]
struct Root<'a> {
    path: &'a Path,
    name: String,
    meta: Metadata,
}

impl Roots<'_> {
    /// Looks at the arguments.
    ///
    /// # Errors
    /// If one is not there, or two have one name.
    pub(crate) fn of(arguments: &[PathBuf]) -> Result<Roots<'_>, DiscoverError> {
        let mut roots = Vec::new();
        let mut names = HashSet::new();
        for path in arguments {
            let meta = std::fs::metadata(path).map_err(|error| DiscoverError::NotThere {
                path: path.display().to_string(),
                error,
            })?;
            if !meta.is_dir() && !meta.is_file() {
                let path = path.display().to_string();
                return Err(DiscoverError::NoFile { path });
            }
            let name = own_name(path);
            if !names.insert(name.clone()) {
                return Err(DiscoverError::SameName {
                    path: path.display().to_string(),
                    name,
                });
            }
            roots.push(Root { path, name, meta });
        }
        Ok(Roots(roots))
    }

    /// Walks over them; `takes_stamps` says whether each file's stamp is taken by the way.
    pub(crate) fn walk(&self, takes_stamps: bool, threads: &Threads) -> Listing {
        let mut found = Listing::default();
        for Root { path, name, meta } in &self.0 {
            let is_only = self.0.len() == 1;
            if meta.is_dir() {
                let name = if is_only { "" } else { name };
                found.append(walk(path, name, takes_stamps, threads));
            } else {
                found.add_alone(path, takes_stamps.then(|| Stamp::of(meta)).flatten());
            }
        }
        found
    }
}

/// Walks the mail arguments.
///
/// # Errors
/// If a path does not exist, or one is given twice.
pub fn discover(arguments: &[PathBuf], threads: &Threads) -> Result<Discovered, DiscoverError> {
    let listing = Roots::of(arguments)?.walk(false, threads);
    Ok(listing.files(false))
}

/// The last part of the path, also of `.` and the like.
fn own_name(path: &Path) -> String {
    let named = path.file_name().map(ToOwned::to_owned);
    let named = named.or_else(|| path.canonicalize().ok()?.file_name().map(ToOwned::to_owned));
    named.map_or_else(|| "mail".into(), |name| name.to_string_lossy().into_owned())
}
