//! Converts values into a form that Dataverse's columns accept: limited in length, and without control characters.

use serde_json::{Map, Value};

/// The maximum lengths of columns in UTF-16 code units, according to the reference of their tables.
const LENGTHS_MAX: [(&str, &str, usize); 12] = [
    ("contact", "firstname", 50),
    ("contact", "lastname", 50),
    ("lead", "firstname", 50),
    ("lead", "lastname", 50),
    ("lead", "companyname", 100),
    ("lead", "subject", 300),
    ("email", "subject", 800),
    ("email", "sender", 250),
    ("email", "torecipients", 500),
    ("email", "messageid", 320),
    ("activityparty", "addressused", 200),
    ("activityparty", "unresolvedpartyname", 200),
];

/// Columns whose value is useless if it is cut.
const WHOLE: [&str; 2] = ["messageid", "addressused"];

/// Replaces a control character.
const REPLACEMENT: &str = "\u{FFFD}";

/// Converts values, and counts those that had to be changed.
#[derive(Debug, Default)]
pub(crate) struct TextWriter {
    /// The number of texts that were longer than their column, and were cut or left out.
    pub cut: u64,
    /// The number of texts with control characters.
    pub replaced: u64,
}

impl TextWriter {
    /// Adds a value to a request body, unless it is null.
    pub(crate) fn put(
        &mut self,
        body: &mut Map<String, Value>,
        kind: &str,
        column: &str,
        value: &Value,
    ) {
        let value = match value {
            Value::Null => return,
            Value::String(text) => match self.fit(kind, column, text) {
                Some(text) => Value::String(text),
                None => return,
            },
            other => other.clone(),
        };
        body.insert(column.into(), value);
    }

    fn fit(&mut self, kind: &str, column: &str, text: &str) -> Option<String> {
        let is_bad = |it: char| it.is_ascii_control() && !matches!(it, '\t' | '\n' | '\r');
        let has_bad = text.contains(is_bad);
        self.replaced += u64::from(has_bad);
        let text = if has_bad {
            text.replace(is_bad, REPLACEMENT)
        } else {
            text.into()
        };
        let mut limits = LENGTHS_MAX.iter();
        let limit = limits.find(|(of, name, _)| (*of, *name) == (kind, column));
        let Some((_, _, length_max)) = limit else {
            return Some(text);
        };
        let mut length = 0;
        let end = text.char_indices().find(|(_, it)| {
            length += it.len_utf16();
            length > *length_max
        });
        let Some((end, _)) = end else {
            return Some(text);
        };
        self.cut += 1;
        (!WHOLE.contains(&column)).then(|| text[..end].into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::TextWriter;

    #[test]
    fn a_text_fits_its_column() {
        let mut texts = TextWriter::default();
        let mut body = Map::new();
        for (column, value) in [
            ("subject", json!("ä".repeat(800))),
            ("sender", json!("👩".repeat(126))),
            ("messageid", json!("i".repeat(321))),
            (
                "description",
                json!("a\0b\u{b}\tc".to_owned() + &"x".repeat(5000)),
            ),
            ("mimetype", json!(null)),
        ] {
            texts.put(&mut body, "email", column, &value);
        }
        assert_eq!((texts.cut, texts.replaced), (2, 1));
        assert_eq!(body["subject"], "ä".repeat(800));
        assert_eq!(body["sender"], "👩".repeat(125));
        let description = body["description"].as_str().unwrap();
        assert!(description.starts_with("a\u{FFFD}b\u{FFFD}\tc"));
        assert_eq!(body.len(), 3);
    }
}
