//! A *source* is a place where one message lies: a file, or a range of an mbox file. Discovery walks what the user
//! names, tells the forms of mail apart by what they hold, and lists every message's source.

pub mod archive;
pub mod below;
pub mod beside;
pub mod discover;
pub mod emlx;
pub mod failure;
pub mod folder;
pub mod form;
pub mod held;
pub mod listing;
pub mod location;
pub mod mail_file;
pub mod maildir;
pub mod mbox;
pub mod named;
pub mod packed;
pub mod packing;
pub mod place;
pub mod read;
pub mod read_error;
pub mod spool;
pub mod unread;
pub mod walk;
pub mod window;

pub use discover::{DiscoverError, Roots, discover};
#[cfg(any(test, fuzzing))]
pub(crate) use emlx::message_of as emlx_message;
pub use form::Form;
pub use held::Held;
pub use listing::Listing;
pub use listing::{Discovered, FileCounts};
pub use location::*;
pub use mail_file::MailFile;
#[cfg(any(test, fuzzing))]
pub(crate) use mbox::{both_ways as mbox_both_ways, unquoted};
pub use named::Archive;
pub use packing::{Packing, without_packing};
pub use place::{Place, Stamp};
pub use read::{Head, Reader};
pub use read_error::ReadError;
pub use unread::Unread;
