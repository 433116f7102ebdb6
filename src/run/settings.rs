//! What a run is given.

use std::path::PathBuf;

use jiff::Timestamp;

use super::history::Again;
use super::write::BodyKind;
use crate::options::PresetName;
use crate::output::folder::FolderSettings;

/// Where the book, the options and the rules are.
#[derive(Clone, Debug)]
pub(crate) struct BasisSettings {
    /// The address book: a folder, a built book or the URL of a database.
    pub book: PathBuf,
    /// How the book's columns are named, unless the options say it.
    pub preset: Option<PresetName>,
    /// The options file; `None`: the defaults.
    pub options: Option<PathBuf>,
    /// The folder of rules; `None`: those that are built in.
    pub rules: Option<PathBuf>,
    /// The reference time; `None`: the clock's.
    pub now: Option<Timestamp>,
}

impl BasisSettings {
    /// The reference time.
    pub(crate) fn now(&self) -> Timestamp {
        self.now.unwrap_or_else(Timestamp::now)
    }
}

/// Everything that a run is given.
#[derive(Clone, Debug)]
pub(crate) struct RunSettings {
    /// Folders, mbox files, archives and single messages.
    pub mail: Vec<PathBuf>,
    /// What it decides by.
    pub basis: BasisSettings,
    /// vCards whose values fill created records.
    pub vcards: Option<PathBuf>,
    /// Where the output goes.
    pub out: FolderSettings,
    /// What is written of bodies.
    pub body: BodyKind,
    /// Larger messages are failures, in bytes.
    pub max_size: u64,
    /// What is looked at again.
    pub again: Again,
}
