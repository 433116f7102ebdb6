//! The *scope* of a mailbox: which records match in it at all (R6).

use crate::options::{Contacts, Mailbox, OtherRecords};
use crate::reference::Reference;

/// Whether a record is in a mailbox's scope (R6), and what keeps it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// It is.
    In,
    /// Its type is not among `record_types`.
    RecordTypes,
    /// A contact that the owner does not synchronize.
    NotSynchronized,
    /// A record of another type that the owner does not own.
    NotOwned,
    /// Records of other types are out.
    OtherRecords,
    /// The column that holds the address is named in `do_not_resolve`.
    DoNotResolve,
}

impl Scope {
    /// In plain words.
    pub fn words(self) -> &'static str {
        match self {
            Scope::In => "in scope",
            Scope::RecordTypes => "out of scope: its type is not in record_types",
            Scope::NotSynchronized => {
                "out of scope: a contact that the mailbox's owner does not own (contacts = \"synchronized\")"
            }
            Scope::NotOwned => {
                "out of scope: the mailbox's owner does not own it (other_records = \"owned\")"
            }
            Scope::OtherRecords => "out of scope: only contacts match (other_records = \"none\")",
            Scope::DoNotResolve => "out of scope: its column is in do_not_resolve",
        }
    }
}

/// R6, but for columns and state.
pub(super) fn scope(options: &Mailbox, kind: &str, owner: Option<&Reference>) -> Scope {
    let book = &options.address_book;
    let is_owned = options.owner.is_some() && options.owner.as_ref() == owner;
    if matches!(kind, "systemuser" | "queue") {
        Scope::In
    } else if !book.record_types.is_empty()
        && !book.record_types.iter().any(|listed| listed == kind)
    {
        Scope::RecordTypes
    } else if kind == "contact" {
        if book.contacts == Contacts::All || is_owned {
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

/// A record that the program created is in scope for its owner's mailbox, whatever the filters say (R6).
pub(super) fn created_scope(options: &Mailbox, kind: &str, owner: Option<&Reference>) -> Scope {
    if options.owner.as_ref() == owner {
        Scope::In
    } else {
        scope(options, kind, owner)
    }
}
