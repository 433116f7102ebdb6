//! Invisible characters (Unicode's general category Cf: zero-width spaces, direction marks, soft hyphens, byte order marks).
//! Web pages and word processors leave them in what people copy; they are not part of any address (rule R7).

use std::borrow::Cow;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// Whether a character is a format character, which nobody sees.
pub(crate) fn is_invisible(c: char) -> bool {
    !c.is_ascii() && c.general_category() == GeneralCategory::Format
}

/// The text without its invisible characters.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    match !text.is_ascii() && text.contains(is_invisible) {
        true => text
            .chars()
            .filter(|&c| !is_invisible(c))
            .collect::<String>()
            .into(),
        false => text.into(),
    }
}

/// A name without what nobody sees: invisible characters, and control characters that are not white space. Joiners
/// between letters of scripts that are spelt with them stay.
pub(crate) fn visible_name(text: &str) -> Cow<'_, str> {
    let is_hidden = |c: char| (c.is_control() && !c.is_whitespace()) || is_invisible(c);
    if !text.contains(is_hidden) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_joiner = matches!(c, '\u{200c}' | '\u{200d}');
        // Latin, Greek and Cyrillic have none.
        let is_letter = |c: Option<char>| c.is_some_and(|c| c >= '\u{600}' && c.is_alphabetic());
        let is_spelling =
            is_joiner && is_letter(out.chars().next_back()) && is_letter(chars.peek().copied());
        if is_spelling || !is_hidden(c) {
            out.push(c);
        }
    }
    out.into()
}
