//! *Options* are the personal options of the Set Personal Options dialog, as one validated [`Options`]: nothing
//! downstream checks again. The file's own form is in [`mod@file`], the checks are in `check.rs`.

pub mod address_list;
pub mod check;
pub mod columns;
pub mod error;
pub mod fields;
pub mod file;
pub mod filter;
pub mod locate;
pub mod mailbox;
pub mod validated;

pub use check::checker::FOLDER_RULES_MAX;
pub use file::book::{BookSection, PresetName};
pub use file::sections::{
    Contacts, Create, CreateFor, InternalEmail, OptionsFile, OtherRecords, SeveralRecipients,
    SeveralSenders, SkipClass, Track,
};
pub use file::send::Security;

pub use mailbox::{AddressBook, Email, Filters, FolderRule, Mailbox};
pub use validated::*;
