//! The validated options.

use crate::base::text_place::LineColumn;
use crate::mail::address::domain_set::DomainSet;
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
use crate::base::reference::Reference;
use crate::mail::address::{Address, Equivalence};
use crate::mail::token::TokenForm;

/// Index of a mailbox in [`Options::mailboxes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MailboxId(pub u16);

impl MailboxId {
    /// The general mailbox: it has no owner, and holds what is outside the path of every `[[mailbox]]`.
    pub const GENERAL: MailboxId = MailboxId(0);
}

/// All options, validated.
#[derive(Clone, Debug)]
pub struct Options {
    /// The general mailbox first, then each `[[mailbox]]` of the file, in its order.
    pub mailboxes: Vec<Mailbox>,
    /// How messages are correlated to earlier ones (R8).
    pub correlation: Correlation,
    /// The user's own organization (R4, R11).
    pub organization: Organization,
    /// Name of the client that the output folder belongs to; `None` for the host name.
    pub client: Option<String>,
    /// Whether and how messages are sent.
    pub send: Send,
    /// How often `watch` runs.
    pub interval: Duration,
    /// A built book that is older than this, and whose source has changed, is rebuilt; `None` if none is.
    pub local_data_age_max: Option<Duration>,
    /// Whether the current state of the book's source is searched before records are created.
    pub detect_duplicates: bool,
    /// How the tables of the book are read.
    pub book: BookSection,
    /// The options in force: the file, with the default of each key that is not set.
    pub effective: OptionsFile,
    pub(crate) file: String,
    pub(crate) citations: Vec<Citation>,
    pub(crate) named: Vec<NamedAddress>,
}

/// A record that the options refer to. It is looked up once the book is read.
#[derive(Clone, Debug)]
pub(crate) struct Citation {
    pub(crate) reference: Reference,
    pub(crate) place: Option<LineColumn>,
    pub(crate) key: &'static str,
}

/// An address that a mailbox lists. It is compared with the addresses of other mailboxes' owners once the book is
/// read.
#[derive(Clone, Debug)]
pub(crate) struct NamedAddress {
    pub(crate) mailbox: MailboxId,
    pub(crate) address: Address,
    pub(crate) place: Option<LineColumn>,
}

/// `[correlation]`, validated.
#[derive(Clone, Debug)]
pub struct Correlation {
    /// Whether messages are correlated by In-Reply-To.
    pub in_reply_to: bool,
    /// Whether messages are correlated by a tracking token in the subject.
    pub tracking_token: bool,
    /// Whether messages are correlated by Thread-Index.
    pub conversation_index: bool,
    /// Whether messages are correlated by References.
    pub references: bool,
    /// Smart matching, by words of the subject and addresses; `None` if it is off.
    pub smart: Option<Smart>,
    /// Whether forwarded messages are correlated.
    pub forwards: bool,
    /// Form of a tracking token.
    pub token: TokenForm,
    /// User numbers in tokens begin at this number plus one.
    pub token_base: u64,
}

/// `[correlation.smart]`, validated.
#[derive(Clone, Debug)]
pub struct Smart {
    /// Its matches are removed from a subject.
    pub noise: Regex,
    /// Maximum number of words of a subject that are compared, at least 1.
    pub words_max: usize,
    /// Maximum number of words in which the subjects may differ.
    pub subject_delta: usize,
    /// Minimum number of addresses that both messages must have, at least 1.
    pub addresses_min: usize,
    /// Maximum time between the messages.
    pub window: SignedDuration,
}

/// `[organization]`, validated.
#[derive(Clone, Debug)]
pub struct Organization {
    /// The organization's domains.
    pub domains: DomainSet,
    /// How internal mail is treated.
    pub internal_email: InternalEmail,
    /// Whether internal mail is judged as any other if it belongs to a tracked conversation.
    pub internal_replies: bool,
    /// Whether only the mailbox that holds a message decides whether to track it.
    pub filter_of_receiving_mailbox_only: bool,
}

