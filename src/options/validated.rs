//! The validated options.

use crate::base::text_place::Place;
use crate::mail::address::domain_set::DomainSet;
use crate::options::error::OptionsError;
use crate::options::file::book::BookSection;
use crate::options::file::book::PresetName;
use crate::options::file::sections::Create;
use crate::options::file::sections::InternalEmail;
use crate::options::file::sections::OptionsFile;
use crate::options::file::send::Security;
use crate::options::mailbox::Mailbox;
use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;
use regex::Regex;

use super::columns::Columns;
use crate::base::disk;
use crate::base::reference::Reference;
use crate::mail::address::{Address, Equivalence};
use crate::mail::token::TokenForm;

/// The number of a mailbox in [`Options::mailboxes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MailboxId(pub u16);

impl MailboxId {
    /// The mailbox without an owner that holds what lies under no `[[mailbox]]` path.
    pub const GENERAL: MailboxId = MailboxId(0);
}

/// All options, validated.
#[derive(Clone, Debug)]
pub struct Options {
    /// The general mailbox first, then each `[[mailbox]]` of the file, in its order.
    pub mailboxes: Vec<Mailbox>,
    /// How messages are tied to earlier ones (R8).
    pub correlation: Correlation,
    /// What is one's own (R4, R11).
    pub organization: Organization,
    /// Whose output folder it is; `None`: the host's.
    pub client: Option<String>,
    /// Whether messages are sent, and by which way.
    pub send: Send,
    /// How often `watch` runs.
    pub interval: Duration,
    /// A built book that is older, and whose source has changed, is built again; `None`: none is.
    pub local_data_age_max: Option<Duration>,
    /// Whether the book is asked again before records are created.
    pub detect_duplicates: bool,
    /// How the book's files are read.
    pub book: BookSection,
    /// The file as it was read, with the defaults where it says nothing.
    pub effective: OptionsFile,
    pub(crate) file: String,
    pub(crate) citations: Vec<Citation>,
    pub(crate) named: Vec<NamedAddress>,
}

/// A record that the options name, to be looked up once the book is read.
#[derive(Clone, Debug)]
pub(crate) struct Citation {
    pub(crate) reference: Reference,
    pub(crate) place: Option<Place>,
    pub(crate) key: &'static str,
}

/// An address that a mailbox names, to be held against the other mailboxes' owners once the book is read.
#[derive(Clone, Debug)]
pub(crate) struct NamedAddress {
    pub(crate) mailbox: MailboxId,
    pub(crate) address: Address,
    pub(crate) place: Option<Place>,
}

/// `[correlation]`, validated.
#[derive(Clone, Debug)]
pub struct Correlation {
    /// By In-Reply-To.
    pub in_reply_to: bool,
    /// By a tracking token in the subject.
    pub tracking_token: bool,
    /// By Thread-Index.
    pub conversation_index: bool,
    /// By References.
    pub references: bool,
    /// By words of the subject and addresses; `None` where that is off.
    pub smart: Option<Smart>,
    /// Whether forwarded messages are correlated.
    pub forwards: bool,
    /// What a tracking token looks like.
    pub token: TokenForm,
    /// Numbers of users in the tokens that are written begin one above.
    pub token_base: u64,
}

/// `[correlation.smart]`, validated.
#[derive(Clone, Debug)]
pub struct Smart {
    /// What is taken out of a subject.
    pub noise: Regex,
    /// So many words of a subject are looked at, at least one.
    pub words_max: usize,
    /// In so many words the subjects may differ.
    pub subject_delta: usize,
    /// So many addresses must be in both messages, at least one.
    pub addresses_min: usize,
    /// At most so much time lies between the messages.
    pub window: SignedDuration,
}

/// `[organization]`, validated.
#[derive(Clone, Debug)]
pub struct Organization {
    /// The organization's domains.
    pub domains: DomainSet,
    /// What becomes of mail between colleagues.
    pub internal_email: InternalEmail,
    /// Whether only the receiving mailbox's rules are asked.
    pub filter_of_receiving_mailbox_only: bool,
}

/// `[send]`, validated.
#[derive(Clone, Debug)]
pub struct Send {
    /// Whether anything is sent.
    pub allow: bool,
    /// By which way; `None` where none is said.
    pub way: Option<HandOver>,
}

/// By which way messages go.
#[derive(Clone, Debug)]
pub enum HandOver {
    /// Into a Maildir, from where another program sends them.
    Maildir(PathBuf),
    /// To an SMTP server.
    Smtp(Smtp),
}

