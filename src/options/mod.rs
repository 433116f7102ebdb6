//! *Options* are the personal options of Dynamics' *Set Personal Options* dialog, as one validated [`Options`] which
//! nothing checks again. [`mod@file`] has the keys of an options file, [`check`] everything that can be wrong with
//! them.

pub(crate) mod address_list;
pub(crate) mod check;
pub(crate) mod columns;
pub(crate) mod error;
pub(crate) mod fields;
pub(crate) mod file;
pub(crate) mod filter;
pub(crate) mod locate;
pub(crate) mod mailbox;
pub(crate) mod validated;

pub(crate) use file::book::PresetName;
pub(crate) use file::sections::{
    Contacts, Create, CreateFor, InternalEmail, OptionsFile, OtherRecords, SeveralRecipients,
    SeveralSenders, SkipClass, Track,
};
pub(crate) use file::send::Security;

pub(crate) use mailbox::{AddressBook, Email, Filters, FolderRule, Mailbox};
pub(crate) use validated::*;
