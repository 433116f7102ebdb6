//! *Refreshes* a built book: if it is older than the options allow (`local_data.interval`) and its source has changed,
//! it is rebuilt from the source that it records.

use crate::base::disk;
use crate::book::read::stamps::{reveals_changes, stamps};
use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::index::{Index, Meta};
use super::source::BookSource;
use crate::base::threads::Threads;
use crate::book::error::{BookError, BuildError};
use crate::book::read::load::{Build, build};
use crate::book::read::offline::OfflineFilters;
use crate::options::Options;

/// How fresh a built book must be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Freshness {
    /// The age up to which it is used without checking its source.
    pub age_max: Duration,
    /// The current time.
    pub now: Timestamp,
    /// Whether it may be rebuilt; if not, a warning says that it should be.
    pub may_build: bool,
}

/// What was done with a book that is too old and whose source may have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refreshed {
    /// It was rebuilt: a message about that, and the warnings of the build.
    Built(String, Vec<String>),
    /// It is used unchanged, for this reason.
    Old(String),
}

/// Rebuilds the book at `path` if necessary. Returns `None` if it is not a built book, is fresh enough, or its source
/// has not changed.
pub(crate) fn refresh(path: &Path, freshness: Freshness, threads: &Threads) -> Option<Refreshed> {
    // All errors are ignored here: opening the book reports them afterwards.
    let is_file = disk::is_file(path).unwrap_or(false);
    let meta = is_file.then(|| Index::open(path).ok())??.meta;
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
    let from = match BookSource::of(Path::new(source)) {
        Ok(from) => from,
        Err(error) => return stays(format!("it cannot be built again: {error}")),
    };
    let noun = from.noun();
    match from.is_there() {
        Ok(true) => (),
        Ok(false) => return stays(format!("its source, the {noun} {source}, is gone")),
        Err(error) => return stays(format!("it cannot be built again: {source}: {error}")),
    }
    let has_changed = match changed(&from, &meta) {
        Ok(Some(false)) => return None,
        Err(error) => return stays(format!("it cannot be built again: {error}")),
        Ok(Some(true)) => "has changed since",
        Ok(None) => "may have changed since",
    };
    if !freshness.may_build {
        return stays(format!(
            "its source, the {noun} {source}, {has_changed}; the next `run` builds it again"
        ));
    }
    match rebuild(&meta, path, freshness.now, threads) {
        Ok(warnings) => Some(Refreshed::Built(
            format!(
                "{shown}: was built again, because its source, the {noun} {source}, {has_changed} {}",
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

/// The state of a built book's source, compared with what the book was built from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SourceState {
    /// It has changed.
    Changed,
    /// It has not changed.
    Unchanged,
    /// Unknown, because the source is a server, which has no local files.
    Unknown,
    /// It does not exist.
    Gone,
}

/// Compares the source of a built book with what the book was built from.
///
/// # Errors
/// If the state of the source cannot be read.
pub(crate) fn source_state(meta: &Meta) -> Result<SourceState, BookError> {
    let path = Path::new(&meta.source);
    let source = BookSource::of(path)?;
    let is_there = source.is_there();
    if !is_there.map_err(|error| BookError::unreadable(path, &error))? {
        return Ok(SourceState::Gone);
    }
    Ok(match changed(&source, meta)? {
        Some(true) => SourceState::Changed,
        Some(false) => SourceState::Unchanged,
        None => SourceState::Unknown,
    })
}

/// Returns whether a source has changed since a book was built from it; `None` if that is unknown.
fn changed(source: &BookSource, meta: &Meta) -> Result<Option<bool>, BookError> {
    let now = stamps(source, &meta.section())?;
    Ok(reveals_changes(source).then(|| now != meta.files))
}

/// An error of rebuilding a book.
#[derive(Debug, thiserror::Error)]
enum RebuildError {
    #[error(transparent)]
    Book(#[from] BookError),
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Options(#[from] crate::options::error::OptionsError),
    #[error(transparent)]
    Offline(#[from] super::OfflineError),
    #[error("{0}")]
    Path(#[from] std::io::Error),
}

/// Rebuilds a book from the source and with the options that it records.
fn rebuild(
    meta: &Meta,
    path: &Path,
    now: Timestamp,
    threads: &Threads,
) -> Result<Vec<String>, RebuildError> {
    let offline = match &meta.offline {
        None => None,
        Some(offline) => {
            let file = format!("the offline filters in {}", path.display());
            let options = Options::parse(&file, &offline.options)?;
            Some(OfflineFilters::of(&options, now)?)
        }
    };
    let from = Build {
        source: &BookSource::of(Path::new(&meta.source))?,
        section: &meta.section(),
        offline: offline.as_ref(),
        now: Timestamp::now(),
    };
    // If the path is a link, the file that it leads to is replaced, not the link.
    Ok(build(from, &path.canonicalize()?, threads)?)
}

fn at_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
