//! The *parts* of a message (RFC 2046): which of them are its body, and which are attachments.
//!
//! The message is split here and not by the parser library, because the library also parses messages within messages
//! and drops them by recursion: a message with a hundred thousand levels would exhaust the stack. Here a message within
//! a message is a single attachment, as it is in the output, and multiparts are followed to a fixed depth.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use super::{PartHead, header_end, part_head};
use crate::mail::message;

/// Maximum nesting depth of multiparts; a deeper one is an attachment.
const MULTIPART_DEPTH_MAX: usize = 100;

/// Known subtypes of text that are not for people.
const TEXT_FOR_PROGRAMS: [&str; 6] = [
    "calendar",
    "directory",
    "rtf",
    "vcard",
    "x-vcalendar",
    "x-vcard",
];

/// The body and the attachments of a message.
#[derive(Debug, Default, PartialEq)]
pub struct Body<'m> {
    /// The media type of the text.
    pub mimetype: Option<&'static str>,
    /// The text; borrowed from the message if it is unencoded UTF-8 there.
    pub text: Option<Cow<'m, str>>,
    /// Every part that is neither a multipart nor a body.
    pub attachments: Vec<Attachment>,
}

/// A part that is neither a multipart nor a body.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub struct Attachment {
    /// Its name, decoded.
    pub filename: Option<String>,
    /// Its media type, lower case.
    pub mimetype: String,
    /// Its size in bytes, decoded.
    pub filesize: u64,
}

/// A part that is not a multipart.
pub(crate) struct Part<'m> {
    head: PartHead,
    mimetype: Cow<'static, str>,
    content: &'m [u8],
}

impl<'m> Part<'m> {
    /// Returns its content with the transfer encoding removed.
    pub(crate) fn decoded(&self) -> Cow<'m, [u8]> {
        message::transfer_decoded(self.content, self.head.encoding)
    }

    /// Returns its content as text.
    pub(crate) fn text(&self) -> Cow<'m, str> {
        let charset = self.head.charset.as_deref();
        match self.decoded() {
            Cow::Borrowed(bytes) => message::text_of(bytes, charset),
            Cow::Owned(bytes) => message::text_of(&bytes, charset).into_owned().into(),
        }
    }

    /// Returns whether it is a message.
    pub(crate) fn is_message(&self) -> bool {
        self.mimetype == "message/rfc822" || self.mimetype == "message/global"
    }

    fn is_html(&self) -> bool {
        self.mimetype == "text/html"
    }

    fn is_text(&self) -> bool {
        self.mimetype == "text/plain" || self.is_html()
    }

    /// Returns its text in the form of the body: HTML or plain text.
    fn shown(&self, as_html: bool) -> Cow<'m, str> {
        match (self.is_html(), as_html) {
            (true, false) => message::plain_text(&with_few_returns(self.text())).into(),
            (false, true) => match with_line_feeds(self.text()) {
                text if is_blank(&text) => text,
                text => message::escaped_html(&text).into(),
            },
            _ => self.text(),
        }
    }

    /// Returns whether it can serve as the body if there is no other. Text of an unknown subtype is plain text (RFC
    /// 2046, section 4.1.4); calendars and cards are for programs.
    fn can_be_read(&self) -> bool {
        let is_read = |kind: &str| !TEXT_FOR_PROGRAMS.contains(&kind);
        self.mimetype.strip_prefix("text/").is_some_and(is_read)
            && !self.head.is_attachment
            && self.head.filename.is_none()
    }

    /// Returns whether it is media, such as an image, which may be displayed between the text parts.
    fn is_media(&self) -> bool {
        ["image/", "audio/", "video/"]
            .iter()
            .any(|kind| self.mimetype.starts_with(kind))
    }

    fn attachment(&self) -> Attachment {
        Attachment {
            filename: self.head.filename.clone(),
            mimetype: self.mimetype.clone().into_owned(),
            filesize: self.decoded().len() as u64,
        }
    }
}

/// Returns a message's body, as HTML if `html` is set and there is HTML. Empty plain text beside HTML with text is
/// neither the body nor an attachment.
pub(crate) fn body(message: &[u8], html: bool) -> Body<'_> {
    let structure = Structure::read(message);
    let has_html = structure
        .html
        .iter()
        .any(|&at| structure.parts[at].is_html());
    let wants_html = html && has_html;
    let text = if wants_html {
        structure.shown(&structure.html, true)
    } else {
        let text = structure.shown(&structure.text, false);
        match text {
            Some(text) if has_html && is_blank(&text) => {
                let of_html = structure.shown(&structure.html, false);
                of_html.filter(|it| !is_blank(it)).or(Some(text))
            }
            text => text,
        }
    };
    let mimetype = if wants_html {
        "text/html"
    } else {
        "text/plain"
    };
    Body {
        mimetype: text.is_some().then_some(mimetype),
        text: text.map(with_line_feeds),
        attachments: structure.attachments(),
    }
}

