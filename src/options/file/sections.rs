//! The options file, and its sections `[email]`, `[address_book]`, `[organization]` and `[[mailbox]]`.

use crate::options::file::book::BookSection;
use crate::options::file::correlation::{CorrelationSection, CorrelationValues};
use crate::options::file::local_data::{LocalDataSection, LocalDataValues};
use crate::options::file::section::section;
use crate::options::file::send::{SendSection, SendValues};
use crate::options::file::synchronization::{
    MailboxSynchronizationSection, SynchronizationSection, SynchronizationValues,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which messages are tracked (R4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Track {
    /// Mail from a lead, a contact or an account; with `track_sent`, also mail to one.
    LeadsContactsAccounts,
    /// Replies to tracked mail.
    Responses,
    /// Every message, incoming and outgoing.
    All,
    /// Mail from a record of any type; with `track_sent`, also mail to one.
    EmailEnabled,
    /// Nothing but the mail in tracked folders.
    None,
}

/// The record that is created for an address without a record (R11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Create {
    /// A contact.
    Contact,
    /// A lead.
    Lead,
    /// Nothing.
    None,
}

/// The people for whom records are created (R11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CreateFor {
    /// The sender of an incoming message.
    Sender,
    /// The sender of an incoming message, and the To and Cc recipients of every message.
    Everyone,
}

/// A class of addresses or messages for which no record is created (R11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SkipClass {
    /// Automatic mail, such as delivery reports and out-of-office replies.
    Automated,
    /// Newsletters and mailing lists.
    Bulk,
    /// Role accounts such as `no-reply@`.
    Role,
    /// Addresses of free-mail providers.
    FreeMail,
    /// Addresses for which no display name is known.
    Nameless,
}

/// The contacts that match addresses (R6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Contacts {
    /// Every contact.
    All,
    /// The contacts that pass the mailbox's synchronization filters; without a filter for contacts, the active ones that
    /// the mailbox owner owns.
    Synchronized,
}

/// The records of other types than contact that match addresses (R6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OtherRecords {
    /// All records.
    All,
    /// The records that the mailbox owner owns.
    Owned,
    /// None except users and queues.
    None,
}

/// An equivalence of addresses that are written differently (R7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EquivalenceName {
    /// `a+x@d` equals `a@d`.
    PlusTag,
    /// Dots in the local part of a Gmail address are ignored, and googlemail.com equals gmail.com.
    GmailDots,
}

/// How a sender is resolved whose address several records have (R7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SeveralSenders {
    /// To the first record in the order of R7.
    First,
    /// To no record.
    Unresolved,
}

/// How a recipient is resolved whose address several records have (R7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SeveralRecipients {
    /// To all of them: each record is a party.
    All,
    /// To no record: one unresolved party.
    Unresolved,
}

/// How internal mail is treated (R4, line 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InternalEmail {
    /// It is not tracked.
    Ignore,
    /// The sent copy is decided as any other mail, and the received copies are not tracked: one activity.
    Sent,
    /// All copies are decided as any other mail; the sent and the received copy are two activities.
    Track,
}

/// A tracked folder (R5): `[[email.folder]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FolderSection {
    /// Path of the folder within the mailbox, with `/`. Its subfolders are not covered.
    pub path: String,
    /// The record that the folder's mail is about: `type:id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regarding: Option<String>,
}

section! {
    /// `[email]`: which mail is tracked, and which records are created.
    EmailSection => EmailValues {
        /// Which messages are tracked (R4).
        track: Track = Track::LeadsContactsAccounts,
        /// Whether incoming mail is considered at all (R4, line 4). Tracked folders are always.
        check_incoming: bool = true,
        /// Whether the filters other than `"all"` consider outgoing mail (R4, line 10).
        track_sent: bool = false,
        /// The record that is created for an address that no record has (R11).
        create: Create = Create::Contact,
        /// For whom records are created (R11).
        create_for: CreateFor = CreateFor::Sender,
        /// Classes of mail and addresses for which no record is created (R11).
        create_skip: Vec<SkipClass> = vec![SkipClass::Automated, SkipClass::Bulk, SkipClass::Role],
        /// Maximum number of records created from one message; if it would create more, it creates none (R11).
        create_limit: u32 = 50,
        /// Whether a created contact is linked to the one account of its domain (R11).
        link_account: bool = true,
        /// Addresses that are never tracked, and `@domain` for a domain and its subdomains (R4, line 6).
        blocklist: Vec<String> = Vec::new(),
        /// Addresses that web forms send from; the author of such mail is the Reply-To address (R3).
        forms: Vec<String> = Vec::new(),
        /// Mailing lists that rewrite From: addresses, and `@domain` for a domain and its subdomains (R3).
        lists: Vec<String> = Vec::new(),
        /// Tracked folders (R5), at most 25 for a mailbox.
        folder: Vec<FolderSection> = Vec::new(),
    }
}

