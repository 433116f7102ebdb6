//! A built book that *refreshes* itself: it remembers the folder that it was built from, and is built again once it is
//! older than the options allow and the folder's files are others (`local_data.interval`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::index::{Index, Meta};
use super::manner::Manner;
use super::offline::OfflineFilters;
use super::place::files;
use super::read::{BookError, Build, BuildError, build};
use crate::options::Options;
use crate::options::file::BookSection;
use crate::source::Stamp;
use crate::threads::Threads;

/// The files of a book's folder by their names, each with its stamp; none where the system does not tell.
pub type Stamps = BTreeMap<String, Option<Stamp>>;

/// How fresh a built book must be.
#[derive(Clone, Copy, Debug)]
pub struct Freshness {
    /// It may be so old, whatever its source does.
    pub age_max: Duration,
    /// The time that it is now.
    pub now: Timestamp,
    /// Whether it may be built again; else it is only told that it should be.
    pub may_build: bool,
}

/// What came of a book that was too old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// It was built again: what is to be said of that, and what was left out.
    Built(String, Vec<String>),
    /// It is used as it is: why.
    Old(String),
}

/// Builds the book at `path` again where it must be. Nothing where it is no built book, or fresh enough, or its source
/// has not changed.
pub fn refresh(path: &Path, freshness: Freshness, threads: &Threads) -> Option<Refreshed> {
    // What is wrong with the file is told by who opens it next.
    let meta = path.is_file().then(|| Index::open(path).ok())??.meta;
    let built = meta.built?;
    let age = freshness.now.duration_since(built);
    let age_max = SignedDuration::try_from(freshness.age_max).unwrap_or(SignedDuration::MAX);
    if age <= age_max {
        return None;
    }
    let (shown, source) = (path.display(), &meta.source);
    let stays = |why: String| {
        Some(Refreshed::Old(format!(
            "{shown}: is used as it was built {}: {why}",
            at_seconds(built)
        )))
    };
    if !Path::new(source).is_dir() {
        return stays(format!("its source, the folder {source}, is gone"));
    }
    match stamps(Path::new(source), &meta.section()) {
        Ok(stamps) if stamps == meta.files => return None,
        Err(error) => return stays(format!("it cannot be built again: {error}")),
        Ok(_) => (),
    }
    if !freshness.may_build {
        return stays(format!(
            "its source, the folder {source}, has changed since; the next `run` builds it again"
        ));
    }
    match again(&meta, path, freshness.now, threads) {
        Ok(warnings) => Some(Refreshed::Built(
            format!(
                "{shown}: was built again, because its source, the folder {source}, has changed since {}",
                at_seconds(built)
            ),
            warnings,
        )),
        Err(error) => {
            let error = error.to_string();
            let first = error.lines().next().unwrap_or("");
            stays(format!("it cannot be built again: {first}"))
        }
    }
}

/// Whether the files that a built book was made of are others by now; `None` where its source is not there.
pub fn has_changed(meta: &Meta) -> Option<bool> {
    let now = stamps(Path::new(&meta.source), &meta.section()).ok()?;
    Some(now != meta.files)
}

/// The stamps of a folder's record files.
pub(super) fn stamps(folder: &Path, section: &BookSection) -> Result<Stamps, BookError> {
    let stamp = |path: &PathBuf| Stamp::of(&std::fs::metadata(path).ok()?);
    let name = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    };
    let manner = Manner::of(section).map_err(BookError::of)?;
    let files = files(folder, &manner)?.of_kinds;
    Ok(files
        .values()
        .map(|path| (name(path), stamp(path)))
        .collect())
}

/// Why a book could not be built again.
#[derive(Debug, thiserror::Error)]
enum AgainError {
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Options(#[from] crate::options::OptionsError),
    #[error(transparent)]
    Offline(#[from] super::OfflineError),
    #[error("{0}")]
    Path(#[from] std::io::Error),
}

/// Builds a book again, by what it remembers of how it was built.
fn again(
    meta: &Meta,
    path: &Path,
    now: Timestamp,
    threads: &Threads,
) -> Result<Vec<String>, AgainError> {
    let offline = match &meta.offline {
        None => None,
        Some(offline) => {
            let file = format!("the offline filters in {}", path.display());
            let options = Options::parse(&file, &offline.options)?;
            Some(OfflineFilters::of(&options, now)?)
        }
    };
    let from = Build {
        folder: Path::new(&meta.source),
        section: &meta.section(),
        offline: offline.as_ref(),
        now: Timestamp::now(),
    };
    // Where the path is a link, the file that it leads to is the book.
    Ok(build(from, &path.canonicalize()?, threads)?)
}

fn at_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
