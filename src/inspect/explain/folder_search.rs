//! Searches for a message in an output folder: returns its file, and the arguments of the run that decided it.

use crate::run::error::{RunError, usage, wrong};
use std::path::{Path, PathBuf};

use crate::base::threads::Threads;
use crate::mail::source::discover;
use crate::mail::source::listing::Discovered;
use crate::mail::source::mail_file::MailFile;
use crate::output::committed::reader::{Committed, Decided};
use crate::output::state::RunArguments;

use super::query::{Hit, MessageQuery, is_same};

/// An output folder to search in.
pub(crate) struct FolderSearch {
    /// The path of the folder.
    pub(crate) path: PathBuf,
    /// The committed rows.
    pub(crate) committed: Committed,
}

/// A message that was found.
#[derive(Default)]
pub(crate) struct FoundMessage {
    /// The files to read.
    pub(crate) discovered: Discovered,
    /// Its source, if a run has read it.
    pub(crate) source: Option<Box<str>>,
    /// The arguments of the run that decided it, else of the last run; `None` if the folder does not have them.
    pub(crate) given: Option<RunArguments>,
}

impl FoundMessage {
    /// Finds the message without an output folder: in `mail`, or if that is empty in the file that the message names.
    ///
    /// # Errors
    /// If the mail cannot be read.
    pub(crate) fn in_mail(
        mail: &[PathBuf],
        wanted: &MessageQuery,
        threads: &Threads,
    ) -> Result<FoundMessage, RunError> {
        let file: Vec<PathBuf> = wanted.file.iter().map(|(file, _)| file.clone()).collect();
        let mail = if mail.is_empty() { &file } else { mail };
        Ok(FoundMessage {
            discovered: discover(mail, threads).map_err(usage)?,
            ..FoundMessage::default()
        })
    }
}

impl FolderSearch {
    /// Opens the output folder at `path`.
    ///
    /// # Errors
    /// If it is not an output folder.
    pub(crate) fn open(path: &Path) -> Result<FolderSearch, RunError> {
        Ok(FolderSearch {
            path: path.into(),
            committed: Committed::open(path)?,
        })
    }

    /// Finds the message: a file in the mail of the runs, else a message that the runs name so, else a file outside
    /// that mail.
    ///
    /// # Errors
    /// If there is no such message, or there are several.
    pub(crate) fn find(
        &self,
        wanted: &MessageQuery,
        threads: &Threads,
    ) -> Result<FoundMessage, RunError> {
        if let Some((file, within)) = &wanted.file
            && let Some(found) = self.of_file(file, within, threads)?
        {
            return Ok(found);
        }
        let named = self
            .committed
            .decisions_by(|source, id| wanted.names(source, id));
        match (named?.as_slice(), &wanted.file) {
            ([one], _) => self.of_decision(one, threads),
            ([], Some((file, _))) => Ok(FoundMessage {
                discovered: discover(std::slice::from_ref(file), threads).map_err(usage)?,
                source: None,
                given: self.committed.given().next_back().cloned(),
            }),
            ([], None) => self
                .undecided(wanted.text(), threads)
                .ok_or_else(|| wanted.nowhere(&self.path.display().to_string())),
            (several, _) => {
                let hit = |it: &Decided| -> Hit { (it.source.clone(), it.message_id.clone()) };
                let hits: Vec<Hit> = several.iter().map(hit).collect();
                Err(wanted.several(hits))
            }
        }
    }

    /// Returns the message of a decision.
    fn of_decision(&self, decided: &Decided, threads: &Threads) -> Result<FoundMessage, RunError> {
        let source = &*decided.source;
        let Some(given) = decided.given.and_then(|at| self.committed.given().nth(at)) else {
            return Err(wrong(format!(
                "{source}: an older version of mailtrack decided it, which did not keep where the mail is; give the file, or --mail instead of --out"
            )));
        };
        let mut discovered = walk(given, threads)?;
        discovered.files.retain(|file| holds(file, source));
        if discovered.files.is_empty() {
            return Err(wrong(format!(
                "{source}: is not there any more in the mail that the run was given ({})",
                given.mail.join(", ")
            )));
        }
        discovered.failures.clear();
        Ok(FoundMessage {
            discovered,
            source: Some(source.into()),
            given: Some(given.clone()),
        })
    }

    /// Returns a file in the mail of a run, with the arguments of the last run that decided it.
    fn of_file(
        &self,
        path: &Path,
        within: &str,
        threads: &Threads,
    ) -> Result<Option<FoundMessage>, RunError> {
        let Some((mut discovered, given)) =
            self.in_mail(|file| is_same(path, &file.path()), threads)
        else {
            return Ok(None);
        };
        let Some(file) = discovered.files.first() else {
            return Ok(None);
        };
        let source: Box<str> = format!("{}{within}", file.name()).into();
        let decided = self.committed.decisions_by(|it, _| it == &*source);
        let decided = decided?;
        let last = decided.last().and_then(|it| it.given);
        let of_run = last.and_then(|at| self.committed.given().nth(at));
        discovered.files.truncate(1);
        Ok(Some(FoundMessage {
            given: Some(of_run.unwrap_or(given).clone()),
            source: Some(source),
            discovered,
        }))
    }

    /// Returns a message that no run has decided, such as one that could not be read.
    fn undecided(&self, source: &str, threads: &Threads) -> Option<FoundMessage> {
        let (discovered, given) = self.in_mail(|file| holds(file, source), threads)?;
        Some(FoundMessage {
            discovered,
            source: Some(source.into()),
            given: Some(given.clone()),
        })
    }

    /// Returns the files in the mail of the runs for which `is_it` returns true, and the arguments of that run. Later
    /// runs are searched first.
    fn in_mail(
        &self,
        is_it: impl Fn(&MailFile) -> bool,
        threads: &Threads,
    ) -> Option<(Discovered, &RunArguments)> {
        let mut walked: Vec<&RunArguments> = Vec::new();
        for given in self.committed.given().rev() {
            if walked.iter().any(|known| known.mail == given.mail) {
                continue;
            }
            walked.push(given);
            // Mail that no longer exists is skipped.
            let Ok(mut discovered) = walk(given, threads) else {
                continue;
            };
            discovered.files.retain(&is_it);
            if !discovered.files.is_empty() {
                discovered.failures.clear();
                return Some((discovered, given));
            }
        }
        None
    }
}

fn walk(given: &RunArguments, threads: &Threads) -> Result<Discovered, RunError> {
    let mail: Vec<PathBuf> = given.mail.iter().map(PathBuf::from).collect();
    discover(&mail, threads).map_err(usage)
}

/// Returns whether a file contains the message of a source: its name, alone or followed by `#N` or `/PATH`.
fn holds(file: &MailFile, source: &str) -> bool {
    match source.strip_prefix(&*file.name()) {
        Some(within) => within.is_empty() || within.starts_with(['#', '/']),
        None => false,
    }
}
