//! The text of an HTML body.

use std::borrow::Cow;
use std::convert::Infallible;

use html5gum::{Emitter, Error, State, Tokenizer};

use super::layout::Layout;

/// Converts HTML to plain text (R12): blocks, list items and table rows begin lines, cells are separated by a space,
/// and white space collapses except in preformatted text. The content of `style`, `script`, `title` and `template`, and
/// of elements that browsers never show (`iframe`, `noembed`, `noframes`), is left out. There is no empty line at
/// either end.
pub(crate) fn plain_text(html: &str) -> String {
    let mut reader = Reader::default();
    // Neither producing tokens nor reading from memory can fail.
    let Ok(()) = Tokenizer::new_with_emitter(html, &mut reader).finish();
    reader.layout.finish()
}

/// Resolves the character references (`&#039;`) in a line of text, which has no other HTML; white space collapses.
pub(crate) fn decode_references(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let mut reader = Reader::default();
    let mut tokenizer = Tokenizer::new_with_emitter(text, &mut reader);
    tokenizer.set_state(State::RcData);
    let Ok(()) = tokenizer.finish();
    reader.layout.finish().into()
}

/// Escapes plain text as HTML; a line feed becomes a line break.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        let shown = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'\n' => "<br>\n",
            _ => continue,
        };
        out.push_str(&text[start..at]);
        out.push_str(shown);
        start = at + 1;
    }
    out.push_str(&text[start..]);
    out
}

/// Receives the events of the tokenizer.
#[derive(Default)]
struct Reader {
    layout: Layout,
    /// The name of the current tag, in lower case.
    name: Vec<u8>,
    is_end: bool,
    is_self_closing: bool,
    /// The name of the last start tag, whose end tag ends raw text.
    last_start: Vec<u8>,
    /// Whether the current raw text is not shown.
    is_hidden: bool,
    /// The number of open templates.
    templates: usize,
    /// The number of open `svg` and `math` elements.
    foreign: usize,
}

impl Reader {
    fn start_tag(&mut self) -> Option<State> {
        self.layout.start_tag(&self.name);
        match &self.name[..] {
            b"template" => self.templates += 1,
            b"svg" | b"math" if !self.is_self_closing => self.foreign += 1,
            _ => (),
        }
        // A self-closing tag has no content in SVG; in HTML the slash is ignored.
        if self.foreign > 0 && self.is_self_closing {
            return None;
        }
        let (state, is_hidden) = match &self.name[..] {
            b"title" => (State::RcData, true),
            b"textarea" => (State::RcData, false),
            b"style" | b"iframe" | b"noembed" | b"noframes" => (State::RawText, true),
            b"xmp" => (State::RawText, false),
            b"script" => (State::ScriptData, true),
            b"plaintext" => (State::PlainText, false),
            _ => return None,
        };
        self.is_hidden = is_hidden;
        Some(state)
    }

    fn end_tag(&mut self) {
        self.layout.end_tag(&self.name);
        match &self.name[..] {
            b"template" => self.templates = self.templates.saturating_sub(1),
            b"svg" | b"math" => self.foreign = self.foreign.saturating_sub(1),
            _ => (),
        }
    }
}

impl Emitter for &mut Reader {
    type Token = Infallible;

    fn emit_string(&mut self, text: &[u8]) {
        if !self.is_hidden && self.templates == 0 {
            self.layout.text(text);
        }
    }

    fn init_start_tag(&mut self) {
        self.name.clear();
        self.is_end = false;
        self.is_self_closing = false;
    }

    fn init_end_tag(&mut self) {
        self.name.clear();
        self.is_end = true;
    }

    fn push_tag_name(&mut self, part: &[u8]) {
        self.name.extend_from_slice(part);
    }

    fn set_self_closing(&mut self) {
        self.is_self_closing = true;
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.is_hidden = false;
        if self.is_end {
            self.end_tag();
            return None;
        }
        self.last_start.clone_from(&self.name);
        self.start_tag()
    }

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.is_end && !self.name.is_empty() && self.name == self.last_start
    }

    fn pop_token(&mut self) -> Option<Infallible> {
        None
    }

    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn set_last_start_tag(&mut self, name: Option<&[u8]>) {
        self.last_start.clear();
        self.last_start.extend_from_slice(name.unwrap_or_default());
    }

    // Attributes, comments, document types and errors are not text.
    fn emit_eof(&mut self) {}
    fn emit_error(&mut self, _: Error) {}
    fn init_comment(&mut self) {}
    fn push_comment(&mut self, _: &[u8]) {}
    fn emit_current_comment(&mut self) {}
    fn init_attribute(&mut self) {}
    fn push_attribute_name(&mut self, _: &[u8]) {}
    fn push_attribute_value(&mut self, _: &[u8]) {}
    fn init_doctype(&mut self) {}
    fn push_doctype_name(&mut self, _: &[u8]) {}
    fn set_doctype_public_identifier(&mut self, _: &[u8]) {}
    fn set_doctype_system_identifier(&mut self, _: &[u8]) {}
    fn push_doctype_public_identifier(&mut self, _: &[u8]) {}
    fn push_doctype_system_identifier(&mut self, _: &[u8]) {}
    fn set_force_quirks(&mut self) {}
    fn emit_current_doctype(&mut self) {}
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
