//! Detects the form of a file from its first bytes: a message, an mbox, or neither.

use crate::mail::source::mbox;

/// Number of bytes that are enough to detect the form of a file.
pub(super) const FORM_BYTES: usize = 512;

/// The form of a loose file, according to its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MailFormat {
    /// One message.
    Message,
    /// An mbox file.
    Mbox,
    /// Not mail.
    Other,
}

/// Returns the form of a loose file, according to its first line (interface, Mail).
pub(super) fn form(first: &[u8]) -> MailFormat {
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    if mbox::is_separator(text) {
        return MailFormat::Mbox;
    }
    let name = text.split(|&b| b == b':').next().unwrap_or_default();
    // Spaces before the colon are obsolete, but allowed (RFC 5322, section 4.5).
    let blanks = name.iter().rev().take_while(|b| matches!(b, b' ' | b'\t'));
    let name = &name[..name.len() - blanks.count()];
    // Header fields in use have no longer names, and no other characters in them.
    let is_name = name.len() < text.len()
        && name.len() <= 76
        && name.first().is_some_and(u8::is_ascii_alphabetic)
        && name
            .iter()
            .all(|&b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if is_name {
        MailFormat::Message
    } else {
        MailFormat::Other
    }
}

/// Returns where the first header field starts: after a byte order mark, empty lines, and a first line `From `.
pub(super) fn message_start(bytes: &[u8]) -> usize {
    let mut start = if bytes.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    let skip_empty = |mut at: usize| {
        while matches!(bytes.get(at), Some(b'\r' | b'\n')) {
            at += 1;
        }
        at
    };
    start = skip_empty(start);
    if mbox::is_separator(&bytes[start..]) {
        start += memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len() - start, |nl| nl + 1);
        start = skip_empty(start);
    }
    start
}
