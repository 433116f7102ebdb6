//! An *outgoing message* is a line of an outbox on its way: read and checked, composed with a tracking token, handed to
//! a Maildir or an SMTP server. What is handed over is never handed over again, so that nobody gets a message twice.

pub(crate) mod compose;
pub(crate) mod counts;
pub(crate) mod maildir;
pub(crate) mod not_taken;
pub(crate) mod outbox;
pub(crate) mod session;
pub(crate) mod smtp;
pub(crate) mod track;
pub(crate) mod unreachable;
pub(crate) mod unsendable;
pub(crate) mod way;

pub(crate) use way::*;
