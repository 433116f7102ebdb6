//! The header section of a MIME part, as far as it describes the content (RFC 2045, RFC 2183).

use crate::mail::message::comment::without_comment;
use std::borrow::Cow;

use super::decode_words;
use super::fields::{Field, fields, name_is};
use super::parameters::Parameters;
use super::transfer::Encoding;
use crate::mail::message::folding::unfold;

/// Media types that are certain not to be text, even without a subtype.
const NEVER_TEXT: [&str; 6] = ["application", "image", "audio", "video", "font", "message"];

/// Parameters before which mail omits the semicolon.
const PARAMETERS: [&str; 11] = [
    "boundary",
    "charset",
    "delsp",
    "filename",
    "format",
    "method",
    "micalg",
    "name",
    "protocol",
    "report-type",
    "type",
];

/// The description of a MIME part's content in its header section.
#[derive(Clone, Debug)]
pub(crate) struct PartHead {
    /// The media type in lower case; `None` if there is none. An invalid one is read as `text/plain` (RFC 2045, section
    /// 5.2).
    pub mimetype: Option<String>,
    /// The boundary parameter of a multipart.
    pub boundary: Option<String>,
    /// The charset parameter.
    pub charset: Option<String>,
    /// The decoded file name.
    pub filename: Option<String>,
    /// Whether the part is declared as an attachment.
    pub is_attachment: bool,
    /// The transfer encoding.
    pub encoding: Encoding,
}

/// Reads the header section of a MIME part, which may be empty.
pub(crate) fn part_head(head: &[u8]) -> PartHead {
    let (mut kind, mut disposition, mut encoding) = (None, None, None);
    for Field { name, value } in fields(head) {
        let of_name = if name_is(name, "Content-Type") {
            &mut kind
        } else if name_is(name, "Content-Disposition") {
            &mut disposition
        } else if name_is(name, "Content-Transfer-Encoding") {
            &mut encoding
        } else {
            continue;
        };
        of_name.get_or_insert(value);
    }
    let kind = kind.map(unfold).filter(|value| !value.is_empty());
    let kind = kind.map(|value| Value::read(&value));
    let disposition = disposition.map(|value| Value::read(&unfold(value)));
    let of_kind = |name: &str| kind.as_ref().and_then(|kind| kind.parameter(name));
    let boundary = of_kind("boundary");
    let named = disposition.as_ref().and_then(|it| it.parameter("filename"));
    let filename = named
        .or_else(|| of_kind("name"))
        .map(|name| decode_words(&name).into_owned());
    PartHead {
        mimetype: kind.as_ref().map(|kind| kind.mimetype(boundary.is_some())),
        boundary,
        charset: of_kind("charset"),
        filename: filename.filter(|name| !name.is_empty()),
        is_attachment: disposition.is_some_and(|it| it.kind == "attachment"),
        encoding: encoding.map_or(Encoding::None, |value| Encoding::named(&unfold(value))),
    }
}

/// A structured value with parameters.
struct Value {
    /// In lower case; empty if there is none.
    kind: String,
    /// In lower case; empty if there is none.
    subtype: String,
    parameters: Parameters,
}

impl Value {
    fn read(value: &str) -> Value {
        let (kind, rest) = token(value);
        let rest = without_comment(rest);
        let (subtype, rest) = match rest.strip_prefix('/') {
            Some(rest) => token(rest),
            None => ("", rest),
        };
        Value {
            kind: kind.to_ascii_lowercase(),
            subtype: subtype.to_ascii_lowercase(),
            parameters: parameters(rest),
        }
    }

    fn parameter(&self, name: &str) -> Option<String> {
        self.parameters.get(name)
    }

    /// Returns the media type. A type without a subtype is a multipart only if there is a boundary.
    fn mimetype(&self, has_boundary: bool) -> String {
        let Value { kind, subtype, .. } = self;
        match (kind.as_str(), subtype.as_str()) {
            ("multipart", "") if has_boundary => "multipart/mixed".into(),
            (kind, "") if NEVER_TEXT.contains(&kind) => format!("{kind}/octet-stream"),
            ("", _) | (_, "") => "text/plain".into(),
            (kind, subtype) => format!("{kind}/{subtype}"),
        }
    }
}

/// Returns the token at the start of a text (RFC 2045, section 5.1), after comments, quotes and white space, and the
/// rest.
fn token(text: &str) -> (&str, &str) {
    let text = without_comment(text).trim_start_matches(['"', '\'', ' ', '\t']);
    let is_of_token = |c: char| c.is_ascii_graphic() && !"()<>@,;:\\\"/[]?=".contains(c);
    let end = text.find(|c| !is_of_token(c)).unwrap_or(text.len());
    text.split_at(end)
}

/// Parses the text after the media type.
fn parameters(rest: &str) -> Parameters {
    let rest = rest.trim_start_matches(|c: char| !c.is_ascii_alphanumeric() && c != '(');
    Parameters::read(&with_semicolons(rest))
}

/// Inserts missing semicolons between parameters, and removes doubled quotes (`charset=""utf-8""`).
fn with_semicolons(parameters: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut is_quoted = false;
    let bytes = parameters.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'"' if at >= 2
                && bytes[at - 2..at] == *b"=\""
                && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) =>
            {
                out.push_str(&parameters[copied..at]);
                copied = at + 1;
            }
            b'"' => is_quoted = !is_quoted,
            b' ' | b'\t' if !is_quoted && begins_parameter(&bytes[at + 1..]) => {
                out.push_str(&parameters[copied..at]);
                out.push(';');
                copied = at;
            }
            _ => (),
        }
    }
    if copied == 0 {
        return parameters.into();
    }
    out.push_str(&parameters[copied..]);
    out.into()
}

