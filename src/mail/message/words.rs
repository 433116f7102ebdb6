//! Decodes encoded words (RFC 2047) in header fields.

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;

use super::charset::Charset;
use super::transfer::{decode_q, lenient_base64};

/// Maximum length of an encoded word in bytes. Longer ones are left as they are; no program writes them (RFC 2047
/// allows 75 bytes), and without a limit a text with many starts of words would take quadratic time.
const ENCODED_WORD_BYTES_MAX: usize = 4096;

/// Maximum length of a charset name with its language, in bytes.
const CHARSET_BYTES_MAX: usize = 64;

/// Decodes the RFC 2047 words in a text. Neighboring words in one charset are decoded together, because many programs
/// split a character between them. Malformed words are left as they are.
pub(crate) fn decode_words(text: &str) -> Cow<'_, str> {
    if word_start(text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut pending: Option<Pending> = None;
    let mut rest = text;
    while let Some(at) = word_start(rest) {
        let Some(word) = encoded_word(&rest[at..]) else {
            flush(&mut pending, &mut out);
            out.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        };
        let gap = &rest[..at];
        let follows_word = pending.is_some() && gap.chars().all(char::is_whitespace);
        if !follows_word {
            flush(&mut pending, &mut out);
            out.push_str(gap);
        }
        let charset = Charset::named(word.charset);
        let is_mixed = !word.encoded.is_ascii() && charset.is_some_and(Charset::is_not_utf_8);
        match &mut pending {
            _ if is_mixed => {
                flush(&mut pending, &mut out);
                push_mixed(charset, word.encoded, &mut out);
                // White space before the next word is not shown after this one either.
                pending = Some(Pending {
                    charset,
                    bytes: Vec::new(),
                });
            }
            Some(open) if open.charset == charset && may_join(charset) => {
                open.bytes.extend_from_slice(&word.bytes)
            }
            _ => {
                flush(&mut pending, &mut out);
                pending = Some(Pending {
                    charset,
                    bytes: word.bytes,
                });
            }
        }
        rest = &rest[at + word.length..];
    }
    flush(&mut pending, &mut out);
    out.push_str(rest);
    Cow::Owned(out)
}

/// Returns where the next encoded word may start.
fn word_start(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'=', bytes).find(|at| bytes.get(at + 1) == Some(&b'?'))
}

/// Words that are decoded together.
struct Pending {
    /// `None` if the charset is unknown.
    charset: Option<Charset>,
    bytes: Vec<u8>,
}

/// Returns whether the bytes of neighboring words may be joined. In UTF-7 they may not: a word may end within base64,
/// which the next word does not continue.
fn may_join(charset: Option<Charset>) -> bool {
    charset != Some(Charset::Utf7)
}

fn flush(pending: &mut Option<Pending>, out: &mut String) {
    if let Some(Pending { charset, bytes }) = pending.take() {
        out.push_str(&Charset::decode(charset, &bytes));
    }
}

/// Adds the text of a word in Q encoding that contains unencoded characters beyond ASCII. These stand for themselves,
/// and only the text between them is in the charset.
fn push_mixed(charset: Option<Charset>, encoded: &str, out: &mut String) {
    let mut rest = encoded;
    while let Some(at) = rest.find(|c: char| !c.is_ascii()) {
        let (before, from) = rest.split_at(at);
        let after = from.trim_start_matches(|c: char| !c.is_ascii());
        out.push_str(&Charset::decode(
            charset,
            &decode_q(before.as_bytes(), true),
        ));
        out.push_str(&from[..from.len() - after.len()]);
        rest = after;
    }
    out.push_str(&Charset::decode(charset, &decode_q(rest.as_bytes(), true)));
}

