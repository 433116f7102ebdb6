//! The settings of a run.

use std::path::PathBuf;

use jiff::Timestamp;

use super::history::Again;
use super::write::BodyKind;
use crate::options::PresetName;
use crate::output::folder::FolderSettings;

/// Where to find the book, the options and the rules.
#[derive(Clone, Debug)]
pub(crate) struct BasisSettings {
    /// The address book: a folder, a built book or the URL of a database.
    pub book: PathBuf,
    /// The preset for the names of the book's columns, unless the options name one.
    pub preset: Option<PresetName>,
    /// The options file; `None` for the defaults.
    pub options: Option<PathBuf>,
    /// The folder of rules; `None` for the built-in rules.
    pub rules: Option<PathBuf>,
    /// The reference time; `None` for the clock's.
    pub now: Option<Timestamp>,
}

impl BasisSettings {
    /// Returns the reference time.
    pub(crate) fn now(&self) -> Timestamp {
        self.now.unwrap_or_else(Timestamp::now)
    }
}

/// All settings of a run.
#[derive(Clone, Debug)]
pub(crate) struct RunSettings {
    /// Folders, mbox files, archives and single messages.
    pub mail: Vec<PathBuf>,
    /// The options, rules and book.
    pub basis: BasisSettings,
    /// vCards whose values fill created records.
    pub vcards: Option<PathBuf>,
    /// The output folder.
    pub out: FolderSettings,
    /// The form of bodies in the output.
    pub body: BodyKind,
    /// The size in bytes above which messages are failures.
    pub max_size: u64,
    /// What is read or decided again.
    pub again: Again,
}
