//! A *message* is what RFC 5322 calls one: header fields, an empty line, a body. This module turns its bytes into
//! fields, times and text, and undoes encodings. It is the only one that names the parser library, so that another
//! version of the library is a change to one module.

pub(crate) mod broken_down;
pub(crate) mod charset;
pub(crate) mod comment;
pub(crate) mod date;
pub(crate) mod fields;
pub(crate) mod folding;
pub(crate) mod html;
pub(crate) mod invitation;
pub(crate) mod lines;
pub(crate) mod message_id;
pub(crate) mod mime;
pub(crate) mod parameters;
pub(crate) mod part_head;
pub(crate) mod plain_date;
pub(crate) mod seven_bit;
pub(crate) mod simd;
pub(crate) mod subject;
pub(crate) mod transfer;
pub(crate) mod words;

pub(crate) use charset::text_of;
pub(crate) use date::time;
pub(crate) use fields::*;
pub(crate) use html::plain_text::{decode_references, escaped as escaped_html, plain_text};
pub(crate) use lines::{header_end, returns_of_ends};
pub(crate) use part_head::{PartHead, part_head};
#[cfg(any(test, fuzzing))]
pub(crate) use simd::agree as masks_agree;
pub(crate) use transfer::transfer_decoded;
pub(crate) use words::decode_words;
