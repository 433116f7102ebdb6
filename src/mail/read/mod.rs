//! Files of mail read in parallel, each message to the draft of its envelope.

pub(crate) mod archives;
pub(crate) mod drafts;
pub(crate) mod error;
pub(crate) mod heads;
pub(crate) mod labels;
