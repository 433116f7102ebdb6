//! An *outgoing message* is a line of an outbox on its way: read and checked, composed with a tracking token, handed to
//! a Maildir or an SMTP server. What is handed over is never handed over again, so that nobody gets a message twice.

pub mod compose;
pub mod maildir;
pub mod not_taken;
pub mod outbox;
pub mod smtp;
pub mod track;
pub mod way;

pub use smtp::{Password, PasswordError};
pub use way::*;
