//! Parses the *parameters* after a media type or a disposition (RFC 2045, section 5.1), including those in pieces and
//! those with a charset (RFC 2231).
//!
//! The parser library searches for the start of a parameter again for each of its pieces, which takes quadratic time.
//! Here a value is scanned once, however many parameters it has.

use super::charset::Charset;
use crate::mail::message::comment::without_comment;

/// The parameters of one header field, in written order.
#[derive(Debug, Default)]
pub(super) struct Parameters(Vec<Parameter>);

/// A parameter, or one piece of it.
#[derive(Debug)]
struct Parameter {
    /// Its name, in lower case.
    name: String,
    /// The number of the piece, if it is one.
    piece: Option<u32>,
    /// Whether its value is percent-encoded.
    is_extended: bool,
    /// Its value as written, without quotes.
    value: String,
}

impl Parameters {
    /// Parses the text after the media type. Parameters without a value are ignored.
    pub(super) fn read(text: &str) -> Parameters {
        let mut found = Vec::new();
        let mut rest = text;
        while let Some((name, after)) = name(rest) {
            let (value, after) = value(after);
            rest = after;
            if !value.is_empty() {
                found.extend(Parameter::new(&name, value));
            }
        }
        Parameters(found)
    }

    /// Returns the value of a parameter, by its name in lower case. The first parameter of that name counts, with all
    /// its pieces.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let mut named = self.0.iter().filter(|it| it.name == name).peekable();
        let first = *named.peek()?;
        if first.piece.is_none() {
            return Some(joined(&[first]));
        }
        let mut pieces: Vec<&Parameter> = named.filter(|it| it.piece.is_some()).collect();
        pieces.sort_by_key(|it| it.piece);
        pieces.dedup_by_key(|it| it.piece);
        Some(joined(&pieces))
    }
}

impl Parameter {
    /// Creates a parameter; `None` if there is no name before the `*`.
    fn new(written: &str, value: String) -> Option<Parameter> {
        let (name, after) = match written.split_once('*') {
            Some((name, after)) => (name, Some(after)),
            None => (written, None),
        };
        let piece = after.map(|after| after.strip_suffix('*').unwrap_or(after).trim());
        let name = name.trim().to_ascii_lowercase();
        (!name.is_empty()).then(|| Parameter {
            name,
            // Anything that is not a number counts as piece 0.
            piece: piece
                .filter(|number| !number.is_empty())
                .map(|number| number.parse().unwrap_or(0)),
            is_extended: after.is_some_and(|after| after.is_empty() || after.ends_with('*')),
            value,
        })
    }
}

/// Returns the name before the next `=`, and the rest. Text that ends with a `;` before that is not a parameter.
fn name(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let (before, from) = rest.split_at(rest.find(['=', ';', '('])?);
        name.extend(before.chars().filter(|it| !matches!(it, '"' | '\\')));
        if from.starts_with('(') {
            rest = without_comment(from);
            continue;
        }
        rest = &from[1..];
        if from.starts_with(';') {
            name.clear();
        } else if !name.trim().is_empty() {
            return Some((name.trim().to_owned(), rest));
        }
    }
}

/// Returns the value at the start of a text, and the rest. An unquoted value ends with a `;` or a comment.
fn value(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut rest = text.trim_start();
    let mut is_quoted = false;
    loop {
        let is_stop = |c| matches!(c, '"' | '\\') || (!is_quoted && matches!(c, ';' | '('));
        let (before, from) = rest.split_at(rest.find(is_stop).unwrap_or(rest.len()));
        value.push_str(before);
        let mut following = from.chars();
        rest = match following.next() {
            Some('\\') => {
                if !is_quoted && !value.is_empty() {
                    value.truncate(value.trim_end().len());
                    value.push(' ');
                }
                value.extend(following.next());
                following.as_str()
            }
            Some('"') if !is_quoted => {
                is_quoted = true;
                if !value.is_empty() {
                    value.push('"');
                }
                following.as_str()
            }
            // The comment is skipped by the search for the next name.
            Some('(') => {
                rest = from;
                break;
            }
            _ => {
                rest = following.as_str();
                break;
            }
        };
    }
    if !is_quoted {
        value.truncate(value.trim_end().len());
    }
    (value, rest)
}

/// Joins the pieces of a parameter, which are sorted. A character may be split between two pieces.
fn joined(pieces: &[&Parameter]) -> String {
    let mut out = Decoding::default();
    for (at, piece) in pieces.iter().enumerate() {
        let mut value = piece.value.as_str();
        if !piece.is_extended {
            out.text(value);
            continue;
        }
        // Only the first piece has the charset and the language.
        if let (0, Some((charset, after))) = (at, value.split_once('\'')) {
            out.charset = Charset::named(charset);
            value = after.split_once('\'').map_or(after, |(_, after)| after);
        }
        out.octets(value);
    }
    out.finish()
}

/// The text of a parameter that is being joined.
#[derive(Default)]
struct Decoding {
    charset: Option<Charset>,
    text: String,
    /// Undecoded bytes in the charset, which follow the text.
    octets: Vec<u8>,
}

impl Decoding {
    fn text(&mut self, text: &str) {
        let octets = std::mem::take(&mut self.octets);
        self.text.push_str(&Charset::decode(self.charset, &octets));
        self.text.push_str(text);
    }

    /// Adds a percent-encoded value. A `%` without two digits is kept, and so is a character that is not ASCII and
    /// should have been encoded.
    fn octets(&mut self, value: &str) {
        let mut rest = value;
        while let Some(first) = rest.chars().next() {
            let digits = rest.as_bytes().get(1..3).unwrap_or_default();
            let digit = |at: usize| char::from(*digits.get(at)?).to_digit(16);
            let (taken, octet) = match (first, digit(0), digit(1)) {
                ('%', Some(high), Some(low)) => (3, Some((high * 16 + low) as u8)),
                _ => (first.len_utf8(), u8::try_from(first).ok()),
            };
            match octet.filter(|_| first.is_ascii()) {
                Some(octet) => self.octets.push(octet),
                None => self.text(&rest[..taken]),
            }
            rest = &rest[taken..];
        }
    }

    fn finish(mut self) -> String {
        self.text("");
        self.text
    }
}

#[cfg(test)]
#[path = "parameters_tests.rs"]
mod tests;
