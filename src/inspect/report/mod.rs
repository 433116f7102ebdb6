//! A *report* is a page to look at: what an output folder says, in one HTML file that needs nothing else.
//!
//! [`gather`] reads the folder into a [`Report`], `page` writes what stands still on the page, `data` what its script
//! (`page.js`) reads for the table of decisions.

mod data;
mod gather;
mod html;
mod names;
pub(crate) mod outcomes;
mod page;
mod records;
mod sections;
mod shared;
mod strangers;
mod summary;
mod talks;
mod times;

pub(crate) use crate::inspect::report::gather::gather;
pub(crate) use crate::inspect::report::page::page;
pub(crate) use crate::inspect::report::shared::candidates;
