//! A *source* is the location of one message: a file, or a range of an mbox file. Discovery walks over what the user
//! names, detects the forms of mail by content, and lists the source of every message.

pub(crate) mod archive;
pub(crate) mod below;
pub(crate) mod beside;
pub(crate) mod discover;
pub(crate) mod emlx;
pub(crate) mod failure;
pub(crate) mod folder;
pub(crate) mod form;
pub(crate) mod held;
pub(crate) mod listing;
pub(crate) mod location;
pub(crate) mod mail_file;
pub(crate) mod maildir;
pub(crate) mod mbox;
pub(crate) mod named;
pub(crate) mod open;
pub(crate) mod packed;
pub(crate) mod packing;
pub(crate) mod place;
pub(crate) mod read;
pub(crate) mod read_error;
pub(crate) mod spool;
pub(crate) mod unread;
pub(crate) mod walk;
pub(crate) mod window;

pub(crate) use discover::{Roots, discover};
#[cfg(any(test, fuzzing))]
pub(crate) use emlx::message_of as emlx_message;
pub(crate) use held::HeldFile;
pub(crate) use listing::Listing;
pub(crate) use location::*;
#[cfg(any(test, fuzzing))]
pub(crate) use mbox::{both_ways as mbox_both_ways, unquoted};
pub(crate) use place::{SourceKey, Stamp};
pub(crate) use read::{Head, Reader};
pub(crate) use read_error::ReadError;
pub(crate) use unread::Unread;
