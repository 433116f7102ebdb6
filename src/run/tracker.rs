//! The public library interface: options and a book in, decisions on mail out. It reads and decides, and writes
//! nothing.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::basis::{Basis, check_undamaged};
use super::error::{RunError, usage, wrong};
use super::session::Session;
use super::settings::BasisSettings;
use crate::base::threads::Threads;
use crate::decide::decision::Decision;
use crate::decide::pass::Remembered;
use crate::mail::source::discover;
use crate::output::OutputRows;

/// Decides mail by options, rules and an address book.
///
/// ```
/// use mailtrack::Tracker;
///
/// let tracker = Tracker::builder("fixtures/demo/book")
///     .options("fixtures/demo/options.toml")
///     .now("2026-03-01T00:00:00Z".parse()?)
///     .build()?;
/// let decided = tracker.decide(&["fixtures/demo/mail"])?;
///
/// for message in decided.messages.iter().filter(|message| message.is_tracked) {
///     println!("{}: {}, about {:?}", message.source, message.reason, message.regarding);
/// }
/// assert!(decided.messages.iter().any(|message| message.regarding.is_some()));
///
/// // Nothing is lost: each message is decided, or is a failure that says why.
/// for (source, error) in &decided.failures {
///     println!("{source}: {error}");
/// }
/// assert_eq!(decided.messages.len() + decided.failures.len(), 29);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Tracker {
    basis: Basis,
    now: Timestamp,
    threads: Threads,
}

/// Configures a [`Tracker`].
#[derive(Clone, Debug)]
pub struct TrackerBuilder {
    settings: BasisSettings,
    threads: usize,
}

/// The decisions of a [`Tracker`] on some mail.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DecidedMail {
    /// The messages in the order in which they were decided.
    pub messages: Vec<DecidedMessage>,
    /// The files and messages that could not be read, as source and reason.
    pub failures: Vec<(String, String)>,
}

/// The decision on one message.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DecidedMessage {
    /// The path of the file, and the position in it if it contains several messages.
    pub source: String,
    /// The Message-ID, without `<>`.
    pub message_id: Option<String>,
    /// Whether the message belongs in the CRM.
    pub is_tracked: bool,
    /// The reason code, as in `decisions.jsonl`.
    pub reason: String,
    /// The record that the sender's address resolves to, as `type:id`.
    pub sender: Option<String>,
    /// The regarding record, as `type:id`; `None` if there is none or the message is not tracked.
    pub regarding: Option<String>,
    /// The contacts and leads that the message creates, as `type:id`.
    pub created: Vec<String>,
}

impl TrackerBuilder {
    /// Sets the options file; the default options otherwise apply.
    #[must_use]
    pub fn options(mut self, file: impl Into<PathBuf>) -> TrackerBuilder {
        self.settings.options = Some(file.into());
        self
    }

    /// Sets a folder of rules that replace the built-in ones.
    #[must_use]
    pub fn rules(mut self, folder: impl Into<PathBuf>) -> TrackerBuilder {
        self.settings.rules = Some(folder.into());
        self
    }

    /// Sets the reference time, from which filters count days; by default it is the current time.
    #[must_use]
    pub fn now(mut self, now: Timestamp) -> TrackerBuilder {
        self.settings.now = Some(now);
        self
    }

    /// Sets the number of threads; 0, the default, is one per core.
    #[must_use]
    pub fn threads(mut self, count: usize) -> TrackerBuilder {
        self.threads = count;
        self
    }

    /// Reads the options, the rules and the book.
    ///
    /// # Errors
    /// If one of them cannot be read, or does not fit the others.
    pub fn build(self) -> Result<Tracker, RunError> {
        let threads = Threads::with_this(self.threads);
        let threads =
            threads.map_err(|error| wrong(format!("{} threads: {error}", self.threads)))?;
        let now = self.settings.now();
        let basis = Basis::load(&self.settings, now, false, &threads, &())?;
        Ok(Tracker {
            basis,
            now,
            threads,
        })
    }
}

impl Tracker {
    /// Returns a builder for an address book: a folder of record files, a built book, or the URL of a database.
    pub fn builder(book: impl Into<PathBuf>) -> TrackerBuilder {
        TrackerBuilder {
            settings: BasisSettings {
                book: book.into(),
                preset: None,
                options: None,
                rules: None,
                now: None,
            },
            threads: 0,
        }
    }

    /// Decides the mail in files and folders, like a first run over them. Messages larger than 256 MiB are failures.
    ///
    /// # Errors
    /// If a path does not exist, or the book turns out to be damaged.
    pub fn decide(&self, mail: &[impl AsRef<Path>]) -> Result<DecidedMail, RunError> {
        let mail: Vec<PathBuf> = mail.iter().map(|path| path.as_ref().into()).collect();
        let session = Session::new(&self.basis, None, self.now, &self.threads, &());
        let found = discover(&mail, &self.threads).map_err(usage)?;
        let intake = session.read(found, MAX_SIZE_BYTES);
        let resolver = session.resolve(&intake.distinct);
        let mut nothing = Remembered::default();
        let decided = session
            .decide(&intake.mail, &resolver, &mut nothing, None)
            .decided;
        check_undamaged(&self.basis.book)?;
        let rows = session.rows(&resolver, &decided, &intake.mail);
        let decisions = decided.decisions.iter();
        let failures = intake.failures.iter();
        Ok(DecidedMail {
            messages: decisions.map(|it| DecidedMessage::of(&rows, it)).collect(),
            failures: failures
                .map(|it| (it.source.to_string(), it.error.clone()))
                .collect(),
        })
    }
}

/// Size in bytes above which messages are failures.
const MAX_SIZE_BYTES: u64 = 256 << 20;

impl DecidedMessage {
    fn of(rows: &OutputRows<'_>, decision: &Decision) -> DecidedMessage {
        let row = rows.decision(decision);
        let activity = decision
            .activity
            .filter(|_| row.tracked)
            .map(|it| rows.decided.activity(it));
        let regarding = activity.and_then(|it| it.regarding.as_deref());
        DecidedMessage {
            source: row.source.to_string(),
            message_id: row.messageid.map(Into::into),
            is_tracked: row.tracked,
            reason: row.reason.to_string(),
            sender: row.senderrecord.map(|it| it.to_string()),
            regarding: regarding.map(ToString::to_string),
            created: row.created.iter().map(ToString::to_string).collect(),
        }
    }
}
