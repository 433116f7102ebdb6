//! A *mailbox* is the mail of one owner, or all mail, with the options in force for it: what is tracked and created
//! (R4, R5, R11), which records match (R6, R7), and which are synchronized (R10).

use std::sync::Arc;

use super::fields::Fields;
use super::filter::Filter;
use super::{
    Contacts, Create, CreateFor, OtherRecords, SeveralRecipients, SeveralSenders, SkipClass, Track,
};
use crate::base::reference::Reference;
use crate::mail::address::{Address, Equivalence};
use crate::options::address_list::AddressList;
use crate::options::filter::criterion::CONTACT;

/// A mailbox and the options in force for it.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// Folder that holds the mailbox, without a slash at its end; empty for all mail.
    pub path: String,
    /// Owner of the mailbox: a user or a queue.
    pub owner: Option<Reference>,
    /// Addresses of the owner, besides those of the owner's record.
    pub addresses: Vec<Address>,
    /// Which messages are tracked, and which records are created.
    pub email: Email,
    /// Which records match an address.
    pub address_book: AddressBook,
    /// Synchronization filters.
    pub synchronization: Filters,
    /// Synchronized fields: which columns of created records and which properties of vCards are written.
    pub fields: Arc<Fields>,
    /// Whether a vCard's `ORG` is the name of the contact's parent account.
    pub update_company: bool,
}

impl Mailbox {
    /// Returns the filters that select the contacts that match (R6); none if every contact matches.
    pub fn filters_in_scope(&self) -> impl Iterator<Item = &Filter> {
        let is_governed = self.address_book.contacts == Contacts::Synchronized;
        let filters = self.synchronization.filters.iter();
        filters.filter(move |filter| is_governed && &*filter.record == CONTACT)
    }

    /// Returns the key and value of the first option that needs an owner, if the mailbox has none (R6).
    pub fn asked_of_owner(&self) -> Option<(&'static str, &'static str)> {
        let book = &self.address_book;
        if self.owner.is_some() {
            None
        } else if book.contacts == Contacts::Synchronized && self.synchronization.asks_for_user() {
            Some(("contacts", "synchronized"))
        } else if book.other_records == OtherRecords::Owned {
            Some(("other_records", "owned"))
        } else {
            None
        }
    }

    /// Returns whether the owner is a queue.
    pub fn is_queue(&self) -> bool {
        self.owner
            .as_ref()
            .is_some_and(|owner| &*owner.kind == "queue")
    }
}

/// The synchronization filters of a mailbox, validated (R10).
#[derive(Clone, Debug)]
pub struct Filters {
    /// Filters that contacts must pass if `address_book.contacts = "synchronized"` (R6).
    pub filters: Arc<[Filter]>,
    /// Filters for the records that `book build --offline` takes.
    pub offline_filters: Arc<[Filter]>,
}

impl Filters {
    /// Returns whether it depends on the owner which contacts are synchronized. The default filter, used without any
    /// other, and the operators `eq-user` and `ne-user` compare with the owner.
    pub fn asks_for_user(&self) -> bool {
        let of_contacts = || self.filters.iter().filter(|it| &*it.record == CONTACT);
        of_contacts().next().is_none()
            || of_contacts().any(|filter| filter.is_active && filter.asks_for_user())
    }
}

/// `[email]`, validated.
#[derive(Clone, Debug)]
pub struct Email {
    /// Which messages are tracked.
    pub track: Track,
    /// Whether incoming mail is considered.
    pub check_incoming: bool,
    /// Whether the filters other than `"all"` consider outgoing mail.
    pub track_sent: bool,
    /// The record that is created for an address without a record.
    pub create: Create,
    /// For whom records are created.
    pub create_for: CreateFor,
    /// Classes of mail and addresses for which no record is created.
    pub create_skip: Vec<SkipClass>,
    /// Maximum number of records created from one message.
    pub create_limit: u32,
    /// Whether a created contact is linked to the one account of its domain.
    pub link_account: bool,
    /// Addresses and domains that are never tracked.
    pub blocklist: Arc<AddressList>,
    /// Addresses that web forms send from.
    pub forms: Arc<AddressList>,
    /// Mailing lists that rewrite From: addresses.
    pub lists: Arc<AddressList>,
    /// Tracked folders.
    pub folders: Vec<FolderRule>,
}

/// A tracked folder (R5).
#[derive(Clone, Debug, PartialEq)]
pub struct FolderRule {
    /// Path of the folder within the mailbox, without a slash at its end.
    pub path: String,
    /// Regarding record of the folder's mail.
    pub regarding: Option<Reference>,
}

/// `[address_book]`, validated.
#[derive(Clone, Debug)]
pub struct AddressBook {
    /// Which contacts match an address.
    pub contacts: Contacts,
    /// Which records of other types match an address.
    pub other_records: OtherRecords,
    /// If not empty, only records of these types match, besides users and queues.
    pub record_types: Vec<String>,
    /// Types and columns that do not match addresses.
    pub do_not_resolve: DoNotResolve,
    /// Address equivalences.
    pub equivalence: Equivalence,
    /// Whether inactive records match like active ones.
    pub include_inactive: bool,
    /// How a recipient is resolved whose address several records have.
    pub recipients_with_several_matches: SeveralRecipients,
    /// How a sender is resolved whose address several records have.
    pub sender_with_several_matches: SeveralSenders,
}

impl AddressBook {
    /// Returns whether a column, given with its record type, is one that does not match addresses.
    pub fn leaves_out(&self, (kind, column): (&str, &str)) -> bool {
        let left_out = &self.do_not_resolve;
        let mut named = left_out.columns.iter();
        left_out.types.iter().any(|it| it == kind)
            || named.any(|(of, name)| of == kind && name == column)
    }
}

/// `address_book.do_not_resolve`, validated (R6).
#[derive(Clone, Debug)]
pub struct DoNotResolve {
    /// Record types that match no address.
    pub types: Vec<String>,
    /// Columns that do not match addresses: record type and column.
    pub columns: Vec<(String, String)>,
    /// Whether the types are the default ones because the file does not set the key.
    pub is_default: bool,
}
