//! The options *file*: what a user may write, key by key, before anything is checked against anything else.
//!
//! Every key is optional. A section of a `[[mailbox]]` is laid over the general one by [`over`](EmailSection::over),
//! so that what a mailbox does not say stays as it is for all.

pub mod book;
pub mod correlation;
pub mod fields;
pub mod local_data;
pub mod sections;
pub mod send;
pub mod synchronization;

pub use book::{BookSection, DateOrder, PresetName};
pub use correlation::{CorrelationSection, SmartSection, TokenSection};
pub use fields::{FieldsSection, PairSection};
pub use local_data::LocalDataSection;
pub use sections::*;
pub use send::{Security, SendSection, SmtpSection};
pub use synchronization::{
    CriterionSection, FilterSection, INTERVAL, MailboxSynchronizationSection,
    SynchronizationSection, WhereSection,
};
