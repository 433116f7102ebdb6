//! A *message* as in RFC 5322: header fields, an empty line, a body. This module parses its bytes into fields, times
//! and text, and removes encodings. It alone names the parser library, so a new version of the library affects no other
//! module.

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
pub(crate) use lines::{header_end, line_end_returns};
pub(crate) use part_head::{PartHead, part_head};
#[cfg(any(test, fuzzing))]
pub(crate) use simd::agree as masks_agree;
pub(crate) use transfer::transfer_decoded;
pub(crate) use words::decode_words;
