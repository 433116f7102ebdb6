//! A *message* is what RFC 5322 calls one: header fields, an empty line, a body. This file turns its bytes into
//! fields, text and parts. It is the only one that names the parser library, so that another version of it is a
//! change to one file.

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::WINDOWS_1252;
use jiff::Timestamp;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::html::html_to_text;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::parsers::MessageStream;
use mail_parser::{
    Encoding, HeaderName, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType,
};
use serde::Serialize;

/// Nested messages are parsed one in another; deeper nesting than any mail program makes is left unparsed, so that
/// no message can use up the stack.
const NESTED_MESSAGES_MAX: usize = 100;

/// One header field.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    /// Its name as it was written.
    pub name: &'a str,
    /// Its value, still folded and encoded.
    pub value: &'a [u8],
}

/// The header fields of a message, in order. `None` where there is no header at all (R12).
pub fn fields(head: &[u8]) -> Option<Vec<Field<'_>>> {
    let parser = MessageParser::new()
        .ignore_header(HeaderName::Subject)
        .default_header_ignore();
    let parsed = parser.parse_headers(head)?;
    let headers = parsed.parts.into_iter().next()?.headers;
    let field = |header: mail_parser::Header<'_>| {
        let (start, colon) = (header.offset_field as usize, header.offset_start as usize);
        let name = head
            .get(start..colon)?
            .trim_ascii_end()
            .strip_suffix(b":")?
            .trim_ascii();
        let value = head.get(colon..header.offset_end as usize)?;
        let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
        is_name.then_some(Field {
            name: std::str::from_utf8(name).ok()?,
            value,
        })
    };
    let fields: Vec<Field<'_>> = headers.into_iter().filter_map(field).collect();
    (!fields.is_empty()).then_some(fields)
}

/// A value's text: unfolded, in UTF-8 where it is valid, else read as Windows-1252 (R7). RFC 2047 words stay.
pub fn unfold(value: &[u8]) -> Cow<'_, str> {
    let text = match std::str::from_utf8(value) {
        Ok(text) => Cow::Borrowed(text.trim()),
        Err(_) => {
            let text = WINDOWS_1252.decode_without_bom_handling(value).0;
            Cow::Owned(text.trim().to_owned())
        }
    };
    if text.contains(['\r', '\n']) {
        Cow::Owned(text.replace("\r\n", "").replace(['\r', '\n'], ""))
    } else {
        text
    }
}

/// Decodes the RFC 2047 words in a text. Neighbouring words in one charset are decoded together, since many
/// programs cut a character in two between them. What is no well-formed word stays as it is.
pub fn decode_words(text: &str) -> Cow<'_, str> {
    if !text.contains("=?") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut pending: Option<(&str, Vec<u8>)> = None;
    let mut rest = text;
    while let Some(at) = rest.find("=?") {
        let Some((charset, bytes, length)) = encoded_word(&rest[at..]) else {
            flush(&mut pending, &mut out);
            out.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        };
        let gap = &rest[..at];
        let is_joined = pending.is_some() && gap.chars().all(char::is_whitespace);
        if !is_joined {
            flush(&mut pending, &mut out);
            out.push_str(gap);
        }
        match &mut pending {
            Some((open, joined)) if open.eq_ignore_ascii_case(charset) => {
                joined.extend_from_slice(&bytes)
            }
            _ => {
                flush(&mut pending, &mut out);
                pending = Some((charset, bytes));
            }
        }
        rest = &rest[at + length..];
    }
    flush(&mut pending, &mut out);
    out.push_str(rest);
    Cow::Owned(out)
}

fn flush(pending: &mut Option<(&str, Vec<u8>)>, out: &mut String) {
    if let Some((charset, bytes)) = pending.take() {
        out.push_str(&decode_charset(charset, &bytes));
    }
}

fn decode_charset(charset: &str, bytes: &[u8]) -> String {
    match charset_decoder(charset.as_bytes()) {
        Some(decoder) => decoder(bytes),
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => WINDOWS_1252
                .decode_without_bom_handling(bytes)
                .0
                .into_owned(),
        },
    }
}

