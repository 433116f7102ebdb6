//! `mailtrack run --rebuild-state`: rebuilds the state of an output folder before the run, from the lines of the folder
//! and the mail.

use jiff::Timestamp;

use super::basis::{Basis, check_undamaged};
use super::error::{RunError, incomplete, unreadable, usage};
use super::fingerprint::fingerprint;
use super::given::given;
use super::history::FilesRead;
use super::history::rebuild::error::RebuildError;
use super::history::rebuild::{Current, FolderLines, LineHashes, sending_of};
use super::inside;
use super::session::{Decisions, Session};
use super::settings::RunSettings;
use super::take_in::{TakenIn, take_in};
use super::write::{self, BodyKind};
use crate::base::disk::files::length;
use crate::base::disk::stat::is_there;
use crate::base::progress::Progress;
use crate::base::terminal::counted;
use crate::base::threads::Threads;
use crate::decide::vcards;
use crate::mail::source::Roots;
use crate::output::folder::{FolderError, check_path, client};
use crate::output::state::error::StateError;
use crate::output::state::stored::STATE_FILE;
use crate::output::state::{Client, Rebuilding, Sending, lengths_on_disk};
use crate::output::table::{Lengths, Table, file_name};

/// The fingerprint of messages that would be decided differently now.
const OTHERS: &[u8] = b"others";

/// The result of a rebuild.
pub(crate) struct Rebuilt {
    /// The number of decisions in the new state.
    pub decisions: u64,
    /// The files from which an incomplete end was cut off.
    pub cut: Vec<String>,
    /// The new name of the old state, if there was one.
    pub replaced: Option<String>,
}

/// Rebuilds the state of an output folder from its lines and the mail; returns `None` if the folder has neither a state
/// nor lines.
///
/// # Errors
/// If the lines do not come from runs over this mail with this book and these options, or the system reports an error.
pub(crate) fn rebuild_state(
    settings: &RunSettings,
    basis: &Basis,
    now: Timestamp,
    threads: &Threads,
    progress: &dyn Progress,
) -> Result<Option<Rebuilt>, RunError> {
    let out = &settings.out.path;
    check_path(&settings.out)?;
    let roots = Roots::of(&settings.mail).map_err(usage)?;
    inside::check(out, &settings.mail)?;
    let state = out.join(STATE_FILE);
    let on_disk = lengths_on_disk(out).map_err(unreadable(out))?;
    let has_state = length(&state).map_err(unreadable(&state))? > 0;
    if !has_state && on_disk == Lengths::default() {
        return Ok(None);
    }
    let fingerprint = fingerprint(&settings.basis, &basis.options)?;
    let client = client(&settings.out, &basis.options)?;
    let new = Rebuilding::begin(out).map_err(FolderError::from)?;
    check_client(settings, &new, &client)?;
    let sources = (Some(new.state()), &*fingerprint);
    let taken_in = take_in(
        (settings.again, settings.max_size),
        basis,
        &roots,
        sources,
        threads,
        progress,
    )?;
    let making = Making {
        settings,
        basis,
        now,
        client: client.name,
        fingerprint,
        on_disk,
        progress,
    };
    making.make(new, taken_in, threads).map(Some)
}

/// The input of a rebuild.
struct Making<'a> {
    settings: &'a RunSettings,
    basis: &'a Basis,
    now: Timestamp,
    client: String,
    fingerprint: Vec<u8>,
    on_disk: Lengths,
    progress: &'a dyn Progress,
}

