//! The *report*: an output folder as one HTML page that needs no other file and no network.
//!
//! [`gather()`] reads the folder into a [`Report`](model::Report), which [`page()`] writes as HTML. `overview`,
//! `records` and `messages` are the templates of its sections; `data` is what its script, `page.js`, reads.

mod conversations;
mod data;
mod elements;
mod gather;
mod interner;
mod messages;
mod model;
mod outcomes;
mod overview;
mod page;
mod records;
mod shared_addresses;
mod summary;
mod timeline;
mod unknown_senders;

pub(crate) use crate::inspect::report::gather::gather;
pub(crate) use crate::inspect::report::page::page;
pub(crate) use crate::inspect::report::shared_addresses::candidates;
