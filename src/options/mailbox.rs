//! A *mailbox* is the mail of one owner, or all mail, with the options that hold in it: what is tracked and created
//! (R4, R5, R11), which records match (R6, R7) and which its owner takes along (R10).

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

/// One mailbox and the options that hold in it.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// The folder that holds it, without slashes at the ends; `""`: all mail.
    pub path: String,
    /// Whose mail it is.
    pub owner: Option<Reference>,
    /// Addresses of the owner beside those of the owner's record.
    pub addresses: Vec<Address>,
    /// What is tracked and created.
    pub email: Email,
    /// Which records match.
    pub address_book: AddressBook,
    /// Which records the owner takes along.
    pub synchronization: Filters,
    /// Which columns of created records are written, and which properties of vCards.
    pub fields: Arc<Fields>,
    /// Whether a vCard's `ORG` is the parent account's name.
    pub update_company: bool,
}

impl Mailbox {
    /// The filters that say which contacts match in it; none where every contact does (R6).
    pub fn filters_in_scope(&self) -> impl Iterator<Item = &Filter> {
        let is_governed = self.address_book.contacts == Contacts::Synchronized;
        let filters = self.synchronization.filters.iter();
        filters.filter(move |filter| is_governed && &*filter.record == CONTACT)
    }

    /// What the options of a mailbox without an owner ask of one, key and value (R6).
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

    /// Whether a queue owns it.
    pub fn is_queue(&self) -> bool {
        self.owner
            .as_ref()
            .is_some_and(|owner| &*owner.kind == "queue")
    }
}

/// The synchronization filters of a mailbox, validated (R10).
#[derive(Clone, Debug)]
pub struct Filters {
    /// Which contacts match where only synchronized ones do (R6).
    pub filters: Arc<[Filter]>,
    /// Which records `book build --offline` takes.
    pub offline_filters: Arc<[Filter]>,
}

impl Filters {
    /// Whether it depends on the owner which contacts are synchronized: by the default filter, or by one that is active.
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
    /// Whether incoming mail is looked at.
    pub check_incoming: bool,
    /// Whether the filters look at sent mail.
    pub track_sent: bool,
    /// What is created.
    pub create: Create,
    /// For whom.
    pub create_for: CreateFor,
    /// For which classes nothing is created.
    pub create_skip: Vec<SkipClass>,
    /// At most so many records from one message.
    pub create_limit: u32,
    /// Whether a created contact is linked to the account of its domain.
    pub link_account: bool,
    /// Senders that are never tracked.
    pub blocklist: Arc<AddressList>,
    /// Addresses that web forms send from.
    pub forms: Arc<AddressList>,
    /// Lists that rewrite From.
    pub lists: Arc<AddressList>,
    /// Tracked folders.
    pub folders: Vec<FolderRule>,
}

/// A tracked folder (R5).
#[derive(Clone, Debug, PartialEq)]
pub struct FolderRule {
    /// The folder relative to the mailbox, without slashes at the ends.
    pub path: String,
    /// The record its mail is about.
    pub regarding: Option<Reference>,
}

/// `[address_book]`, validated.
#[derive(Clone, Debug)]
pub struct AddressBook {
    /// Which contacts match.
    pub contacts: Contacts,
    /// Which other records match.
    pub other_records: OtherRecords,
    /// Only these types, where not empty.
    pub record_types: Vec<String>,
    /// Columns that do not match: type and column.
    pub do_not_resolve: Vec<(String, String)>,
    /// Weaker equalities that hold.
    pub equivalence: Equivalence,
    /// Whether inactive records match.
    pub include_inactive: bool,
    /// A recipient with several records.
    pub recipients_with_several_matches: SeveralRecipients,
    /// A sender with several records.
    pub sender_with_several_matches: SeveralSenders,
}

impl AddressBook {
    /// Whether addresses in that column, of that type, do not match.
    pub fn leaves_out(&self, (kind, column): (&str, &str)) -> bool {
        let mut named = self.do_not_resolve.iter();
        named.any(|(of, name)| of == kind && name == column)
    }
}
