//! Invisible characters: Unicode's general category Cf, such as zero-width spaces, direction marks, soft hyphens and
//! byte order marks. They get into addresses by copying from web pages and word processors, and are not part of any
//! address (rule R7).

use std::borrow::Cow;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// Returns whether a character is an invisible format character.
pub(crate) fn is_invisible(c: char) -> bool {
    !c.is_ascii() && c.general_category() == GeneralCategory::Format
}

/// Returns the text without invisible characters.
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

/// Returns a name without invisible characters and without control characters other than white space. Joiners between
/// letters are kept in scripts that use them for spelling.
pub(crate) fn visible_name(text: &str) -> Cow<'_, str> {
    let is_hidden = |c: char| (c.is_control() && !c.is_whitespace()) || is_invisible(c);
    if !text.contains(is_hidden) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_joiner = matches!(c, '\u{200c}' | '\u{200d}');
        // Latin, Greek and Cyrillic do not use joiners.
        let is_letter = |c: Option<char>| c.is_some_and(|c| c >= '\u{600}' && c.is_alphabetic());
        let is_spelling =
            is_joiner && is_letter(out.chars().next_back()) && is_letter(chars.peek().copied());
        if is_spelling || !is_hidden(c) {
            out.push(c);
        }
    }
    out.into()
}
