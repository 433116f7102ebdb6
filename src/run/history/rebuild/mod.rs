//! A state is made *anew* from the lines of its output folder and the mail. The lines say what was decided, tracked and
//! created; the mail says where messages lie, and what was read of them. All of the mail is decided once more, as if the
//! folder were new: what comes out the same was decided under these options and with this book, all else under others,
//! or at a time when less of the mail was there. No line is changed by that.
//!
//! Nothing is taken from the old state but what neither lines nor mail say.

pub mod current;
pub mod cut;
pub mod error;
pub mod folder_lines;
pub mod lines;
pub mod read;
pub mod sent;

pub use current::{Current, LineHashes};
pub use folder_lines::*;
pub use sent::sending_of;