/// Encodes the 8-bit bytes in the encoded words of a header field that is not UTF-8. Bytes that a program failed to
/// encode are in the word's charset like the others, if that is possible.
pub(super) fn with_words_in_ascii(value: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(start) = memchr::memmem::find(&value[at..], b"=?") {
        let start = at + start;
        at = start + 2;
        let Some(payload) = eight_bit_payload(&value[start..]) else {
            continue;
        };
        let payload = start + payload.start..start + payload.end;
        out.extend_from_slice(&value[copied..payload.start]);
        for byte in &value[payload.clone()] {
            match byte.is_ascii() {
                true => out.push(*byte),
                false => out.extend_from_slice(format!("={byte:02X}").as_bytes()),
            }
        }
        at = payload.end;
        copied = at;
    }
    if copied == 0 {
        return value.into();
    }
    out.extend_from_slice(&value[copied..]);
    out.into()
}

/// Returns the range of the payload in the encoded word at the start of the bytes, if it is in Q encoding and has 8-bit
/// bytes that its charset may have.
fn eight_bit_payload(word: &[u8]) -> Option<std::ops::Range<usize>> {
    let inner = &word[2..];
    let charset_end = memchr::memchr(b'?', &inner[..inner.len().min(CHARSET_BYTES_MAX)])?;
    let charset = std::str::from_utf8(&inner[..charset_end]).ok()?;
    let charset = Charset::named(charset.split('*').next()?)?;
    let payload = inner.get(charset_end + 1..)?;
    let payload = payload
        .strip_prefix(b"q?")
        .or_else(|| payload.strip_prefix(b"Q?"))?;
    let end = memchr::memmem::find(&payload[..payload.len().min(ENCODED_WORD_BYTES_MAX)], b"?=")?;
    let encoded = &payload[..end];
    let may_be = !encoded.is_ascii()
        && memchr::memchr2(b'\r', b'\n', encoded).is_none()
        && (charset.is_not_utf_8() || std::str::from_utf8(&decode_q(encoded, true)).is_ok());
    let start = word.len() - payload.len();
    may_be.then_some(start..start + end)
}

struct Word<'t> {
    charset: &'t str,
    /// As written.
    encoded: &'t str,
    /// Decoded.
    bytes: Vec<u8>,
    /// The length of the word in the text, in bytes.
    length: usize,
}

/// Parses the encoded word at the start of `text`.
fn encoded_word(text: &str) -> Option<Word<'_>> {
    let inner = text.strip_prefix("=?")?;
    let charset_end = memchr::memchr(
        b'?',
        inner
            .as_bytes()
            .get(..CHARSET_BYTES_MAX)
            .unwrap_or(inner.as_bytes()),
    )?;
    let (charset, after) = (&inner[..charset_end], &inner[charset_end + 1..]);
    let (encoding, payload) = (after.get(..1)?, after.get(1..)?.strip_prefix('?')?);
    // A language may follow the charset (RFC 2231, section 5).
    let charset = charset.split('*').next()?;
    let is_token = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    let end = payload
        .as_bytes()
        .get(..ENCODED_WORD_BYTES_MAX)
        .unwrap_or(payload.as_bytes());
    let end = memchr::memmem::find(end, b"?=")?;
    let length = text.len() - payload.len() + end + 2;
    let shown = &payload[..end];
    let encoded = shown.as_bytes();
    if !is_token(charset) || memchr::memchr2(b'\r', b'\n', encoded).is_some() {
        return None;
    }
    let bytes = match encoding {
        "q" | "Q" => decode_q(encoded, true),
        "b" | "B" => base64_of_word(encoded)?,
        _ => return None,
    };
    Some(Word {
        charset,
        encoded: shown,
        bytes,
        length,
    })
}

/// Decodes the base64 of a word. A stray character is ignored. Text was not encoded if it contains no base64 at all,
/// bytes that are not ASCII, or a `?`, which cannot be in a word (RFC 2047, section 2).
fn base64_of_word(encoded: &[u8]) -> Option<Vec<u8>> {
    base64_decode(encoded).or_else(|| {
        let is_base64 = encoded.is_ascii()
            && encoded.iter().any(u8::is_ascii_alphanumeric)
            && !encoded.contains(&b'?');
        is_base64.then(|| lenient_base64(encoded))
    })
}
