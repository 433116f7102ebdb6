//! The *scope* of a mailbox: the records that can match in it (R6).

use std::sync::Arc;

use super::synchronized::PassingRecords;
use crate::base::reference::Reference;
use crate::book::Book;
use crate::book::index::AddressColumn;
use crate::book::index::record::Record;
use crate::book::index::record::{RecordId, RecordState};
use crate::options::filter::criterion::CONTACT;
use crate::options::{Contacts, Mailbox, OtherRecords};

/// Whether a record is in a mailbox's scope (R6), and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In scope.
    In,
    /// Its type is not among `record_types`.
    RecordTypes,
    /// A contact that is inactive or that the owner does not own, with the default filter.
    NotSynchronized,
    /// A contact that none of the mailbox's synchronization filters passes.
    FilteredOut,
    /// A record of another type that the owner does not own.
    NotOwned,
    /// A record of another type, if `other_records` is `"none"`.
    OtherRecords,
    /// The record that stands for all those that an offline book leaves out.
    LeftOut,
    /// Its type, or the column with the address, is listed in `do_not_resolve`.
    DoNotResolve,
}

impl Scope {
    /// Returns the text shown to users.
    pub fn words(self) -> &'static str {
        match self {
            Scope::In => "in scope",
            Scope::RecordTypes => "out of scope: its type is not in record_types",
            Scope::NotSynchronized => {
                "out of scope: a contact that is inactive or that the mailbox's owner does not own (contacts = \"synchronized\")"
            }
            Scope::FilteredOut => {
                "out of scope: a contact that no active synchronization filter of the mailbox passes (contacts = \"synchronized\")"
            }
            Scope::NotOwned => {
                "out of scope: the mailbox's owner does not own it (other_records = \"owned\")"
            }
            Scope::OtherRecords => "out of scope: only contacts match (other_records = \"none\")",
            Scope::LeftOut => "out of scope: a record has it that the offline book has left out",
            Scope::DoNotResolve => "out of scope: its type or its column is in do_not_resolve",
        }
    }
}

/// R6, except for columns and filters. The state counts for contacts under the default filter alone.
fn scope(options: &Mailbox, kind: &str, is_owned: bool, is_active: bool) -> Scope {
    let book = &options.address_book;
    if matches!(kind, "systemuser" | "queue") {
        Scope::In
    } else if !book.record_types.is_empty()
        && !book.record_types.iter().any(|listed| listed == kind)
    {
        Scope::RecordTypes
    } else if kind == "contact" {
        if book.contacts == Contacts::All || is_owned && is_active {
            Scope::In
        } else {
            Scope::NotSynchronized
        }
    } else {
        match book.other_records {
            OtherRecords::All => Scope::In,
            OtherRecords::Owned if is_owned => Scope::In,
            OtherRecords::Owned => Scope::NotOwned,
            OtherRecords::None => Scope::OtherRecords,
        }
    }
}

/// Returns the scope of a created record, which is in scope of its owner's mailbox whatever the filters say (R6).
pub(super) fn created_scope(options: &Mailbox, kind: &str, is_owned: bool) -> Scope {
    if is_owned {
        Scope::In
    } else {
        scope(options, kind, false, true)
    }
}

/// The book's records from one mailbox's view, computed once so that lookups only compare numbers.
#[derive(Debug)]
pub(super) struct OwnerView {
    /// The scope of each record type, by whether the owner owns the record, and whether it is active.
    scopes: Vec<[[Scope; 2]; 2]>,
    /// The contacts in scope, if filters decide.
    passing: Option<Arc<PassingRecords>>,
    /// The owner's number in the book's records.
    owner: Option<u32>,
    /// Whether each address column is listed in `do_not_resolve`.
    left_out: Vec<bool>,
}

impl OwnerView {
    /// Computes the view of a mailbox whose records `owner` owns. `passing` are the contacts that its filters pass, if filters decide.
    pub(super) fn new(
        options: &Mailbox,
        book: &Book,
        owner: Option<&Reference>,
        passing: Option<Arc<PassingRecords>>,
    ) -> OwnerView {
        let types = &options.address_book.record_types;
        let are_contacts_in = types.is_empty() || types.iter().any(|kind| kind == CONTACT);
        let scopes = |kind| {
            [false, true].map(|is_owned| {
                [false, true].map(|is_active| scope(options, kind, is_owned, is_active))
            })
        };
        let is_left_out = |column: &AddressColumn| {
            let kind = book
                .kinds()
                .nth(usize::from(column.kind))
                .map_or("", |(_, kind)| kind);
            options.address_book.leaves_out((kind, &column.name))
        };
        OwnerView {
            passing: passing.filter(|_| are_contacts_in),
            scopes: book.kinds().map(|(_, kind)| scopes(kind)).collect(),
            owner: owner.and_then(|owner| book.owner_number(owner)),
            left_out: book.index().meta.columns.iter().map(is_left_out).collect(),
        }
    }

    /// Returns whether the mailbox's owner owns the record.
    #[inline]
    pub(super) fn owns(&self, record: &Record) -> bool {
        self.owner.is_some() && self.owner == record.owner
    }

    /// Returns the record's scope, except for columns.
    #[inline]
    pub(super) fn scope(&self, id: RecordId, record: &Record) -> Scope {
        if let Some(passing) = self.passing.as_ref().filter(|it| it.kind == record.kind) {
            return match passing.has(id) {
                true => Scope::In,
                false => Scope::FilteredOut,
            };
        }
        let scopes = self.scopes.get(usize::from(record.kind));
        scopes.map_or(Scope::LeftOut, |scopes| {
            let is_active = record.state == RecordState::Active;
            scopes[usize::from(self.owns(record))][usize::from(is_active)]
        })
    }

    /// Returns whether the column is listed in `do_not_resolve`.
    #[inline]
    pub(super) fn leaves_out(&self, column: u8) -> bool {
        self.left_out
            .get(usize::from(column))
            .is_some_and(|&is_left_out| is_left_out)
    }
}
