//! Invisible characters (Unicode's general category Cf: zero-width spaces, direction marks, soft hyphens, byte order marks).
//! Web pages and word processors leave them in what people copy; they are not part of any address (rule R7).

use std::borrow::Cow;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// Whether a character is a format character, which nobody sees.
pub fn is_invisible(c: char) -> bool {
    !c.is_ascii() && c.general_category() == GeneralCategory::Format
}

/// The text without its invisible characters.
pub fn visible(text: &str) -> Cow<'_, str> {
    match !text.is_ascii() && text.contains(is_invisible) {
        true => text
            .chars()
            .filter(|&c| !is_invisible(c))
            .collect::<String>()
            .into(),
        false => text.into(),
    }
}
