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
    /// Mail from a lead, a contact or an account; with `track_sent`, also mail to one.
    #[default]
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

/// The people for whom records are created (R11).
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Contacts {
    /// Every contact.
    #[default]
    All,
    /// The contacts that pass the mailbox's synchronization filters; without a filter for contacts, those that the
    /// mailbox owner owns.
    Synchronized,
}

/// The records of other types than contact that match addresses (R6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OtherRecords {
    /// All records.
    #[default]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SeveralSenders {
    /// To the first record in the order of R7.
    #[default]
    First,
    /// To no record.
    Unresolved,
}

/// How a recipient is resolved whose address several records have (R7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SeveralRecipients {
    /// To all of them: each record is a party.
    #[default]
    All,
    /// To no record: one unresolved party.
    Unresolved,
}

/// How internal mail is treated (R4, line 7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InternalEmail {
    /// It is not tracked.
    #[default]
    Ignore,
    /// As any other mail; the sent and the received copy are two activities.
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

/// `[email]`: which mail is tracked, and which records are created.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EmailSection {
    /// Which messages are tracked (R4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track: Option<Track>,
    /// Whether incoming mail is considered at all (R4, line 4). Tracked folders are always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_incoming: Option<bool>,
    /// Whether the filters other than `"all"` consider outgoing mail (R4, line 10).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_sent: Option<bool>,
    /// The record that is created for an address that no record has (R11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create: Option<Create>,
    /// For whom records are created (R11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_for: Option<CreateFor>,
    /// Classes of mail and addresses for which no record is created (R11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_skip: Option<Vec<SkipClass>>,
    /// Maximum number of records created from one message; if it would create more, it creates none (R11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_limit: Option<u32>,
    /// Whether a created contact is linked to the one account of its domain (R11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_account: Option<bool>,
    /// Addresses that are never tracked, and `@domain` for a domain and its subdomains (R4, line 6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocklist: Option<Vec<String>>,
    /// Addresses that web forms send from; the author of such mail is the Reply-To address (R3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forms: Option<Vec<String>>,
    /// Mailing lists that rewrite From: addresses, and `@domain` for a domain and its subdomains (R3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lists: Option<Vec<String>>,
    /// Tracked folders (R5), at most 25 for a mailbox.
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
    /// Which records of other types match (R6). Users and queues always do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_records: Option<OtherRecords>,
    /// If not empty, only records of these types match, besides users and queues (R6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_types: Option<Vec<String>>,
    /// Columns that do not match addresses: `type.column` (R6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub do_not_resolve: Option<Vec<String>>,
    /// Address equivalences, besides case and notation (R7).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equivalence: Option<Vec<EquivalenceName>>,
    /// Whether inactive records match like active ones (R6, R7).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_inactive: Option<bool>,
    /// How a recipient is resolved whose address several records have (R7).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipients_with_several_matches: Option<SeveralRecipients>,
    /// How a sender is resolved whose address several records have (R7).
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

/// `[organization]`: your own organization (R4, R11).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OrganizationSection {
    /// The organization's domains; subdomains are included. Mail within them is internal, and no records are created
    /// for their addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domains: Option<Vec<String>>,
    /// How internal mail is treated (R4, line 7).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_email: Option<InternalEmail>,
    /// Whether only the mailbox that holds a message is asked whether to track it (R4).
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
