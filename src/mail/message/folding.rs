//! Folding white space (RFC 5322, section 2.2.3).

use crate::mail::message::fields::without;
use encoding_rs::WINDOWS_1252;
use std::borrow::Cow;

/// Returns a value as unfolded text: UTF-8 if it is valid, else Windows-1252 (R7). RFC 2047 words are not decoded.
pub(crate) fn unfold(value: &[u8]) -> Cow<'_, str> {
    let text = folded_text(value);
    if !super::simd::has_line_end(text.as_bytes()) {
        return text;
    }
    let ends = memchr::memchr2_iter(b'\r', b'\n', text.as_bytes());
    without(&text, ends).map_or(text, Cow::Owned)
}

/// Returns a value's text like [`unfold`], but still folded.
pub(super) fn folded_text(value: &[u8]) -> Cow<'_, str> {
    // Nearly all white space around a value is ASCII, which is faster to trim in bytes.
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

/// Like [`str::trim`], with a fast path for text that begins and ends with printable ASCII.
fn trimmed(text: &str) -> &str {
    let is_plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    match is_plain(text.as_bytes().first()) && is_plain(text.as_bytes().last()) {
        true => text,
        false => text.trim(),
    }
}