/// `[send.smtp]`, validated.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// Who logs in.
    pub login: Option<Login>,
    /// Certificates that are trusted beside those of the system.
    pub ca_file: Option<PathBuf>,
    /// So long an answer may take.
    pub timeout: Duration,
}

/// Who logs in.
#[derive(Clone, Debug)]
pub struct Login {
    /// The user.
    pub user: String,
    /// Where the password is; it is never among the options.
    pub password: Password,
}

/// Where a password is.
#[derive(Clone, Debug)]
pub enum Password {
    /// In the first line of a file.
    File(PathBuf),
    /// In a variable of the environment.
    Environment(String),
}

impl Options {
    /// Reads and validates the options file, which may be a pipe that a program writes to.
    ///
    /// # Errors
    /// Where the file cannot be read, is no TOML, or says what cannot be.
    pub fn load(path: &std::path::Path) -> Result<Options, OptionsError> {
        let file = path.display().to_string();
        let text = disk::read_text(path, disk::TEXT_BYTES_MAX);
        let text = text.map_err(|error| OptionsError {
            message: format!("cannot be read: {error}"),
            file: file.clone(),
            place: None,
        })?;
        Options::parse(&file, &text)
    }

    /// Validates the text of an options file; `file` is what errors call it.
    ///
    /// # Errors
    /// As [`load`](Options::load).
    pub fn parse(file: &str, text: &str) -> Result<Options, OptionsError> {
        super::check::parse(file, text)
    }

    /// The options that hold where no file says otherwise.
    ///
    /// # Errors
    /// None in practice: the defaults are valid, as a test holds.
    pub fn defaults() -> Result<Options, OptionsError> {
        Options::parse("defaults", "")
    }

    /// Has the book's files read by this preset, whatever the file says.
    pub fn set_preset(&mut self, preset: PresetName) {
        self.book.preset = Some(preset);
        self.effective.book.preset = Some(preset);
    }

    /// The mailbox of that number.
    pub fn mailbox(&self, id: MailboxId) -> &Mailbox {
        &self.mailboxes[usize::from(id.0)]
    }

    /// The mailboxes that the file configures, without the general one.
    pub fn configured(&self) -> impl Iterator<Item = (MailboxId, &Mailbox)> {
        (1u16..).map(MailboxId).zip(self.mailboxes.iter().skip(1))
    }

    /// Whether what is decided depends on the run's time.
    pub fn counts_days(&self) -> bool {
        let mut filters = self.mailboxes.iter().flat_map(Mailbox::filters_in_scope);
        filters.any(|filter| filter.is_active && filter.counts_days())
    }

    /// The columns that a run asks for beside those that every book keeps: those of the filters that count.
    pub fn columns(&self) -> Columns {
        let filters = self.mailboxes.iter().flat_map(Mailbox::filters_in_scope);
        let mut columns = Columns::of_filters(filters.filter(|filter| filter.is_active));
        let creates = |mailbox: &Mailbox| mailbox.email.create != Create::None;
        if self.detect_duplicates && self.mailboxes.iter().any(creates) {
            columns.add(Columns::of_companies());
        }
        columns
    }

    /// The mailboxes' owners.
    pub fn owners(&self) -> impl Iterator<Item = &Reference> {
        self.mailboxes
            .iter()
            .filter_map(|mailbox| mailbox.owner.as_ref())
    }

    /// The mailbox with the longest path that holds `folder`, and the folder's path within it.
    pub fn mailbox_of<'f>(&self, folder: &'f str) -> (MailboxId, &'f str) {
        self.configured()
            .filter_map(|(id, mailbox)| {
                Some((id, mailbox.path.len(), within(folder, &mailbox.path)?))
            })
            .max_by_key(|&(_, length, _)| length)
            .map_or((MailboxId::GENERAL, folder), |(id, _, rest)| (id, rest))
    }

    /// The equivalences that any mailbox uses.
    pub fn widest_equivalence(&self) -> Equivalence {
        let each = self.mailboxes.iter();
        Equivalence::any(each.map(|mailbox| mailbox.address_book.equivalence))
    }
}

/// What of `folder` lies below `path`; `None` where it does not lie in it.
fn within<'f>(folder: &'f str, path: &str) -> Option<&'f str> {
    if path.is_empty() {
        return Some(folder);
    }
    let rest = folder.strip_prefix(path)?;
    if rest.is_empty() {
        Some(rest)
    } else {
        rest.strip_prefix('/')
    }
}

#[cfg(test)]
#[path = "options_tests.rs"]
mod tests;
