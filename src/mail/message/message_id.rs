//! A *Message-ID* identifies a message (RFC 5322, section 3.6.4); the text between `<` and `>` is compared byte by byte
//! (R1).
//!
//! Some programs damage fields with ids: they fold long ids, or encode them as RFC 2047 words like text. Neither
//! changes which message is meant, so both are undone first.

use std::borrow::Cow;

use super::decode_words;

/// Returns the id in a `Message-ID` value: the text between `<` and `>`, or the whole value without them. RFC 2047
/// words are decoded, and all white space is removed. `None` if nothing is left.
pub(crate) fn identity(value: &str) -> Option<Cow<'_, str>> {
    match decode_words(value) {
        Cow::Borrowed(value) => inner(value),
        Cow::Owned(value) => inner(&value).map(|id| Cow::Owned(id.into_owned())),
    }
}

fn inner(value: &str) -> Option<Cow<'_, str>> {
    let inner = match value.split_once('<') {
        Some((_, after)) => after.split('>').next().unwrap_or(after),
        None => value.trim_end().trim_end_matches('>'),
    };
    Some(without_white_space(inner)).filter(|id| !id.is_empty())
}

/// Calls `take` with each id in an `In-Reply-To` or `References` value, in order: the texts between `<` and `>`, with
/// RFC 2047 words decoded and white space removed. A value without brackets is an id if it is one word with an `@`.
/// Other text describes the message (RFC 5322, section 4.5.4), and mail programs do not build threads from it.
pub(crate) fn each_of_list(value: &str, mut take: impl FnMut(&str)) {
    let value = decode_words(value);
    let mut rest = &*value;
    let mut has_brackets = false;
    while let Some(start) = memchr::memchr(b'<', rest.as_bytes()) {
        has_brackets = true;
        rest = &rest[start + 1..];
        // An id ends before the next one begins; one that is cut off is ignored.
        let Some(end) = memchr::memchr2(b'<', b'>', rest.as_bytes()) else {
            break;
        };
        if rest.as_bytes()[end] == b'>' {
            let id = without_white_space(&rest[..end]);
            if !id.is_empty() {
                take(&id);
            }
        }
        rest = &rest[end..];
    }
    let value = value.trim();
    if !has_brackets && value.contains('@') && !value.contains(char::is_whitespace) {
        take(value);
    }
}

fn without_white_space(id: &str) -> Cow<'_, str> {
    // Nearly every id is plain. A test of all bytes without branches is vectorized.
    if id
        .bytes()
        .fold(true, |is_plain, byte| is_plain & byte.is_ascii_graphic())
    {
        return id.into();
    }
    match id.contains(char::is_whitespace) {
        true => id.split_whitespace().collect::<String>().into(),
        false => id.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_stands_between_brackets() {
        let cases = [
            ("<a@x>", Some("a@x")),
            (" < a@x > (comment)", Some("a@x")),
            ("a@x", Some("a@x")),
            ("<A@X>", Some("A@X")),
            ("<a@x", Some("a@x")),
            ("a@x>", Some("a@x")),
            ("<a\t b@ x>", Some("ab@x")),
            ("a b@x ", Some("ab@x")),
            ("20240102.77", Some("20240102.77")),
            ("=?utf-8?q?=3Ca=40x=3E?=", Some("a@x")),
            ("=?utf-8?q?=3Ca=40?= =?utf-8?q?x=3E?=", Some("a@x")),
            ("<=?us-ascii?Q?a=40x?=>", Some("a@x")),
            ("=?utf-8?b?YUB4?=", Some("a@x")),
            ("<>", None),
            ("< >", None),
            ("=?utf-8?q?=3C=3E?=", None),
            ("  ", None),
        ];
        for (value, want) in cases {
            assert_eq!(identity(value).as_deref(), want, "{value}");
        }
    }

    #[test]
    fn lists_ids_in_order() {
        let cases: [(&str, &[&str]); 14] = [
            ("<a@x> <b@x>", &["a@x", "b@x"]),
            ("<a@x><b@x>", &["a@x", "b@x"]),
            ("Your message of Monday <a@x>", &["a@x"]),
            ("<a@x> <cut@x", &["a@x"]),
            ("<a@ x> <b\t@x>", &["a@x", "b@x"]),
            ("=?utf-8?q?=3Ca=40x=3E_=3Cb=40x=3E?=", &["a@x", "b@x"]),
            (
                "<a@x> =?utf-8?q?=3Cb=40?= =?utf-8?q?x=3E?=",
                &["a@x", "b@x"],
            ),
            (" a@x ", &["a@x"]),
            ("=?utf-8?q?a=40x?=", &["a@x"]),
            ("a@x, b@x", &[]),
            ("a@x b@x", &[]),
            ("20240102.77", &[]),
            ("Ann's message", &[]),
            ("", &[]),
        ];
        for (value, want) in cases {
            let mut found = Vec::new();
            each_of_list(value, |id| found.push(id.to_owned()));
            assert_eq!(found, want, "{value}");
        }
    }
}
