//! Makes text safe for a *terminal*: nothing that comes from mail may move the cursor, change colors or reverse text.

use std::borrow::Cow;
use std::path::Path;

/// Replaces control characters and direction overrides by U+FFFD.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if text.contains(is_unsafe) {
        Cow::Owned(text.replace(is_unsafe, "\u{FFFD}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Returns a path as safe text.
pub(crate) fn shown(path: &Path) -> String {
    plain(&path.display().to_string()).into_owned()
}

/// Returns a number with its noun: `one` for 1, else `many`.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::{counted, plain};

    #[test]
    fn one_is_not_several() {
        let said = [0, 1, 2, 21].map(|count| counted(count, "message", "messages"));
        assert_eq!(
            said,
            ["0 messages", "1 message", "2 messages", "21 messages"]
        );
    }

    #[test]
    fn nothing_moves_the_cursor() {
        let cases = [
            ("plain ü", "plain ü"),
            ("a\x1b[2Jb\x07", "a\u{FFFD}[2Jb\u{FFFD}"),
            ("a\u{202E}b\u{9b}c\nd", "a\u{FFFD}b\u{FFFD}c\u{FFFD}d"),
        ];
        for (text, want) in cases {
            assert_eq!(plain(text), want);
        }
    }
}
