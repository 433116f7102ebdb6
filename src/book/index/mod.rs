//! The *index* is the book as it is used: flat sections of numbers and text, the same in memory and in a `.mtb` file,
//! which is used where it lies.
//!
//! [`layout`] says how the bytes lie, [`image`] is the only way to them, [`table`] leads from addresses to records.
//! What follows here reads everything else. A reader whose bytes are damaged says nothing found, and the image says
//! so from then on (see [`image`]).

pub mod draft;
pub mod image;
pub mod key;
pub mod layout;
pub mod pack;
pub mod perfect;
pub mod reader;
pub mod record;
pub mod table;

pub use reader::*;
