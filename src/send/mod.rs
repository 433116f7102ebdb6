//! *Outgoing messages*: lines of an outbox are read and checked, composed with a tracking token, and handed to a
//! Maildir or an SMTP server. A message that may have been handed over is never handed over again, so that nobody gets
//! it twice.

pub(crate) mod compose;
pub(crate) mod counts;
pub(crate) mod maildir;
pub(crate) mod not_accepted;
pub(crate) mod outbox;
pub(crate) mod session;
pub(crate) mod smtp;
pub(crate) mod track;
pub(crate) mod transport;
pub(crate) mod unreachable;
pub(crate) mod unsendable;

pub(crate) use transport::*;
