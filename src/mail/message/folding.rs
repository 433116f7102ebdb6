//! Folding white space (RFC 5322, section 2.2.3).

use crate::mail::message::fields::without;
use encoding_rs::WINDOWS_1252;
use std::borrow::Cow;

/// A value's text: unfolded, in UTF-8 where it is valid, else read as Windows-1252 (R7). RFC 2047 words stay.
pub(crate) fn unfold(value: &[u8]) -> Cow<'_, str> {
    let text = folded_text(value);
    if !super::simd::has_line_end(text.as_bytes()) {
        return text;
    }
    let ends = memchr::memchr2_iter(b'\r', b'\n', text.as_bytes());
    without(&text, ends).map_or(text, Cow::Owned)
}

/// A value's text as [`unfold`] returns it, but still folded.
pub(super) fn folded_text(value: &[u8]) -> Cow<'_, str> {
    // Nearly all white space around a value is ASCII, and is left out more quickly while these are bytes.
    let value = value.trim_ascii();
    match std::str::from_utf8(value) {
        Ok(text) => Cow::Borrowed(trimmed(text)),
        Err(_) => {
            let value = super::words::with_words_in_ascii(value);
            let text = WINDOWS_1252.decode_without_bom_handling(&value).0;
            Cow::Owned(text.trim().to_owned())
        }
    }
}

/// As [`str::trim`], which is not asked where a text begins and ends with what is plainly no white space.
fn trimmed(text: &str) -> &str {
    let is_plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    match is_plain(text.as_bytes().first()) && is_plain(text.as_bytes().last()) {
        true => text,
        false => text.trim(),
    }
}