/// `[send]`, validated.
#[derive(Clone, Debug)]
pub struct Send {
    /// Whether `send` sends anything.
    pub allow: bool,
    /// Where messages are handed over; `None` if that is not set.
    pub method: Option<SendMethod>,
}

/// Where messages are handed over.
#[derive(Clone, Debug)]
pub enum SendMethod {
    /// A Maildir, from which another program sends them.
    Maildir(PathBuf),
    /// An SMTP server.
    Smtp(Smtp),
}

/// `[send.smtp]`, validated.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// Name of the server.
    pub host: String,
    /// Port of the server.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// User name and password; `None` for no login.
    pub login: Option<Login>,
    /// File of certificates (PEM) that are trusted besides those of the system.
    pub ca_file: Option<PathBuf>,
    /// Timeout for one answer of the server.
    pub timeout: Duration,
}

/// User name and password of an SMTP server.
#[derive(Clone, Debug)]
pub struct Login {
    /// User name.
    pub user: String,
    /// Where the password is. The password itself is never an option.
    pub password: Password,
}

/// Where a password is.
#[derive(Clone, Debug)]
pub enum Password {
    /// The first line of a file.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
}

impl Options {
    /// Sets the preset by which the book is read, and overrides that of the file.
    pub fn set_preset(&mut self, preset: PresetName) {
        self.book.preset = Some(preset);
        self.effective.book.preset = Some(preset);
    }

    /// Returns the mailbox with this index.
    ///
    /// # Panics
    /// If `id` is from other options and out of range.
    pub fn mailbox(&self, id: MailboxId) -> &Mailbox {
        &self.mailboxes[usize::from(id.0)]
    }

    /// Returns the mailboxes that the file configures, without the general one.
    pub fn configured(&self) -> impl Iterator<Item = (MailboxId, &Mailbox)> {
        (1u16..).map(MailboxId).zip(self.mailboxes.iter().skip(1))
    }

    /// Returns whether decisions depend on the time of the run.
    pub fn counts_days(&self) -> bool {
        let mut filters = self.mailboxes.iter().flat_map(Mailbox::filters_in_scope);
        filters.any(|filter| filter.is_active && filter.counts_days())
    }

    /// Returns the columns that a run reads besides those that every book keeps: those of active filters, and those of
    /// companies if duplicates are detected.
    pub fn columns(&self) -> Columns {
        let filters = self.mailboxes.iter().flat_map(Mailbox::filters_in_scope);
        let mut columns = Columns::of_filters(filters.filter(|filter| filter.is_active));
        let creates = |mailbox: &Mailbox| mailbox.email.create != Create::None;
        if self.detect_duplicates && self.mailboxes.iter().any(creates) {
            columns.add(Columns::of_companies());
        }
        columns
    }

    /// Returns the owners of mailboxes.
    pub fn owners(&self) -> impl Iterator<Item = &Reference> {
        self.mailboxes
            .iter()
            .filter_map(|mailbox| mailbox.owner.as_ref())
    }

    /// Returns the mailbox with the longest path that contains `folder`, and the path of the folder within it.
    pub fn mailbox_of<'f>(&self, folder: &'f str) -> (MailboxId, &'f str) {
        self.configured()
            .filter_map(|(id, mailbox)| {
                Some((id, mailbox.path.len(), within(folder, &mailbox.path)?))
            })
            .max_by_key(|&(_, length, _)| length)
            .map_or((MailboxId::GENERAL, folder), |(id, _, rest)| (id, rest))
    }

    /// Returns the address equivalences that any mailbox uses.
    pub fn widest_equivalence(&self) -> Equivalence {
        let each = self.mailboxes.iter();
        Equivalence::any(each.map(|mailbox| mailbox.address_book.equivalence))
    }
}

/// Returns the path of `folder` within `path`; `None` if it is outside.
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
