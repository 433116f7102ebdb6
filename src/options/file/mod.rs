//! The options *file*: what a user may write, key by key, before anything is checked against anything else.
//!
//! Every key is optional. A section of a `[[mailbox]]` is laid over the general one by [`over`](EmailSection::over),
//! so that what a mailbox does not say stays as it is for all.

pub(crate) mod book;
pub(crate) mod correlation;
pub(crate) mod fields;
pub(crate) mod local_data;
pub(crate) mod sections;
pub(crate) mod send;
pub(crate) mod synchronization;

pub(crate) use book::{BookSection, DateOrder, PresetName};
pub(crate) use correlation::{CorrelationSection, SmartSection, TokenSection};
pub(crate) use fields::{FieldsSection, PairSection};
pub(crate) use local_data::LocalDataSection;
pub(crate) use sections::*;
pub(crate) use send::{Security, SendSection, SmtpSection};
pub(crate) use synchronization::{
    CriterionSection, FilterSection, INTERVAL, MailboxSynchronizationSection,
    SynchronizationSection, WhereSection,
};
