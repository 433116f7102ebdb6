//! HTML turned into text, as a reader sees it. The library takes HTML apart as its standard says, so that comments, tags
//! and character references end where browsers end them; here is decided what of it is text, and what begins a line.

pub(crate) mod layout;
pub(crate) mod plain_text;
