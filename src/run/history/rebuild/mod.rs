//! A state is made *anew* from the lines of its output folder and the mail. The lines say what was decided, tracked and
//! created; the mail says where messages lie, and what was read of them. All of the mail is decided once more, as if the
//! folder were new: what comes out the same was decided under these options and with this book, all else under others,
//! or at a time when less of the mail was there. No line is changed by that.
//!
//! Nothing is taken from the old state but what neither lines nor mail say.

pub(crate) mod current;
pub(crate) mod cut;
pub(crate) mod error;
pub(crate) mod folder_lines;
pub(crate) mod lines;
pub(crate) mod read;
pub(crate) mod sent;

pub(crate) use current::{Current, LineHashes};
pub(crate) use folder_lines::*;
pub(crate) use sent::sending_of;