section! {
    /// `[address_book]`: which records match an address (R6, R7).
    AddressBookSection => AddressBookValues {
        /// Which contacts match (R6).
        contacts: Contacts = Contacts::All,
        /// Which records of other types match (R6). Users and queues always do.
        other_records: OtherRecords = OtherRecords::All,
        /// If not empty, only records of these types match, besides users and queues (R6).
        record_types: Vec<String> = Vec::new(),
        /// Record types and columns (`type.column`) that do not match addresses (R6). In Dynamics, an opportunity or a case
        /// is never a party, although both have an email column.
        do_not_resolve: Vec<String> = vec!["opportunity".into(), "incident".into()],
        /// Address equivalences, besides case and notation (R7).
        equivalence: Vec<EquivalenceName> = Vec::new(),
        /// Whether inactive records match like active ones (R6, R7).
        include_inactive: bool = false,
        /// How a recipient is resolved whose address several records have (R7).
        recipients_with_several_matches: SeveralRecipients = SeveralRecipients::All,
        /// How a sender is resolved whose address several records have (R7).
        sender_with_several_matches: SeveralSenders = SeveralSenders::First,
    }
}

section! {
    /// `[organization]`: your own organization (R4, R11).
    OrganizationSection => OrganizationValues {
        /// The organization's domains; subdomains are included. Mail within them is internal, and no records are created
        /// for their addresses.
        domains: Vec<String> = Vec::new(),
        /// How internal mail is treated (R4, line 7).
        internal_email: InternalEmail = InternalEmail::Ignore,
        /// Whether internal mail that belongs to a tracked conversation is decided as any other mail (R4, line 7).
        internal_replies: bool = false,
        /// Whether only the mailbox that holds a message is asked whether to track it (R4).
        filter_of_receiving_mailbox_only: bool = false,
    }
}

/// `[[mailbox]]`: the mail of one owner, with its own options (R3 to R6).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MailboxSection {
    /// Folder that holds the mailbox, relative to the mail; empty for all mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Owner of the mailbox: `systemuser:id` or `queue:id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Addresses of the owner, besides those of the owner's record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addresses: Option<Vec<String>>,
    /// Keys of `[email]` that differ in this mailbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailSection>,
    /// Keys of `[address_book]` that differ in this mailbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_book: Option<AddressBookSection>,
    /// Synchronization settings that differ in this mailbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synchronization: Option<MailboxSynchronizationSection>,
}

/// An options file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "mailtrack options")]
pub struct OptionsFile {
    /// Which mail is tracked, and which records are created.
    pub email: EmailSection,
    /// Which records match an address.
    pub address_book: AddressBookSection,
    /// How a message is correlated to tracked mail.
    pub correlation: CorrelationSection,
    /// Your own organization.
    pub organization: OrganizationSection,
    /// Which client writes to the CRM, which records are synchronized, and which fields.
    #[serde(skip_serializing_if = "SynchronizationSection::is_empty")]
    pub synchronization: SynchronizationSection,
    /// Whether and how outgoing messages are sent.
    #[serde(skip_serializing_if = "SendSection::is_empty")]
    pub send: SendSection,
    /// How fresh the local copy of the CRM's data is.
    pub local_data: LocalDataSection,
    /// How the tables of an address book are read.
    #[serde(skip_serializing_if = "is_default")]
    pub book: BookSection,
    /// Mailboxes with an owner and their own options.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mailbox: Vec<MailboxSection>,
}

/// An [`OptionsFile`] with a value for every key that has a default.
#[derive(Clone, Debug, PartialEq)]
pub struct OptionsValues {
    pub email: EmailValues,
    pub address_book: AddressBookValues,
    pub correlation: CorrelationValues,
    pub organization: OrganizationValues,
    pub synchronization: SynchronizationValues,
    pub send: SendValues,
    pub local_data: LocalDataValues,
    pub book: BookSection,
    pub mailbox: Vec<MailboxSection>,
}

impl From<OptionsValues> for OptionsFile {
    /// Sets every key that has a default.
    fn from(values: OptionsValues) -> OptionsFile {
        OptionsFile {
            email: values.email.into(),
            address_book: values.address_book.into(),
            correlation: values.correlation.into(),
            organization: values.organization.into(),
            synchronization: values.synchronization.into(),
            send: values.send.into(),
            local_data: values.local_data.into(),
            book: values.book,
            mailbox: values.mailbox,
        }
    }
}

impl OptionsFile {
    /// Lays the file over the defaults. Mailboxes stay as they were written: they are laid over the general values.
    pub fn with_defaults(self) -> OptionsValues {
        OptionsValues {
            email: self.email.over(EmailValues::default()),
            address_book: self.address_book.over(AddressBookValues::default()),
            correlation: self.correlation.over(CorrelationValues::default()),
            organization: self.organization.over(OrganizationValues::default()),
            synchronization: self.synchronization.over(SynchronizationValues::default()),
            send: self.send.over(SendValues::default()),
            local_data: self.local_data.over(LocalDataValues::default()),
            book: self.book,
            mailbox: self.mailbox,
        }
    }

    /// Returns the keys that decisions depend on: a later run with the same values decides the same.
    pub fn that_decides(&self) -> OptionsFile {
        OptionsFile {
            synchronization: self.synchronization.that_decides(),
            send: SendSection::default(),
            local_data: LocalDataSection::default(),
            ..self.clone()
        }
    }
}

fn is_default(book: &BookSection) -> bool {
    *book == BookSection::default()
}
