//! The fields of a header section.

use crate::mail::message::simd::is_of_name;

use super::lines::LineEnds;

/// One header field.
#[derive(Clone, Debug)]
pub(crate) struct Field<'a> {
    /// Its name as it is written, in ASCII.
    pub name: &'a [u8],
    /// Its value, still folded and encoded.
    pub value: &'a [u8],
}

/// Returns the header fields of a header section, in order; none if the bytes are not a header section (R12).
///
/// The parser library examines every byte of every field separately; here the ends of whole lines are found at once.
/// Tests check that the result equals the library's.
pub(crate) fn fields(head: &[u8]) -> Fields<'_> {
    Fields {
        head,
        at: 0,
        ends: LineEnds::of(head),
    }
}

/// Returns whether a field's name is `own` in any case. Usually it has the same case, so that is checked first.
#[inline]
pub(crate) fn name_is(name: &[u8], own: &str) -> bool {
    let own = own.as_bytes();
    name.len() == own.len() && (name == own || name.eq_ignore_ascii_case(own))
}

/// An iterator over the header fields of a message.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    head: &'a [u8],
    /// The start of the next line.
    at: usize,
    ends: LineEnds<'a>,
}

impl<'a> Fields<'a> {
    fn line_end(&mut self) -> usize {
        self.ends.next().unwrap_or(self.head.len())
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        while self.at < self.head.len() {
            let start = self.at;
            let mut end = self.line_end();
            let line = &self.head[start..end];
            let name_end = name_end(&self.head[start..], line.len());
            if name_end == 0 && line.iter().all(u8::is_ascii_whitespace) {
                self.at = self.head.len();
                break;
            }
            self.at = end;
            let Some((name, colon)) = name(line, name_end) else {
                continue;
            };
            // A line that begins with white space continues the line before it (RFC 5322, section 2.2.3).
            while matches!(self.head.get(end), Some(b' ' | b'\t')) {
                end = self.line_end();
            }
            self.at = end;
            let value = &self.head[start + colon + 1..end];
            if !name.is_empty() {
                return Some(Field { name, value });
            }
        }
        None
    }
}

/// Returns how many bytes at the start of a line may belong to a field's name. `text` begins with the line.
fn name_end(text: &[u8], line: usize) -> usize {
    if let Some(start) = text.first_chunk() {
        let end = super::simd::non_name_mask(start).trailing_zeros() as usize;
        if end < super::simd::NAME {
            return end.min(line);
        }
    }
    let end = text[..line].iter().position(|byte| !is_of_name(byte));
    end.unwrap_or(line)
}

/// Returns the name at the start of a field's first line, empty if it is invalid, and the position of the colon after
/// it. The first `end` bytes are valid in a name.
fn name(line: &[u8], end: usize) -> Option<(&[u8], usize)> {
    if *line.get(end)? == b':' {
        return Some((&line[..end], end));
    }
    let colon = end + line[end..].iter().position(|&byte| byte == b':')?;
    let name = line[..colon].trim_ascii();
    let is_name = name.iter().all(is_of_name);
    Some((if is_name { name } else { &[] }, colon))
}

/// Removes the ASCII characters at the given positions from a text; `None` if there are no positions.
pub(crate) fn without(text: &str, places: impl Iterator<Item = usize>) -> Option<String> {
    let mut places = places.peekable();
    places.peek()?;
    let mut out = String::with_capacity(text.len());
    let mut start = 0;
    for place in places {
        out.push_str(&text[start..place]);
        start = place + 1;
    }
    out.push_str(&text[start..]);
    Some(out)
}

#[cfg(any(test, fuzzing))]
/// Returns the fields as the parser library finds them: names and values without the white space around them. The
/// function is here and not in the tests, so that no other file names the library.
pub(crate) fn fields_of_the_library(head: &[u8]) -> Vec<(String, Vec<u8>)> {
    use mail_parser::{HeaderName, MessageParser};
    let parser = MessageParser::new()
        .ignore_header(HeaderName::Subject)
        .default_header_ignore();
    let parsed = parser.parse_headers(head);
    let headers = parsed
        .into_iter()
        .flat_map(|parsed| parsed.parts)
        .flat_map(|part| part.headers);
    let shown = |header: mail_parser::Header<'_>| {
        let name =
            head[header.offset_field as usize..header.offset_start as usize].trim_ascii_end();
        // The library accepts a last line without a colon as a field, which it is not (RFC 5322, section 2.2).
        let name = name.strip_suffix(b":")?.trim_ascii();
        let value = head[header.offset_start as usize..header.offset_end as usize].trim_ascii();
        Some((String::from_utf8_lossy(name).into_owned(), value.to_vec()))
    };
    let is_name = |(name, _): &(String, Vec<u8>)| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic())
    };
    headers.filter_map(shown).filter(is_name).collect()
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
