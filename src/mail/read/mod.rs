//! Files of mail read in parallel, each message to the draft of its envelope.

pub mod archives;
pub mod drafts;
pub mod heads;
pub mod labels;
