//! *Rebuilds* a state from the lines of its output folder and the mail. The lines have the decisions, activities and
//! created records; the mail has the locations of messages and the data of files. All mail is decided again, as for a
//! new folder. A decision that comes out the same was made with these options and this book; any other was made with
//! others, or when less of the mail was there. No line is changed.
//!
//! From the old state only what neither lines nor mail contain is taken.

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
