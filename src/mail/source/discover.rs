//! Checks the mail arguments and lists the files that they contain, each with its folder's name in output.

use crate::mail::source::listing::Discovered;
use std::collections::HashSet;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use super::Stamp;
use super::listing::Listing;
use super::walk::walk;
use crate::base::threads::Threads;

/// A mail argument that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// It does not exist, or its state cannot be read.
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
    /// Two arguments have the same name, so the output could not distinguish them.
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

/// The mail arguments, all of which exist.
#[derive(Debug)]
pub(crate) struct Roots<'a>(Vec<Root<'a>>);

#[derive(Debug)]
struct Root<'a> {
    path: &'a Path,
    name: String,
    meta: Metadata,
}

impl Roots<'_> {
    /// Checks the arguments.
    ///
    /// # Errors
    /// If one does not exist, or two have the same name.
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

    /// Walks over the arguments. `takes_stamps` says whether each file's stamp is taken along the way.
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

/// Walks over the mail arguments.
///
/// # Errors
/// If one does not exist, or one is given twice.
pub fn discover(arguments: &[PathBuf], threads: &Threads) -> Result<Discovered, DiscoverError> {
    let listing = Roots::of(arguments)?.walk(false, threads);
    Ok(listing.files(false))
}

/// Returns the last component of the path, resolved for paths such as `.`.
fn own_name(path: &Path) -> String {
    let named = path.file_name().map(ToOwned::to_owned);
    let named = named.or_else(|| path.canonicalize().ok()?.file_name().map(ToOwned::to_owned));
    named.map_or_else(|| "mail".into(), |name| name.to_string_lossy().into_owned())
}
