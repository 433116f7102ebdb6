//! Converts HTML to the text that a reader sees. The tokenizer library follows the HTML standard, so comments, tags and
//! character references end where they end in browsers. This module decides which parts are text, and which elements
//! begin a line.

pub(crate) mod layout;
pub(crate) mod plain_text;
