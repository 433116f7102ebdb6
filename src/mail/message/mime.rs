//! The *parts* of a message (RFC 2046): which of them are its body, and which are attachments.
//!
//! The message is parted here rather than by the parser library, because the library parses messages within messages too
//! and drops them by recursion, so that a message of a hundred thousand levels would use up the stack. Here a message
//! within a message is one attachment, which is what is written of it, and multiparts are followed to a fixed depth.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use super::{PartHead, header_end, part_head};
use crate::mail::message;

/// Multiparts within multiparts are followed so deep; one that is deeper is one attachment.
const MULTIPART_DEPTH_MAX: usize = 100;

/// Kinds of text that are known, and not for people.
const TEXT_FOR_PROGRAMS: [&str; 6] = [
    "calendar",
    "directory",
    "rtf",
    "vcard",
    "x-vcalendar",
    "x-vcard",
];

/// What is written of a message's body.
#[derive(Debug, Default, PartialEq)]
pub struct Body<'m> {
    /// The media type of the text.
    pub mimetype: Option<&'static str>,
    /// The text; that of the message itself where it is UTF-8 as it stands.
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

/// A part that holds no others.
pub(crate) struct Part<'m> {
    head: PartHead,
    mimetype: Cow<'static, str>,
    content: &'m [u8],
}

impl<'m> Part<'m> {
    /// Its content, the transfer encoding undone.
    pub(crate) fn decoded(&self) -> Cow<'m, [u8]> {
        message::transfer_decoded(self.content, self.head.encoding)
    }

    /// Its content as text.
    pub(crate) fn text(&self) -> Cow<'m, str> {
        let charset = self.head.charset.as_deref();
        match self.decoded() {
            Cow::Borrowed(bytes) => message::text_of(bytes, charset),
            Cow::Owned(bytes) => message::text_of(&bytes, charset).into_owned().into(),
        }
    }

    /// Whether it is a message.
    pub(crate) fn is_message(&self) -> bool {
        self.mimetype == "message/rfc822" || self.mimetype == "message/global"
    }

    fn is_html(&self) -> bool {
        self.mimetype == "text/html"
    }

    fn is_text(&self) -> bool {
        self.mimetype == "text/plain" || self.is_html()
    }

    /// The text as the body has it.
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

    /// Whether it can stand for a body where there is none: text of a kind that is not known is plain text (RFC 2046,
    /// section 4.1.4), and calendars and cards are for programs.
    fn can_be_read(&self) -> bool {
        let is_read = |kind: &str| !TEXT_FOR_PROGRAMS.contains(&kind);
        self.mimetype.strip_prefix("text/").is_some_and(is_read)
            && !self.head.is_attachment
            && self.head.filename.is_none()
    }

    /// Images and the like are shown in the middle of a text, where they stand among its parts.
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

/// Takes a message's body, the HTML where `html` asks for it and there is one. Plain text without anything in it is not a
/// body beside HTML with text, and not an attachment either.
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

/// Whether a reader sees nothing of a text.
fn is_blank(text: &str) -> bool {
    // A blank of no width and a byte order mark are not white space to Unicode.
    let is_seen = |c: char| !c.is_whitespace() && !matches!(c, '\u{200B}' | '\u{FEFF}');
    !text.contains(is_seen)
}

/// A text in which a carriage return does not stand for a line of its own before the end of one.
fn with_few_returns(text: Cow<'_, str>) -> Cow<'_, str> {
    match memchr::memmem::find(text.as_bytes(), b"\r\r\n") {
        Some(_) => with_line_feeds(text),
        None => text,
    }
}

/// A text with the line ends of text: those of transport are no part of it (RFC 2046, section 4.1.1).
fn with_line_feeds(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return text;
    }
    let returns = message::returns_of_ends(text.as_bytes());
    message::fields::without(&text, returns).map_or(text, Cow::Owned)
}

/// The text of the first calendar part, for meeting invitations (R11).
pub(crate) fn calendar(message: &[u8]) -> Option<String> {
    let structure = Structure::read(message);
    let is_calendar =
        |part: &&Part<'_>| matches!(&*part.mimetype, "text/calendar" | "application/ics");
    let part = structure.parts.iter().find(is_calendar);
    part.map(|part| part.text().into_owned())
}