impl Making<'_> {
    /// Decides the mail, and builds the state from the decisions and the lines.
    fn make(
        &self,
        new: Rebuilding,
        taken_in: TakenIn,
        threads: &Threads,
    ) -> Result<Rebuilt, RunError> {
        let TakenIn {
            intake,
            files,
            mut remembered,
            ..
        } = taken_in;
        // The run that follows reports the warnings about vCards.
        let cards = self.settings.vcards.as_deref().map(vcards::load);
        let cards = cards.transpose().map_err(usage)?;
        let session = Session::new(self.basis, cards.as_ref(), self.now, threads, self.progress);
        let resolver = session.resolve(&intake.distinct);
        let Decisions { decided, .. } =
            session.decide(&intake.mail, &resolver, &mut remembered, None);
        let rows = session.rows(&resolver, &decided, &intake.mail);
        let mut hashes = LineHashes::default();
        let (body, max_size) = (BodyKind::None, self.settings.max_size);
        let hashed = write::write(
            &rows,
            &mut hashes,
            body,
            max_size,
            &[],
            threads,
            self.progress,
        );
        hashed.map_err(incomplete)?;
        check_undamaged(&self.basis.book)?;
        let current = Current::new(&rows, &self.settings.mail, &intake.failures, hashes);
        let counted = new.old.lengths.unwrap_or(self.on_disk);
        let lines = FolderLines::read(&self.settings.out.path, &counted, &current);
        self.fill(new, &lines.map_err(impossible)?, files)
    }

    /// Fills the new state and puts it in place.
    fn fill(
        &self,
        mut new: Rebuilding,
        lines: &FolderLines<'_>,
        files: FilesRead,
    ) -> Result<Rebuilt, RunError> {
        let fingerprints = (self.fingerprint.clone(), OTHERS.into());
        for mut changes in lines.changes(fingerprints) {
            changes.client.clone_from(&self.client);
            new.state_mut().take(changes).map_err(incomplete)?;
        }
        let files = lines.files(files);
        new.state_mut().take_files(&files).map_err(incomplete)?;
        let given = given(self.settings, &self.basis.options, self.now)?;
        new.take_given(&given).map_err(incomplete)?;
        let sending = self.sending(&mut new, lines)?;
        new.take_sending(&sending).map_err(incomplete)?;
        let replaced = new.put(lines.lengths()).map_err(incomplete)?;
        self.warn_of_unknown(lines);
        let is_cut = |table: &Table| lines.lengths().of(*table) < self.on_disk.of(*table);
        Ok(Rebuilt {
            decisions: lines.decisions() as u64,
            cut: Table::ALL
                .into_iter()
                .filter(is_cut)
                .map(file_name)
                .collect(),
            replaced,
        })
    }

    /// Returns what `send` has done: from the old state, else from the lines.
    fn sending(&self, new: &mut Rebuilding, lines: &FolderLines<'_>) -> Result<Sending, RunError> {
        if let Some(sending) = new.old.sending.take() {
            return Ok(sending);
        }
        if !has_sent(self.settings)? {
            return Ok(Sending::default());
        }
        self.warn(
            "what `send` has handed over is known from sent.jsonl and failed.jsonl alone; the next `send` reports every other message of its outbox as doubtful and does not send it",
        );
        let correlation = &self.basis.options.correlation;
        sending_of(&self.settings.out.path, lines.lengths(), correlation).map_err(impossible)
    }

    fn warn_of_unknown(&self, lines: &FolderLines<'_>) {
        let unknown = lines.unknown() as u64;
        if unknown == 0 {
            return;
        }
        let decisions = counted(
            unknown,
            "decision is of a message",
            "decisions are of messages",
        );
        self.warn(&format!(
            "{decisions} without a Message-ID that the mail does not have any more; if they turn up again they are decided again"
        ));
    }

    fn warn(&self, text: &str) {
        self.progress.warn("state", &[text.to_owned()]);
    }
}

/// Refuses a folder of another client, if the old state still has its name.
fn check_client(settings: &RunSettings, new: &Rebuilding, client: &Client) -> Result<(), RunError> {
    let owner = new.old.client.as_ref();
    match owner.filter(|owner| **owner != client.name && !client.takes_over) {
        None => Ok(()),
        Some(owner) => Err(FolderError::State(StateError::OfAnother {
            folder: settings.out.path.display().to_string(),
            owner: owner.clone(),
            client: client.name.clone(),
        })
        .into()),
    }
}

/// Returns whether `send` was ever about to send a message, or refused one.
fn has_sent(settings: &RunSettings) -> Result<bool, RunError> {
    let paths = [Table::Sent, Table::Failed].map(|it| settings.out.path.join(file_name(it)));
    for path in paths {
        if is_there(&path).map_err(unreadable(&path))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Converts an error; one that the user can correct is a wrong argument.
fn impossible(error: RebuildError) -> RunError {
    match error {
        RebuildError::Read { .. } | RebuildError::Unreadable { .. } => incomplete(error),
        RebuildError::Wrong { .. } | RebuildError::Lost { .. } => usage(error),
    }
}
