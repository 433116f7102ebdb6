//! A *reference* identifies a record of the CRM, and is written `type:id` (`account:a-17`) everywhere.

use std::fmt;

/// A record's logical type name and its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    /// Dataverse logical name of the record type, such as `contact`.
    pub kind: Box<str>,
    /// The record's id as in the book.
    pub id: Box<str>,
}

impl Reference {
    /// Creates a reference from its two parts.
    pub fn new(kind: &str, id: &str) -> Reference {
        Reference {
            kind: kind.into(),
            id: id.into(),
        }
    }

    /// Parses `type:id`. Returns `None` if the colon, the type or the id is missing.
    ///
    /// An id may contain colons. A type is a logical name of letters, digits and `_`.
    pub fn parse(text: &str) -> Option<Reference> {
        let (kind, id) = text.trim().split_once(':')?;
        let is_name =
            !kind.is_empty() && kind.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let id = id.trim();
        (is_name && !id.is_empty()).then(|| Reference::new(&kind.to_ascii_lowercase(), id))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(out)
    }
}

impl serde::Serialize for Reference {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// A reference with borrowed parts: rows contain many references, and must not copy their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferenceView<'a> {
    /// As in [`Reference`].
    pub kind: &'a str,
    /// As in [`Reference`].
    pub id: &'a str,
}

impl fmt::Display for ReferenceView<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        [self.kind, ":", self.id]
            .into_iter()
            .try_for_each(|part| out.write_str(part))
    }
}

impl serde::Serialize for ReferenceView<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl Reference {
    /// Borrows the reference.
    pub fn view(&self) -> ReferenceView<'_> {
        ReferenceView {
            kind: &self.kind,
            id: &self.id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_type_and_id() {
        let cases = [
            ("account:a-17", Some(("account", "a-17"))),
            (" Contact:x:y ", Some(("contact", "x:y"))),
            ("cr4f2_vendor:1", Some(("cr4f2_vendor", "1"))),
            ("account:", None),
            (":a", None),
            ("a b:c", None),
            ("account", None),
        ];
        for (text, want) in cases {
            let want = want.map(|(kind, id)| Reference::new(kind, id));
            assert_eq!(Reference::parse(text), want, "{text}");
        }
    }
}
