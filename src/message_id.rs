//! A *Message-ID* names a message (RFC 5322, section 3.6.4); what stands between `<` and `>` is compared byte for
//! byte (R1).

/// The id that a `Message-ID:` value holds: what stands between `<` and `>`, without them the value; white space
/// around it removed. An empty one is none.
pub fn identity(value: &str) -> Option<&str> {
    let value = value.trim();
    let inner = match value.split_once('<') {
        Some((_, after)) => after.split('>').next().unwrap_or(after).trim(),
        None => value.trim_end_matches('>').trim(),
    };
    (!inner.is_empty()).then_some(inner)
}

/// The ids that an `In-Reply-To:` or `References:` value holds, in order: what stands in `<` and `>`. Anything else is
/// words about the message (RFC 5322, section 4.5.4), and threads that mail programs show are not made of them.
pub fn list(value: &str) -> impl Iterator<Item = &str> {
    value
        .split('<')
        .skip(1)
        .filter_map(|part| part.split_once('>'))
        .map(|(id, _)| id.trim())
        .filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_stands_between_brackets() {
        let cases = [
            ("<a@x>", Some("a@x")),
            (" < a@x > (comment)", Some("a@x")),
            ("a@x", Some("a@x")),
            ("<A@X>", Some("A@X")),
            ("<a@x", Some("a@x")),
            ("a@x>", Some("a@x")),
            ("<>", None),
            ("  ", None),
        ];
        for (value, want) in cases {
            assert_eq!(identity(value), want, "{value}");
        }
    }

    #[test]
    fn lists_ids_in_order() {
        let cases: [(&str, &[&str]); 6] = [
            ("<a@x> <b@x>", &["a@x", "b@x"]),
            ("<a@x><b@x>", &["a@x", "b@x"]),
            ("Your message of Monday <a@x>", &["a@x"]),
            ("<a@x> <cut@x", &["a@x"]),
            ("a@x, b@x", &[]),
            ("", &[]),
        ];
        for (value, want) in cases {
            assert_eq!(list(value).collect::<Vec<_>>(), want, "{value}");
        }
    }
}