/// Returns whether a text has no visible character.
fn is_blank(text: &str) -> bool {
    // The zero-width space and the byte order mark are not white space in Unicode.
    let is_seen = |c: char| !c.is_whitespace() && !matches!(c, '\u{200B}' | '\u{FEFF}');
    !text.contains(is_seen)
}

/// Replaces line ends if any has two carriage returns, the first of which would become a line of its own.
fn with_few_returns(text: Cow<'_, str>) -> Cow<'_, str> {
    match memchr::memmem::find(text.as_bytes(), b"\r\r\n") {
        Some(_) => with_line_feeds(text),
        None => text,
    }
}

/// Replaces the line ends of transport by line feeds (RFC 2046, section 4.1.1).
fn with_line_feeds(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return text;
    }
    let returns = message::line_end_returns(text.as_bytes());
    message::fields::without(&text, returns).map_or(text, Cow::Owned)
}

/// Returns the text of the first calendar part, for meeting invitations (R11).
pub(crate) fn calendar(message: &[u8]) -> Option<String> {
    let structure = Structure::read(message);
    let is_calendar =
        |part: &&Part<'_>| matches!(&*part.mimetype, "text/calendar" | "application/ics");
    let part = structure.parts.iter().find(is_calendar);
    part.map(|part| part.text().into_owned())
}

/// Returns the direct parts of a multipart message; `None` if it is not one.
pub(crate) fn parts(message: &[u8]) -> Option<Vec<Part<'_>>> {
    let (head, content) = split_header(message);
    let head = part_head(head);
    let is_multipart = head
        .mimetype
        .is_some_and(|kind| kind.starts_with("multipart/"));
    let boundary = head.boundary.filter(|_| is_multipart)?;
    let parts = split(content, boundary.as_bytes())?;
    Some(parts.into_iter().map(whole_part).collect())
}

/// Returns the first part of a multipart's content, which may be cut off.
pub(crate) fn first_part<'m>(content: &'m [u8], boundary: &str) -> Option<Part<'m>> {
    let parts = split(content, boundary.as_bytes())?;
    parts.into_iter().next().map(whole_part)
}

/// Returns a part without following its multiparts.
fn whole_part(bytes: &[u8]) -> Part<'_> {
    let (head, content) = split_header(bytes);
    let head = part_head(head);
    let mimetype = head
        .mimetype
        .clone()
        .map_or("text/plain".into(), Cow::Owned);
    Part {
        head,
        mimetype,
        content,
    }
}

/// The parts of a message, and which of them are the text and the HTML of its body.
#[derive(Default)]
struct Structure<'m> {
    parts: Vec<Part<'m>>,
    text: Vec<usize>,
    html: Vec<usize>,
}

/// The position of a part, which decides whether it is body or attachment (RFC 8621, section 4.1.4).
#[derive(Clone, Copy)]
struct PartContext {
    depth: usize,
    /// Whether the part is the first of its multipart, or the message itself.
    is_first: bool,
    /// Whether it is in a `multipart/related`.
    is_related: bool,
    /// Whether it is in a `multipart/alternative`.
    is_alternative: bool,
    /// Whether it is in a `multipart/digest`, where a part without a type is a message.
    is_digest: bool,
    /// Whether it is anywhere below a `multipart/alternative`.
    within_alternative: bool,
    /// Whether text and HTML are still looked for.
    wants_text: bool,
    wants_html: bool,
}

impl<'m> Structure<'m> {
    fn read(message: &'m [u8]) -> Structure<'m> {
        let mut structure = Structure::default();
        let mut place = PartContext {
            depth: 0,
            is_first: true,
            is_related: false,
            is_alternative: false,
            is_digest: false,
            within_alternative: false,
            wants_text: true,
            wants_html: true,
        };
        structure.part(message, &mut place);
        if structure.text.is_empty() && structure.html.is_empty() {
            let other = structure.parts.iter().position(Part::can_be_read);
            structure.text.extend(other);
            structure.html.extend(other);
        }
        structure
    }

    /// Returns the text of several parts, without empty ones if any has text; `None` if there are no parts.
    fn shown(&self, parts: &[usize], as_html: bool) -> Option<Cow<'m, str>> {
        let shown = |&at: &usize| self.parts[at].shown(as_html);
        match parts {
            [] => None,
            [one] => Some(shown(one)),
            several => {
                let mut texts: Vec<_> = several.iter().map(shown).collect();
                if texts.iter().any(|text| !is_blank(text)) {
                    texts.retain(|text| !is_blank(text));
                }
                Some(texts.join("\n").into())
            }
        }
    }

    /// Returns the parts that are not in the body.
    fn attachments(&self) -> Vec<Attachment> {
        let mut is_body = vec![false; self.parts.len()];
        for &at in self.text.iter().chain(&self.html) {
            is_body[at] = true;
        }
        let others = self.parts.iter().zip(is_body);
        others
            .filter(|(_, is_body)| !is_body)
            .map(|(part, _)| part.attachment())
            .collect()
    }