/// Returns whether the bytes begin with one of the parameters, followed by `=` or `*`.
fn begins_parameter(bytes: &[u8]) -> bool {
    let begins = |name: &&str| {
        let (start, after) = bytes.split_at_checked(name.len())?;
        let is_name = start.eq_ignore_ascii_case(name.as_bytes());
        (is_name && matches!(after.first(), Some(b'=' | b'*'))).then_some(())
    };
    PARAMETERS.iter().any(|name| begins(name).is_some())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(value: &str) -> PartHead {
        part_head(format!("Content-Type: {value}\n\n").as_bytes())
    }

    #[test]
    fn a_content_type_is_read_as_mail_writes_it() {
        for (value, mimetype, charset) in [
            ("text/plain; charset=utf-8", "text/plain", Some("utf-8")),
            ("TEXT/HTML;CHARSET=\"utf-8\";", "text/html", Some("utf-8")),
            ("text", "text/plain", None),
            ("text; charset=utf-8", "text/plain", Some("utf-8")),
            ("text/", "text/plain", None),
            ("text/; charset=utf-8", "text/plain", Some("utf-8")),
            ("/plain; charset=utf-8", "text/plain", Some("utf-8")),
            ("plain", "text/plain", None),
            ("; charset=utf-8", "text/plain", Some("utf-8")),
            ("text/$type; charset=koi8-r", "text/$type", Some("koi8-r")),
            ("text/plain charset=utf-8", "text/plain", Some("utf-8")),
            (
                "text/plain charset=utf-8 format=flowed",
                "text/plain",
                Some("utf-8"),
            ),
            (
                "text/plain; format=flowed charset=utf-8",
                "text/plain",
                Some("utf-8"),
            ),
            ("text/plain, charset=utf-8", "text/plain", Some("utf-8")),
            (
                "text/plain (a; b); charset=utf-8",
                "text/plain",
                Some("utf-8"),
            ),
            (
                "(a (b) \\) c) text/plain; charset=utf-8",
                "text/plain",
                Some("utf-8"),
            ),
            (
                "text/plain; charset=utf-8 (comment)",
                "text/plain",
                Some("utf-8"),
            ),
            (
                "text (a) / (b) html; charset = utf-8",
                "text/html",
                Some("utf-8"),
            ),
            ("\"text/html\"; charset=utf-8", "text/html", Some("utf-8")),
            (
                "text/plain; charset=\"\"utf-8\"\"",
                "text/plain",
                Some("utf-8"),
            ),
            ("text/plain; charset=\"\"; name=x", "text/plain", None),
            ("text/html\u{a0}; charset=utf-8", "text/html", Some("utf-8")),
            (
                "text/plain; name=\"a charset=b\"; charset=c",
                "text/plain",
                Some("c"),
            ),
            ("text/plain; x=a charset", "text/plain", None),
            ("image; name=a.png", "image/octet-stream", None),
            ("application", "application/octet-stream", None),
            ("multipart; charset=x", "text/plain", Some("x")),
            ("multipart; boundary=x", "multipart/mixed", None),
            ("(never closed", "text/plain", None),
        ] {
            let head = read(value);
            assert_eq!(
                (head.mimetype.as_deref(), head.charset.as_deref()),
                (Some(mimetype), charset),
                "{value}"
            );
        }
        for empty in ["", "  "] {
            assert_eq!(read(empty).mimetype, None);
        }
    }

    #[test]
    fn parameters_without_a_semicolon_are_read() {
        for value in [
            "multipart/mixed boundary=B",
            "multipart/mixed boundary=\"B\"",
            "multipart/mixed; charset=x boundary=B",
            "multipart/mixed;charset=\"x\" boundary=B",
            "multipart/mixed\tBoundary=B",
            "multipart/mixed boundary*=us-ascii''B",
        ] {
            assert_eq!(read(value).boundary.as_deref(), Some("B"), "{value}");
        }
        for (value, name) in [
            ("text/plain; name=my report.pdf", "my report.pdf"),
            ("text/plain; name=my type.pdf", "my type.pdf"),
            ("text/plain; charset=x name=\"=?utf-8?q?=C3=BC?=\"", "ü"),
            ("text/plain; name*0=a; name*1=b", "ab"),
        ] {
            assert_eq!(read(value).filename.as_deref(), Some(name), "{value}");
        }
    }

    #[test]
    fn a_disposition_is_read_as_mail_writes_it() {
        for (value, is_attachment, name) in [
            ("attachment; filename=a.txt", true, Some("a.txt")),
            ("ATTACHMENT filename=a.txt", true, Some("a.txt")),
            ("(c) attachment", true, None),
            ("\"attachment\"; filename=a.txt", true, Some("a.txt")),
            ("inline; filename=\"a b.txt\"", false, Some("a b.txt")),
            ("; filename=a.txt", false, Some("a.txt")),
            ("", false, None),
        ] {
            let head = part_head(format!("Content-Disposition: {value}\n\n").as_bytes());
            assert_eq!(
                (head.is_attachment, head.filename.as_deref()),
                (is_attachment, name),
                "{value}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_value_is_read(pieces in prop::collection::vec(0usize..20, 0..30)) {
            let vocabulary = [
                "text", "/", "plain", ";", " ", "charset", "=", "utf-8", "\"", "(", ")", "\\", "boundary", "\t", "*", "'", "?=", "=?", "\u{fc}", "name",
            ];
            let value: String = pieces.iter().map(|&at| vocabulary[at]).collect();
            let head = read(&value);
            prop_assert!(head.mimetype.is_none_or(|it| it.contains('/')));
        }
    }
}
