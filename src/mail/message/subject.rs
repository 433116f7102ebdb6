//! Reads the subject of a message as one line.

use crate::mail::message::folding::folded_text;
use crate::mail::message::words::decode_words;
use std::borrow::Cow;

/// Returns a subject as one line of text (R12). A run of white space that contains a line end, a tab or another
/// white-space control character becomes one space, in the raw field as well as in its decoded words. Other runs of
/// spaces are the author's, and are kept.
pub(crate) fn subject(value: &[u8]) -> Cow<'_, str> {
    let text = then(folded_text(value), on_one_line);
    then(then(text, decode_words), on_one_line)
}

/// Applies a function that often returns the text unchanged.
fn then<'a>(text: Cow<'a, str>, change: fn(&str) -> Cow<'_, str>) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => change(text),
        Cow::Owned(text) => match change(&text) {
            Cow::Borrowed(same) if same.len() == text.len() => Cow::Owned(text),
            changed => Cow::Owned(changed.into_owned()),
        },
    }
}

/// Replaces line ends and tabs as described in [`subject`].
fn on_one_line(text: &str) -> Cow<'_, str> {
    // Few texts contain such a character, or a byte that one of them begins with.
    let may_break = |byte| matches!(byte, b'\t'..=b'\r' | 0xC2 | 0xE2);
    let is_one_line = !text
        .bytes()
        .fold(false, |found, byte| found | may_break(byte));
    if is_one_line || !text.contains(breaks_line) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(char::is_whitespace) {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let after = from.trim_start();
        let run = &from[..from.len() - after.len()];
        if !run.contains(breaks_line) {
            out.push_str(run);
        } else if !out.is_empty() && !after.is_empty() {
            out.push(' ');
        }
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn breaks_line(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
