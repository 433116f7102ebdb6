//! `send`: sending the messages of an outbox.

mod failed;
mod messages;
mod once;
