//! Fast path for address lists in the form that nearly all programs write: `a@b.example`, `Ann Beck <a@b.example>` or
//! `"Beck, Ann" <a@b.example>`, separated by commas and in ASCII. They are parsed in one pass; everything else is left
//! to the general parser. Property tests check that both return the same.

use std::borrow::Cow;

use super::addr_spec::Address;
use crate::mail::address::mailbox::{Mailbox, Mailboxes};

/// Parses a list in the common form; `None` if anything in it is different.
pub(super) fn list(field: &str) -> Option<Mailboxes<'_>> {
    let mut found = Mailboxes::new();
    let mut rest = trim_end(trim_start(field));
    loop {
        let (mailbox, after) = mailbox(rest)?;
        found.push(mailbox);
        if after.is_empty() {
            return Some(found);
        }
        rest = trim_start(after.strip_prefix(',')?);
    }
}

fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn trim_start(text: &str) -> &str {
    let blanks = text.as_bytes().iter().take_while(|byte| is_blank(byte));
    &text[blanks.count()..]
}

fn trim_end(text: &str) -> &str {
    let blanks = text
        .as_bytes()
        .iter()
        .rev()
        .take_while(|byte| is_blank(byte));
    &text[..text.len() - blanks.count()]
}

/// Parses the mailbox at the start of the text; also returns the rest, which is empty or starts with a comma.
fn mailbox(text: &str) -> Option<(Mailbox<'_>, &str)> {
    let (name, from) = name(text)?;
    let Some(inner) = from.strip_prefix('<') else {
        let (entry, after) =
            text.split_at(memchr::memchr(b',', text.as_bytes()).unwrap_or(text.len()));
        return Some((one(None, trim_end(entry))?, after));
    };
    let (written, after) = inner.split_at(memchr::memchr(b'>', inner.as_bytes())?);
    Some((one(name, written)?, trim_start(&after[1..])))
        .filter(|(_, after)| after.is_empty() || after.starts_with(','))
}

fn one<'a>(name: Option<&'a str>, written: &'a str) -> Option<Mailbox<'a>> {
    Some(Mailbox {
        name: name.map(Cow::Borrowed),
        written: Cow::Borrowed(written),
        address: Some(Address::plain(written)?),
    })
}

/// Parses the display name at the start of the text; also returns the rest. Without a name, that is the whole text.
fn name(text: &str) -> Option<(Option<&str>, &str)> {
    if text.starts_with('<') {
        return Some((None, text));
    }
    if let Some(inner) = text.strip_prefix('"') {
        let (name, after) = inner.split_at(memchr::memchr(b'"', inner.as_bytes())?);
        let after = trim_start(&after[1..]);
        // Only an address in brackets may follow a quoted name.
        return is_tidy(name, is_quotable)
            .then_some((Some(name), after))
            .filter(|(_, after)| after.starts_with('<'));
    }
    let Some(end) = memchr::memchr2(b'<', b',', text.as_bytes()) else {
        return Some((None, text));
    };
    if text.as_bytes().get(end) == Some(&b',') {
        return Some((None, text));
    }
    let (name, after) = text.split_at(end);
    let name = trim_end(name);
    is_tidy(name, is_unquoted_char).then_some((Some(name), after))
}

/// Returns whether a name is displayed as it is written: no character has a special meaning, and spaces are single.
fn is_tidy(name: &str, may_hold: fn(u8) -> bool) -> bool {
    let bytes = name.as_bytes();
    let mut before = b' ';
    for &byte in bytes {
        if !may_hold(byte) || (byte == b' ' && before == b' ') {
            return false;
        }
        before = byte;
    }
    before != b' '
}

fn is_unquoted_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'.' | b'_' | b'&' | b'+')
}

fn is_quotable(byte: u8) -> bool {
    is_unquoted_char(byte) || matches!(byte, b',' | b'(' | b')' | b'@' | b'/' | b':' | b';' | b'|')
}

#[cfg(test)]
mod tests {
    use super::list;
    use crate::mail::address::list::read_all_forms;
    use proptest::prelude::*;

    #[test]
    fn the_usual_is_read_here() {
        for field in [
            "a@b.example",
            "  Ann Beck <A.Beck@b.example>,\tc@d.example ",
            "\"Beck, Ann (HR)\" <a@b.example>, <x+y@z.example>,Bo<bo@b.example>",
        ] {
            let found = list(field).map(|found| found.into_vec());
            assert_eq!(found, Some(read_all_forms(field)), "{field}");
        }
    }

    const PIECES: [&str; 34] = [
        "a@b.example",
        "A.b@C.example",
        "x+y@z.co",
        "<a@b.example>",
        "<A@B>",
        "<",
        ">",
        "Ann",
        "Beck",
        " ",
        " ",
        " ",
        ",",
        ", ",
        ",\t",
        "\"",
        "\"Beck, Ann\"",
        "\"'Ann'\"",
        "'",
        ":",
        ";",
        "(HR)",
        "=?utf-8?q?a?=",
        "@",
        ".",
        "\\",
        "ü",
        "mailto",
        "/",
        "&",
        "-",
        "a..b@c.example",
        ".a@b.example",
        "a@xn--b.example",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn what_is_read_here_is_what_the_other_reader_reads(
            pieces in proptest::collection::vec(0..PIECES.len(), 0..12)
        ) {
            let field: String = pieces.iter().map(|&at| PIECES[at]).collect();
            if let Some(found) = list(&field) {
                prop_assert_eq!(found.into_vec(), read_all_forms(&field), "{}", field);
            }
        }
    }
}
