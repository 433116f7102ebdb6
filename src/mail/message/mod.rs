//! A *message* is what RFC 5322 calls one: header fields, an empty line, a body. This module turns its bytes into
//! fields, times and text, and undoes encodings. It is the only one that names the parser library, so that another
//! version of the library is a change to one module.

pub mod broken_down;
pub mod charset;
pub mod comment;
pub mod date;
pub mod fields;
pub mod folding;
pub mod html;
pub mod invitation;
pub mod lines;
pub mod message_id;
pub mod mime;
pub mod parameters;
pub mod part_head;
pub mod plain_date;
pub mod seven_bit;
pub mod simd;
pub mod subject;
pub mod transfer;
pub mod words;

pub use charset::text_of;
pub use date::time;
#[cfg(any(test, fuzzing))]
pub(crate) use date::time_both_ways;
pub use fields::*;
pub use html::plain_text::{decode_references, escaped as escaped_html, plain_text};
pub use lines::{head_end, returns_of_ends};
pub use part_head::{PartHead, part_head};
#[cfg(any(test, fuzzing))]
pub(crate) use simd::agree as masks_agree;
pub use subject::subject;
pub use transfer::{Encoding, transfer_decoded};
pub use words::decode_words;
