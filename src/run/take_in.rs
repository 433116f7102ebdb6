//! The first half of a run: reads new mail, and recalls what earlier runs left about it.

use super::basis::Basis;
use super::error::{RunError, incomplete};
use super::history::{Again, FilesRead, History};
use crate::base::progress::Progress;
use crate::base::terminal::counted;
use crate::base::threads::Threads;
use crate::decide::pass::Remembered;
use crate::mail::intake::Intake;
use crate::mail::source::Roots;
use crate::output::state::StateDatabase;

/// The mail of a run, and what earlier runs left about it.
pub(crate) struct TakenIn {
    pub(crate) history: History,
    pub(crate) intake: Intake,
    pub(crate) files: FilesRead,
    pub(crate) remembered: Remembered,
}

/// Reads new mail, and recalls the activities and records that it refers to.
pub(crate) fn take_in(
    (again, max_size): (Again, u64),
    basis: &Basis,
    roots: &Roots<'_>,
    (state, fingerprint): (Option<&StateDatabase>, &[u8]),
    threads: &Threads,
    progress: &dyn Progress,
) -> Result<TakenIn, RunError> {
    let mut history = History::default();
    let takes_stamps = match state {
        Some(state) => history.begin(state, again).map_err(incomplete)?,
        None => false,
    };
    let mut listing = roots.walk(takes_stamps, threads);
    progress.done(&|| {
        format!(
            "mail: {} listed",
            counted(listing.count() as u64, "file", "files")
        )
    });
    if let Some(state) = state.filter(|_| takes_stamps) {
        let left_out = history.skip_unchanged(&mut listing, state);
        left_out.map_err(incomplete)?;
    }
    // If every file is opened, its stamp is taken of the open file, which saves a second lookup of the path.
    let discovered = listing.files(state.is_some() && !takes_stamps);
    let mut intake =
        crate::mail::read::heads::read(discovered, &basis.rules, max_size, threads, progress);
    let (mut files, mut remembered) = (FilesRead::default(), Remembered::default());
    if let Some(state) = state {
        let seen = history.remove_seen(&mut intake, state, again, fingerprint);
        files = seen.map_err(incomplete)?;
        let recalled = history.recall(&mut intake, state, &basis.options.correlation);
        remembered = recalled.map_err(incomplete)?;
    }
    Ok(TakenIn {
        history,
        intake,
        files,
        remembered,
    })
}
