//! The reasons why a line of an outbox cannot be sent.

use crate::base::reference::Reference;

/// Why a line of an outbox cannot be sent. The text follows the position of the line.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Unsendable {
    /// It is not JSON, or has other keys.
    #[error(
        "is not a message: {words}, in column {column}; a line is an object with `from`, `to`, `cc`, `bcc`, `subject`, `body`, `regarding`, and `id`"
    )]
    NotAMessage {
        /// The message of the JSON parser.
        words: String,
        /// The column in the line, counted from 1.
        column: usize,
    },
    /// Its `id` is blank.
    #[error("`id` is empty: give it a text of its own, or leave it out")]
    EmptyId,
    /// It names several senders, or none.
    #[error("`from` has {0} addresses, and a message comes from one")]
    NotOneSender(usize),
    /// Its regarding record is not written as a reference.
    #[error("regarding: `{0}` does not name a record; write `type:id`, such as `contact:c-1`")]
    Regarding(String),
    /// Its regarding record is not in the book.
    #[error("regarding: the book has no record `{0}`")]
    UnknownRecord(Reference),
    /// It has no recipients.
    #[error("has no recipient: give an address in `to`, `cc` or `bcc`")]
    NoRecipient,
    /// One of its addresses is not valid.
    #[error("{key}: `{written}` is not a valid address (expected local@domain)")]
    Address {
        /// The key of the line.
        key: &'static str,
        /// The text.
        written: String,
    },
    /// Its sender is not allowed to send.
    #[error("from: `{0}` is not an address of a user, a queue or a mailbox; only these can send")]
    Sender(String),
}
