//! The sections of the options file as they are written.

use crate::options::file::book::BookSection;
use crate::options::file::correlation::CorrelationSection;
use crate::options::file::local_data::LocalDataSection;
use crate::options::file::send::SendSection;
use crate::options::file::synchronization::MailboxSynchronizationSection;
use crate::options::file::synchronization::SynchronizationSection;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which messages are tracked (R4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Track {
    /// Mail from (or, with `track_sent`, to) leads, contacts and accounts.
    #[default]
    LeadsContactsAccounts,
    /// Replies to mail that is tracked already.
    Responses,
    /// Every message.
    All,
    /// Mail from (or to) a record of any type that has an email address.
    EmailEnabled,
    /// None, but for tracked folders.
    None,
}

/// What is created for an address without a record (R11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Create {
    /// A contact.
    #[default]
    Contact,
    /// A lead.
    Lead,
    /// Nothing.
    None,
}

/// For whom records are created (R11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CreateFor {
    /// The sender of an incoming message.
    #[default]
    Sender,
    /// The sender of an incoming message, and the To and Cc recipients of every message.
    Everyone,
}

/// A class of addresses or messages for which no record is created (R11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SkipClass {
    /// Automatic mail: delivery reports, out-of-office replies.
    Automated,
    /// Mailing lists and newsletters.
    Bulk,
    /// Role accounts such as `no-reply@`.
    Role,
    /// Addresses of free-mail providers.
    FreeMail,
    /// Addresses for which no display name is known.
    Nameless,
}

/// Which contacts match addresses (R6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Contacts {
    /// Every contact.
    #[default]
    All,
    /// Those that the mailbox's owner synchronizes: by default the contacts that the owner owns.
    Synchronized,
}

/// Which records other than contacts match addresses (R6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OtherRecords {
    /// All of them.
    #[default]
    All,
    /// Those that the mailbox's owner owns.
    Owned,
    /// None, but for users and queues.
    None,
}

/// A weaker equality of addresses (R7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EquivalenceName {
    /// `a+x@d` is `a@d`.
    PlusTag,
    /// Dots in the local part of a Gmail address do not count, and googlemail.com is gmail.com.
    GmailDots,
}

/// What becomes of a sender whose address several records have (R7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SeveralSenders {
    /// The first by R7's order.
    #[default]
    First,
    /// No record.
    Unresolved,
}

/// What becomes of a recipient whose address several records have (R7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SeveralRecipients {
    /// Every one of them is a party.
    #[default]
    All,
    /// One unresolved party.
    Unresolved,
}

/// What becomes of mail between colleagues (R4, line 7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InternalEmail {
    /// It is not tracked.
    #[default]
    Ignore,
    /// It is treated as any other mail; the sent and the received copy are two activities.
    Track,
}

/// A tracked folder (R5): `[[email.folder]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FolderSection {
    /// The folder's path within the mailbox, with `/`; subfolders are not covered.
    pub path: String,
    /// The record that the folder's mail is about, `type:id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regarding: Option<String>,
}

/// `[email]`: what is tracked and what is created.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EmailSection {
    /// Which messages are tracked (R4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track: Option<Track>,
    /// Whether incoming mail is looked at at all (R4, line 4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_incoming: Option<bool>,
    /// Whether the filters other than `all` look at sent mail (R4, line 10).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_sent: Option<bool>,
    /// What is created for an address without a record (R11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create: Option<Create>,
    /// For whom records are created (R11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_for: Option<CreateFor>,
    /// The classes for which no record is created (R11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_skip: Option<Vec<SkipClass>>,
    /// At most so many records are created from one message (R11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_limit: Option<u32>,
    /// Whether a created contact is linked to the account of its domain (R11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_account: Option<bool>,
    /// Senders that are never tracked: addresses, or `@domain` with its subdomains (R4, line 6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocklist: Option<Vec<String>>,
    /// Addresses that web forms send from: the author is who stands in Reply-To (R3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forms: Option<Vec<String>>,
    /// Mailing lists that rewrite From: addresses, or `@domain` with its subdomains (R3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lists: Option<Vec<String>>,
    /// Tracked folders (R5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<Vec<FolderSection>>,
}