/// The encoded word at the start of `text`: its charset, its bytes, its length.
fn encoded_word(text: &str) -> Option<(&str, Vec<u8>, usize)> {
    let inner = text.strip_prefix("=?")?;
    let (charset, after) = inner.split_once('?')?;
    let (encoding, payload) = after.split_once('?')?;
    // A language may follow the charset (RFC 2231, section 5).
    let charset = charset.split('*').next()?;
    let is_token = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    let end = payload.find("?=")?;
    if !is_token(charset) || payload[..end].contains(['\r', '\n']) {
        return None;
    }
    let bytes = match encoding {
        "q" | "Q" => decode_q(&payload.as_bytes()[..end]),
        "b" | "B" => base64_decode(&payload.as_bytes()[..end])?,
        _ => return None,
    };
    let length = text.len() - payload.len() + end + 2;
    Some((charset, bytes, length))
}

/// The Q encoding of RFC 2047, section 4.2; a `=` without two hexadecimal digits stays.
fn decode_q(payload: &[u8]) -> Vec<u8> {
    let digit = |b: Option<&u8>| b.and_then(|&b| char::from(b).to_digit(16));
    let mut out = Vec::with_capacity(payload.len());
    let mut at = 0;
    while let Some(&byte) = payload.get(at) {
        match (byte, digit(payload.get(at + 1)), digit(payload.get(at + 2))) {
            (b'=', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'_', ..) => out.push(b' '),
            _ => out.push(byte),
        }
        at += 1;
    }
    out
}

/// The time that a `Date:` or `Received:` value names; of a `Received:` value, what follows its last `;`.
/// A time without a zone is UTC.
pub fn time(value: &[u8]) -> Option<Timestamp> {
    let text = unfold(value);
    let text = text.rsplit(';').next()?.trim();
    parse_time(text).or_else(|| parse_time(&format!("{text} +0000")))
}

fn parse_time(text: &str) -> Option<Timestamp> {
    let line = format!("{text}\n");
    let HeaderValue::DateTime(time) = MessageStream::new(line.as_bytes()).parse_date() else {
        return None;
    };
    if time.is_valid() {
        Timestamp::from_second(time.to_timestamp()).ok()
    } else {
        None
    }
}

/// What is written of a message's body.
#[derive(Debug, Default, PartialEq)]
pub struct Body {
    /// The media type of the text.
    pub mimetype: Option<&'static str>,
    /// The text.
    pub text: Option<String>,
    /// Every part that is neither a multipart nor a body.
    pub attachments: Vec<Attachment>,
}

/// A part that is neither a multipart nor a body.
#[derive(Debug, PartialEq, Serialize)]
pub struct Attachment {
    /// Its name, decoded.
    pub filename: Option<String>,
    /// Its media type, lower case.
    pub mimetype: String,
    /// Its size in bytes, decoded.
    pub filesize: u64,
}

/// Parses a whole message and takes its body, the HTML where `html` asks for it and there is one.
/// `None` where the message nests too deep to be parsed.
pub fn body(message: &[u8], html: bool) -> Option<Body> {
    let parsed = parse_whole(message)?;
    let is_html = |&&id: &&u32| {
        matches!(
            part(&parsed, id).map(|part| &part.body),
            Some(PartType::Html(_))
        )
    };
    let wants_html = html && parsed.html_body.iter().any(|id| is_html(&id));
    let (ids, mimetype) = if wants_html {
        (&parsed.html_body, "text/html")
    } else {
        (&parsed.text_body, "text/plain")
    };
    let texts: Vec<Cow<'_, str>> = ids
        .iter()
        .filter_map(|&id| body_text(part(&parsed, id)?, message, wants_html))
        .collect();
    let is_body = |id: u32| {
        let is_listed = parsed.text_body.contains(&id) || parsed.html_body.contains(&id);
        is_listed && part(&parsed, id).is_some_and(MessagePart::is_text)
    };
    // A message that ends with its head has one empty part, which is no attachment.
    let is_missing = |part: &MessagePart<'_>| parsed.parts.len() == 1 && part.is_empty();
    let attachments = (0u32..)
        .zip(&parsed.parts)
        .filter(|(id, part)| !is_body(*id) && !part.is_multipart() && !is_missing(part))
        .map(|(_, part)| attachment(part, message))
        .collect();
    Some(Body {
        mimetype: (!texts.is_empty()).then_some(mimetype),
        // Line ends are those of transport, and no part of the text (RFC 2046, section 4.1.1).
        text: (!texts.is_empty()).then(|| texts.join("\n").replace("\r\n", "\n")),
        attachments,
    })
}

