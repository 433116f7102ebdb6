//! Text as HTML: nothing that comes from mail can be taken as markup.

use std::fmt::Write as _;

use crate::base::terminal::plain;

/// HTML as it grows.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// Adds markup, as it stands.
    pub(super) fn raw(&mut self, markup: &str) -> &mut Html {
        self.0.push_str(markup);
        self
    }

    /// Adds text, also within a quoted attribute.
    pub(super) fn text(&mut self, text: &str) -> &mut Html {
        for c in plain(text).chars() {
            match c {
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '&' => self.0.push_str("&amp;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c => self.0.push(c),
            }
        }
        self
    }

    /// Adds a number, its thousands parted.
    pub(super) fn number(&mut self, number: u64) -> &mut Html {
        self.raw(&grouped(number))
    }

    /// Adds a share of a whole as a percentage, for a style.
    pub(super) fn percent(&mut self, part: u64, whole: u64) -> &mut Html {
        let share = part as f64 * 100.0 / whole.max(1) as f64;
        let _ = write!(self.0, "{share:.2}%");
        self
    }

    /// Adds JSON that no script element can be ended by.
    pub(super) fn json(&mut self, json: &str) -> &mut Html {
        self.0.push_str(&json.replace('<', "\\u003c"));
        self
    }

    /// The whole.
    pub(super) fn into_string(self) -> String {
        self.0
    }
}

/// A number with its thousands parted by commas.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Html, grouped};

    #[test]
    fn text_is_never_markup() {
        let mut html = Html::default();
        html.text("<b a=\"1\" c='2'>&amp;\u{202e}\0")
            .json("\"</script><!--\"");
        let want = "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;\u{fffd}\u{fffd}\"\\u003c/script>\\u003c!--\"";
        assert_eq!(html.into_string(), want);
    }

    #[test]
    fn thousands_are_parted() {
        let texts = [0, 999, 1000, 1_234_567].map(grouped);
        assert_eq!(texts, ["0", "999", "1,000", "1,234,567"]);
    }
}
