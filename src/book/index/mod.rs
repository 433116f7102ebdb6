//! The *index* is the form in which a book is used: flat sections of numbers and text, the same in memory and in a
//! `.mtb` file, which is mapped and used in place.
//!
//! [`layout`] defines the bytes, [`image`] is the only access to them, and [`table`] leads from addresses to records.
//! [`reader`] reads everything else. A reader that meets damaged bytes returns `None`, and the image reports the damage
//! from then on (see [`image`]).

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
