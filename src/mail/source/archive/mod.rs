//! An *archive* is a file that contains others: a tar, compressed or not, or a zip. It is read like a folder. Its
//! contents are never written to a path: mail goes into a spool, and its names are only used as names.

pub(crate) mod listing;
pub(crate) mod open;
pub(crate) mod tar;
pub(crate) mod zip;

pub(crate) use open::open;
