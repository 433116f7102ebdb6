//! The fingerprint by which later runs recognize changed options or a changed book.

use crate::base::disk;
use std::io;
use std::path::{Path, PathBuf};

use super::error::{RunError, unreadable, usage, wrong};
use super::settings::BasisSettings;
use crate::book::BookSource;
use crate::mail::source::{SourceKey, Stamp};
use crate::options::Options;

/// Returns a hash of the options that affect decisions, and of the name, size and time of each file of the book and the
/// rules folder.
pub(crate) fn fingerprint(basis: &BasisSettings, options: &Options) -> Result<Vec<u8>, RunError> {
    let mut text = toml::to_string(&options.effective.that_decides()).map_err(wrong)?;
    let mut files = Vec::new();
    let paths = [Some(&basis.book), basis.rules.as_ref()];
    for path in paths.into_iter().flatten() {
        if matches!(BookSource::of(path).map_err(usage)?, BookSource::Built(_)) {
            files.push(path.clone());
        }
        files.extend(within(path)?);
    }
    files.sort();
    for file in &files {
        let meta = disk::metadata(file).map_err(unreadable(file))?;
        if let Some(meta) = meta.filter(|meta| meta.is_file()) {
            let stamp = Stamp::of(&meta);
            text.push_str(&format!("{:?} {stamp:?}\n", file.file_name()));
        }
    }
    Ok(SourceKey::default().within(&text).0.to_le_bytes().into())
}

/// Returns the entries of a folder; none if the path is something else, such as a built book or a database URL.
pub(crate) fn within(path: &Path) -> Result<Vec<PathBuf>, RunError> {
    let is_folder = match BookSource::of(path).map_err(usage)? {
        BookSource::Folder(path) => disk::is_folder(&path).map_err(unreadable(&path))?,
        _ => false,
    };
    if !is_folder {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(path).map_err(unreadable(path))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    paths.collect::<io::Result<_>>().map_err(unreadable(path))
}

/// Returns the path, size and time of each file of the book, options and rules, so that a change can be detected.
pub(crate) fn stamps(basis: &BasisSettings) -> Result<String, RunError> {
    let stamp = |path: &Path| {
        let meta = disk::metadata(path).map_err(unreadable(path))?;
        let stamp = meta.and_then(|meta| Stamp::of(&meta));
        Ok::<_, RunError>(format!("{} {stamp:?}\n", path.display()))
    };
    let mut all = Vec::new();
    for path in [
        Some(&basis.book),
        basis.options.as_ref(),
        basis.rules.as_ref(),
    ]
    .into_iter()
    .flatten()
    {
        all.push(stamp(path)?);
        for path in within(path)? {
            all.push(stamp(&path)?);
        }
    }
    all.sort();
    Ok(all.concat())
}
