//! Reads files of mail in parallel, each message into the draft of its envelope.

pub(crate) mod archives;
pub(crate) mod drafts;
pub(crate) mod error;
pub(crate) mod heads;
pub(crate) mod labels;
