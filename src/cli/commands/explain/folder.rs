//! What an output folder tells of the message that is asked for: where it lies, and what the run was given that decided
//! it.

use crate::cli::error::{CommandError, usage, wrong};
use std::path::{Path, PathBuf};

use crate::base::threads::Threads;
use crate::mail::source::discover;
use crate::mail::source::listing::Discovered;
use crate::mail::source::mail_file::MailFile;
use crate::output::committed::reader::{Committed, Decided};
use crate::output::state::Given;

use super::wanted::{Hit, MessageQuery, is_same};
use crate::cli::commands::export::failed;

/// An output folder that is asked.
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) committed: Committed,
}

/// Where the message is.
#[derive(Default)]
pub(super) struct Found {
    /// The files to read.
    pub(super) discovered: Discovered,
    /// What the run calls it, if a run has met it.
    pub(super) source: Option<Box<str>>,
    /// What the run was given that decided it, else the last run; `None` if the folder does not say.
    pub(super) given: Option<Given>,
}

impl Folder {
    /// # Errors
    /// If it is not an output folder.
    pub(super) fn open(path: &Path) -> Result<Folder, CommandError> {
        Ok(Folder {
            path: path.into(),
            committed: Committed::open(path).map_err(failed)?,
        })
    }

    /// Finds the message: the file in the mail that runs were given, else what they call so, else the file alone.
    ///
    /// # Errors
    /// If it is nowhere, or several could be meant.
    pub(super) fn find(
        &self,
        wanted: &MessageQuery,
        threads: &Threads,
    ) -> Result<Found, CommandError> {
        if let Some((file, within)) = &wanted.file
            && let Some(found) = self.of_file(file, within, threads)?
        {
            return Ok(found);
        }
        let named = self
            .committed
            .decisions_by(|source, id| wanted.names(source, id));
        match (named.map_err(failed)?.as_slice(), &wanted.file) {
            ([one], _) => self.of_decision(one, threads),
            ([], Some((file, _))) => Ok(Found {
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

    /// The message of a decision.
    fn of_decision(&self, decided: &Decided, threads: &Threads) -> Result<Found, CommandError> {
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
        Ok(Found {
            discovered,
            source: Some(source.into()),
            given: Some(given.clone()),
        })
    }

    /// A file of the mail that a run was given: as the last such run met it.
    fn of_file(
        &self,
        path: &Path,
        within: &str,
        threads: &Threads,
    ) -> Result<Option<Found>, CommandError> {
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
        let decided = decided.map_err(failed)?;
        let last = decided.last().and_then(|it| it.given);
        let of_run = last.and_then(|at| self.committed.given().nth(at));
        discovered.files.truncate(1);
        Ok(Some(Found {
            given: Some(of_run.unwrap_or(given).clone()),
            source: Some(source),
            discovered,
        }))
    }

    /// A source that no run has decided, such as that of a message that could not be read.
    fn undecided(&self, source: &str, threads: &Threads) -> Option<Found> {
        let (discovered, given) = self.in_mail(|file| holds(file, source), threads)?;
        Some(Found {
            discovered,
            source: Some(source.into()),
            given: Some(given.clone()),
        })
    }

    /// The files in the mail that runs were given, those of the last runs first, and what the run was given.
    fn in_mail(
        &self,
        is_it: impl Fn(&MailFile) -> bool,
        threads: &Threads,
    ) -> Option<(Discovered, &Given)> {
        let mut walked: Vec<&Given> = Vec::new();
        for given in self.committed.given().rev() {
            if walked.iter().any(|known| known.mail == given.mail) {
                continue;
            }
            walked.push(given);
            // Mail that is gone holds nothing any more.
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

fn walk(given: &Given, threads: &Threads) -> Result<Discovered, CommandError> {
    let mail: Vec<PathBuf> = given.mail.iter().map(PathBuf::from).collect();
    discover(&mail, threads).map_err(usage)
}

/// Whether a file is the one that a source is in: its name, or with `#N` or `/PATH` behind it.
fn holds(file: &MailFile, source: &str) -> bool {
    match source.strip_prefix(&*file.name()) {
        Some(within) => within.is_empty() || within.starts_with(['#', '/']),
        None => false,
    }
}