fn parse_whole(message: &[u8]) -> Option<Message<'_>> {
    let nested = memchr::memmem::find_iter(&message.to_ascii_lowercase(), b"message/").count();
    if nested > NESTED_MESSAGES_MAX {
        return None;
    }
    MessageParser::default().parse(message)
}

fn part<'a, 'x>(message: &'a Message<'x>, id: u32) -> Option<&'a MessagePart<'x>> {
    message.parts.get(id as usize)
}

fn body_text<'a>(part: &'a MessagePart<'_>, message: &[u8], html: bool) -> Option<Cow<'a, str>> {
    let text = match &part.body {
        PartType::Text(text) | PartType::Html(text) => match undeclared_text(part, text, message) {
            Some(text) => Cow::Owned(text),
            None => Cow::Borrowed(text.as_ref()),
        },
        _ => return None,
    };
    Some(match (&part.body, html) {
        (PartType::Html(_), false) => Cow::Owned(html_to_text(&text)),
        _ => text,
    })
}

/// Text in no charset that is known is UTF-8 where it is valid, which the library has read, else Windows-1252.
fn undeclared_text(part: &MessagePart<'_>, text: &str, message: &[u8]) -> Option<String> {
    let charset = part
        .content_type()
        .and_then(|kind| kind.attribute("charset"));
    let is_known = charset.is_some_and(|charset| charset_decoder(charset.as_bytes()).is_some());
    if is_known || !text.contains('\u{FFFD}') {
        return None;
    }
    let bytes = transfer_decoded(part, message)?;
    Some(
        WINDOWS_1252
            .decode_without_bom_handling(&bytes)
            .0
            .into_owned(),
    )
}

/// A part's bytes after its Content-Transfer-Encoding is undone, before its charset is.
fn transfer_decoded<'m>(part: &MessagePart<'_>, message: &'m [u8]) -> Option<Cow<'m, [u8]>> {
    let range: Range<usize> = part.offset_body as usize..part.offset_end as usize;
    let raw = message.get(range)?;
    match part.encoding {
        Encoding::None => Some(raw.into()),
        Encoding::Base64 => base64_decode(raw).map(Cow::Owned),
        Encoding::QuotedPrintable => quoted_printable_decode(raw).map(Cow::Owned),
    }
}

fn attachment(part: &MessagePart<'_>, message: &[u8]) -> Attachment {
    let mimetype = match part.content_type() {
        Some(kind) => format!(
            "{}/{}",
            kind.ctype(),
            kind.subtype().unwrap_or("octet-stream")
        )
        .to_ascii_lowercase(),
        None => "text/plain".into(),
    };
    let decoded = match &part.body {
        PartType::Text(_) | PartType::Html(_) | PartType::Message(_) => {
            transfer_decoded(part, message).map(|b| b.len())
        }
        _ => None,
    };
    Attachment {
        filename: part
            .attachment_name()
            .map(|name| decode_words(name).into_owned())
            .filter(|name| !name.is_empty()),
        mimetype,
        filesize: decoded.unwrap_or_else(|| part.len()) as u64,
    }
}

/// The text of the first calendar part, for meeting invitations (R11).
pub fn calendar(message: &[u8]) -> Option<String> {
    let parsed = parse_whole(message)?;
    parsed
        .parts
        .iter()
        .find(|part| {
            part.is_content_type("text", "calendar") || part.is_content_type("application", "ics")
        })
        .and_then(|part| match &part.body {
            PartType::Text(text) | PartType::Html(text) => Some(text.to_string()),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
                Some(String::from_utf8_lossy(bytes).into_owned())
            }
            PartType::Message(_) | PartType::Multipart(_) => None,
        })
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