    fn part(&mut self, bytes: &'m [u8], place: &mut PartContext) {
        let (head, content) = split_header(bytes);
        let head = part_head(head);
        let subtype = head
            .mimetype
            .as_deref()
            .and_then(|kind| kind.strip_prefix("multipart/"))
            .map(ToOwned::to_owned);
        if let (Some(subtype), Some(boundary)) = (&subtype, &head.boundary)
            && place.depth < MULTIPART_DEPTH_MAX
        {
            // A multipart without any boundary line is read as text, because it has no parts.
            if let Some(parts) = split(content, boundary.as_bytes()) {
                self.multipart(&parts, subtype, *place);
                return;
            }
        }
        let mimetype: Cow<'static, str> = match &head.mimetype {
            None if place.is_digest => "message/rfc822".into(),
            None => "text/plain".into(),
            Some(_) if subtype.is_some() && place.depth < MULTIPART_DEPTH_MAX => {
                "text/plain".into()
            }
            Some(kind) => kind.clone().into(),
        };
        let part = Part {
            head,
            mimetype,
            content,
        };
        self.leaf(part, place);
    }

    fn multipart(&mut self, parts: &[&'m [u8]], subtype: &str, outer: PartContext) {
        let is_alternative = subtype == "alternative";
        let mut inner = PartContext {
            depth: outer.depth + 1,
            is_first: true,
            is_related: subtype == "related",
            is_alternative,
            is_digest: subtype == "digest",
            within_alternative: outer.within_alternative || is_alternative,
            ..outer
        };
        let (texts, htmls) = (self.text.len(), self.html.len());
        for part in parts {
            self.part(part, &mut inner);
            inner.is_first = false;
        }
        if is_alternative && outer.wants_text && outer.wants_html {
            // If there is only one form, it serves as both.
            if self.text.len() == texts {
                self.text.extend_from_slice(&self.html[htmls..]);
            } else if self.html.len() == htmls {
                self.html.extend_from_slice(&self.text[texts..]);
            }
        }
    }

    fn leaf(&mut self, part: Part<'m>, place: &mut PartContext) {
        let at = self.parts.len();
        let may_follow = !place.is_related && (part.is_media() || part.head.filename.is_none());
        let is_shown = part.is_text() && !part.head.is_attachment && (place.is_first || may_follow);
        if is_shown && place.is_alternative {
            if part.is_html() {
                self.html.push(at)
            } else {
                self.text.push(at)
            }
        } else if is_shown {
            if place.within_alternative {
                // Text and HTML next to each other below an alternative belong to the same form.
                if part.is_html() {
                    place.wants_text = false
                } else {
                    place.wants_html = false
                }
            }
            if place.wants_text {
                self.text.push(at);
            }
            if place.wants_html {
                self.html.push(at);
            }
        }
        self.parts.push(part);
    }
}

/// Splits a part into its header section and content.
fn split_header(bytes: &[u8]) -> (&[u8], &[u8]) {
    let first_line = [&b"\n"[..], b"\r\n", b"\r\r\n"];
    let content = first_line
        .into_iter()
        .find_map(|end| bytes.strip_prefix(end));
    if let Some(content) = content {
        return (&[], content);
    }
    bytes.split_at(header_end(bytes, 0).unwrap_or(bytes.len()))
}

/// Returns the parts between the boundary lines of a multipart; the end of the last one may be missing (RFC 2046,
/// section 5.1.1). `None` if there is no boundary line.
fn split<'m>(content: &'m [u8], boundary: &[u8]) -> Option<Vec<&'m [u8]>> {
    let mut delimiter = b"--".to_vec();
    delimiter.extend_from_slice(boundary);
    let mut parts = Vec::new();
    let mut is_parted = false;
    let mut start = None;
    for at in memchr::memmem::find_iter(content, &delimiter) {
        // The rest of the line is examined only at a line start. A line may contain many delimiters, and is thus
        // scanned once.
        let begins_line = at == 0 || content[at - 1] == b'\n';
        if !begins_line {
            continue;
        }
        let after = &content[at + delimiter.len()..];
        let is_last = after.starts_with(b"--");
        let rest = after.strip_prefix(b"--").unwrap_or(after);
        let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
        if !is_last && !line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        is_parted = true;
        if let Some(start) = start {
            parts.push(without_line_end(&content[start..at.max(start)]));
        }
        start = None;
        if is_last {
            break;
        }
        start = Some((content.len() - rest.len() + line.len() + 1).min(content.len()));
    }
    // The message was cut off.
    parts.extend(start.map(|start| &content[start..]));
    is_parted.then_some(parts)
}

/// Removes the line end before a boundary, which belongs to the boundary.
fn without_line_end(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    let part = part.strip_suffix(b"\r").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}

#[cfg(test)]
#[path = "mime_tests.rs"]
mod tests;
