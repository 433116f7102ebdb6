//! The *index* is the book as it is used: flat sections of numbers and text, the same in memory and in a `.mtb` file,
//! which is used where it lies.
//!
//! [`layout`] says how the bytes lie, [`image`] is the only way to them, [`table`] leads from addresses to records.
//! What follows here reads everything else. A reader whose bytes are damaged says nothing found, and the image says
//! so from then on (see [`image`]).

pub(crate) mod draft;
pub(crate) mod error;
pub(crate) mod image;
pub(crate) mod key;
pub(crate) mod layout;
pub(crate) mod pack;
pub(crate) mod perfect;
pub(crate) mod reader;
pub(crate) mod record;
pub(crate) mod table;

pub(crate) use reader::*;