impl EmailSection {
    /// This section with `base` where it says nothing.
    pub fn over(self, base: &EmailSection) -> EmailSection {
        EmailSection {
            track: self.track.or(base.track),
            check_incoming: self.check_incoming.or(base.check_incoming),
            track_sent: self.track_sent.or(base.track_sent),
            create: self.create.or(base.create),
            create_for: self.create_for.or(base.create_for),
            create_skip: self.create_skip.or_else(|| base.create_skip.clone()),
            create_limit: self.create_limit.or(base.create_limit),
            link_account: self.link_account.or(base.link_account),
            blocklist: self.blocklist.or_else(|| base.blocklist.clone()),
            forms: self.forms.or_else(|| base.forms.clone()),
            lists: self.lists.or_else(|| base.lists.clone()),
            folder: self.folder.or_else(|| base.folder.clone()),
        }
    }

    /// The defaults that ship.
    pub fn defaults() -> EmailSection {
        EmailSection {
            track: Some(Track::default()),
            check_incoming: Some(true),
            track_sent: Some(false),
            create: Some(Create::default()),
            create_for: Some(CreateFor::default()),
            create_skip: Some(vec![SkipClass::Automated, SkipClass::Bulk, SkipClass::Role]),
            create_limit: Some(50),
            link_account: Some(true),
            blocklist: Some(Vec::new()),
            forms: Some(Vec::new()),
            lists: Some(Vec::new()),
            folder: Some(Vec::new()),
        }
    }
}

/// `[address_book]`: which records match an address (R6, R7).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AddressBookSection {
    /// Which contacts match (R6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Contacts>,
    /// Which records of other types match (R6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_records: Option<OtherRecords>,
    /// Where not empty: only records of these types match, beside users and queues (R6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_types: Option<Vec<String>>,
    /// Columns that are taken out of matching, `type.column` (R6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub do_not_resolve: Option<Vec<String>>,
    /// Weaker equalities of addresses (R7).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equivalence: Option<Vec<EquivalenceName>>,
    /// Whether inactive records match (R6, R7).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_inactive: Option<bool>,
    /// A recipient whose address several records have (R7).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipients_with_several_matches: Option<SeveralRecipients>,
    /// A sender whose address several records have (R7).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_with_several_matches: Option<SeveralSenders>,
}

impl AddressBookSection {
    /// This section with `base` where it says nothing.
    pub fn over(self, base: &AddressBookSection) -> AddressBookSection {
        let several = base.recipients_with_several_matches;
        AddressBookSection {
            contacts: self.contacts.or(base.contacts),
            other_records: self.other_records.or(base.other_records),
            record_types: self.record_types.or_else(|| base.record_types.clone()),
            do_not_resolve: self.do_not_resolve.or_else(|| base.do_not_resolve.clone()),
            equivalence: self.equivalence.or_else(|| base.equivalence.clone()),
            include_inactive: self.include_inactive.or(base.include_inactive),
            recipients_with_several_matches: self.recipients_with_several_matches.or(several),
            sender_with_several_matches: self
                .sender_with_several_matches
                .or(base.sender_with_several_matches),
        }
    }

    /// The defaults that ship: everything in scope.
    pub fn defaults() -> AddressBookSection {
        AddressBookSection {
            contacts: Some(Contacts::default()),
            other_records: Some(OtherRecords::default()),
            record_types: Some(Vec::new()),
            do_not_resolve: Some(Vec::new()),
            equivalence: Some(Vec::new()),
            include_inactive: Some(false),
            recipients_with_several_matches: Some(SeveralRecipients::default()),
            sender_with_several_matches: Some(SeveralSenders::default()),
        }
    }
}