/// The parts of a multipart message, one level deep; `None` if it is not one.
pub(crate) fn parts(message: &[u8]) -> Option<Vec<Part<'_>>> {
    let (head, content) = parted(message);
    let head = part_head(head);
    let is_multipart = head
        .mimetype
        .is_some_and(|kind| kind.starts_with("multipart/"));
    let boundary = head.boundary.filter(|_| is_multipart)?;
    let parts = split(content, boundary.as_bytes())?;
    Some(parts.into_iter().map(whole_part).collect())
}

/// The first part of a multipart's content, which may be cut off.
pub(crate) fn first_part<'m>(content: &'m [u8], boundary: &str) -> Option<Part<'m>> {
    let parts = split(content, boundary.as_bytes())?;
    parts.into_iter().next().map(whole_part)
}

/// A part as it is, whether it holds others or not.
fn whole_part(bytes: &[u8]) -> Part<'_> {
    let (head, content) = parted(bytes);
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

/// The parts of a message, and which of them are its text and its HTML.
#[derive(Default)]
struct Structure<'m> {
    parts: Vec<Part<'m>>,
    text: Vec<usize>,
    html: Vec<usize>,
}

/// Where a part stands: what decides whether it is body or attachment (RFC 8621, section 4.1.4).
#[derive(Clone, Copy)]
struct Place {
    depth: usize,
    /// The part is the first of its multipart, or the message itself.
    is_first: bool,
    /// It stands in a `multipart/related`.
    is_related: bool,
    /// It stands in a `multipart/alternative`.
    is_alternative: bool,
    /// It stands in a `multipart/digest`, where a part without a type is a message.
    is_digest: bool,
    /// It stands somewhere below a `multipart/alternative`.
    within_alternative: bool,
    /// Whether text and HTML are still looked for.
    wants_text: bool,
    wants_html: bool,
}

impl<'m> Structure<'m> {
    fn read(message: &'m [u8]) -> Structure<'m> {
        let mut structure = Structure::default();
        let mut place = Place {
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

    /// The text of some parts, of several those that have any; `None` if there is no part.
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

    /// The parts that are neither text nor HTML of the body.
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

    fn part(&mut self, bytes: &'m [u8], place: &mut Place) {
        let (head, content) = parted(bytes);
        let head = part_head(head);
        let subtype = head
            .mimetype
            .as_deref()
            .and_then(|kind| kind.strip_prefix("multipart/"))
            .map(ToOwned::to_owned);
        if let (Some(subtype), Some(boundary)) = (&subtype, &head.boundary)
            && place.depth < MULTIPART_DEPTH_MAX
        {
            // A multipart without any boundary line is read as text: nothing else can be made of it.
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

    fn multipart(&mut self, parts: &[&'m [u8]], subtype: &str, outer: Place) {
        let is_alternative = subtype == "alternative";
        let mut inner = Place {
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
            // The one form that there is serves for both.
            if self.text.len() == texts {
                self.text.extend_from_slice(&self.html[htmls..]);
            } else if self.html.len() == htmls {
                self.html.extend_from_slice(&self.text[texts..]);
            }
        }
    }

    fn leaf(&mut self, part: Part<'m>, place: &mut Place) {
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
                // Text beside HTML below an alternative belongs to that one form.
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

/// A part's head and content.
fn parted(bytes: &[u8]) -> (&[u8], &[u8]) {
    let first_line = [&b"\n"[..], b"\r\n", b"\r\r\n"];
    let content = first_line
        .into_iter()
        .find_map(|end| bytes.strip_prefix(end));
    if let Some(content) = content {
        return (&[], content);
    }
    bytes.split_at(header_end(bytes, 0).unwrap_or(bytes.len()))
}

/// The parts between the boundary lines of a multipart; the last one may lack its end (RFC 2046, section 5.1.1).
/// `None` where there is no boundary line.
fn split<'m>(content: &'m [u8], boundary: &[u8]) -> Option<Vec<&'m [u8]>> {
    let mut delimiter = b"--".to_vec();
    delimiter.extend_from_slice(boundary);
    let mut parts = Vec::new();
    let mut is_parted = false;
    let mut start = None;
    for at in memchr::memmem::find_iter(content, &delimiter) {
        // Its line is looked at only then: many may stand in one line, which is gone over once.
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
    // A message that was cut off.
    parts.extend(start.map(|start| &content[start..]));
    is_parted.then_some(parts)
}

/// The line end before a boundary belongs to the boundary.
fn without_line_end(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    let part = part.strip_suffix(b"\r").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}

#[cfg(test)]
#[path = "mime_tests.rs"]
mod tests;
