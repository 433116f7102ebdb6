//! An *archive* is a file that holds others: a tar, packed or not, or a zip. It is read as if it were a folder. Nothing
//! in it is ever written to a path: the mail goes into a spool, and its names are names only.

pub(crate) mod listing;
pub(crate) mod open;
pub(crate) mod tar;
pub(crate) mod zip;

pub(crate) use open::open;