/// `[organization]`: what is one's own (R4, R11).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OrganizationSection {
    /// The organization's domains, with their subdomains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domains: Option<Vec<String>>,
    /// What becomes of mail between colleagues (R4, line 7).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_email: Option<InternalEmail>,
    /// Whether only the rules of the mailbox that holds the message are asked (R4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_of_receiving_mailbox_only: Option<bool>,
}

impl OrganizationSection {
    /// This section with `base` where it says nothing.
    pub fn over(self, base: &OrganizationSection) -> OrganizationSection {
        let only = base.filter_of_receiving_mailbox_only;
        OrganizationSection {
            domains: self.domains.or_else(|| base.domains.clone()),
            internal_email: self.internal_email.or(base.internal_email),
            filter_of_receiving_mailbox_only: self.filter_of_receiving_mailbox_only.or(only),
        }
    }

    /// The defaults that ship.
    pub fn defaults() -> OrganizationSection {
        OrganizationSection {
            domains: Some(Vec::new()),
            internal_email: Some(InternalEmail::default()),
            filter_of_receiving_mailbox_only: Some(false),
        }
    }
}

/// `[[mailbox]]`: the mail of one owner, with options of its own (R3 to R6).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MailboxSection {
    /// The folder that holds the mailbox, relative to the mail; empty: all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The `systemuser:id` or `queue:id` whose mail it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Addresses of the owner beside those of the owner's record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addresses: Option<Vec<String>>,
    /// Keys of `[email]` for this mailbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailSection>,
    /// Keys of `[address_book]` for this mailbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_book: Option<AddressBookSection>,
    /// Filters of this mailbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synchronization: Option<MailboxSynchronizationSection>,
}

/// The whole options file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "mailtrack options")]
pub struct OptionsFile {
    /// What is tracked and what is created.
    pub email: EmailSection,
    /// Which records match an address.
    pub address_book: AddressBookSection,
    /// How messages are tied to earlier ones.
    pub correlation: CorrelationSection,
    /// What is one's own.
    pub organization: OrganizationSection,
    /// Who writes to the CRM, which records a user takes along, and what of a record goes which way.
    #[serde(skip_serializing_if = "SynchronizationSection::is_empty")]
    pub synchronization: SynchronizationSection,
    /// Whether messages are sent, and by which way.
    #[serde(skip_serializing_if = "SendSection::is_empty")]
    pub send: SendSection,
    /// What is kept of the CRM's data.
    pub local_data: LocalDataSection,
    /// How the book's files are read.
    #[serde(skip_serializing_if = "is_default")]
    pub book: BookSection,
    /// Mailboxes with an owner and options of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mailbox: Vec<MailboxSection>,
}

impl OptionsFile {
    /// The defaults that ship, every key said.
    pub fn defaults() -> OptionsFile {
        OptionsFile {
            email: EmailSection::defaults(),
            address_book: AddressBookSection::defaults(),
            correlation: CorrelationSection::defaults(),
            organization: OrganizationSection::defaults(),
            synchronization: SynchronizationSection::defaults(),
            send: SendSection::defaults(),
            local_data: LocalDataSection::defaults(),
            book: BookSection::default(),
            mailbox: Vec::new(),
        }
    }

    /// This file with the shipped defaults where it says nothing; mailboxes stay as they were written.
    pub fn with_defaults(self) -> OptionsFile {
        OptionsFile {
            email: self.email.over(&EmailSection::defaults()),
            address_book: self.address_book.over(&AddressBookSection::defaults()),
            correlation: self.correlation.over(&CorrelationSection::defaults()),
            organization: self.organization.over(&OrganizationSection::defaults()),
            synchronization: self
                .synchronization
                .over(&SynchronizationSection::defaults()),
            send: self.send.over(&SendSection::defaults()),
            local_data: self.local_data.over(&LocalDataSection::defaults()),
            book: self.book,
            mailbox: self.mailbox,
        }
    }

    /// What of it decides anything about mail: a later run with the same decides the same.
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
