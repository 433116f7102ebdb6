//! The options *file*: what a user may write, key by key, before anything is checked against anything else.
//!
//! Every key is optional. The macro `section!` declares a section once, with the default of each key, and generates a
//! struct of optional keys and a struct with a value for each key. [`over`](EmailSection::over) converts the former to
//! the latter: the file is laid over the defaults, and the section of a `[[mailbox]]` over the general one.

pub(crate) mod book;
pub(crate) mod correlation;
pub(crate) mod fields;
pub(crate) mod local_data;
pub(crate) mod section;
pub(crate) mod sections;
pub(crate) mod send;
pub(crate) mod synchronization;

pub(crate) use book::{BookSection, DateOrder, PresetName};
pub(crate) use correlation::{CorrelationValues, SmartValues, TokenValues};
pub(crate) use fields::{FieldsSection, PairSection};
pub(crate) use local_data::LocalDataValues;
pub(crate) use sections::*;
pub(crate) use send::{Security, SendValues, SmtpValues};
pub(crate) use synchronization::{
    CriterionSection, FilterSection, MailboxSynchronizationSection, SynchronizationSection,
    SynchronizationValues, WhereSection,
};
