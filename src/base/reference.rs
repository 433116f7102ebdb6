//! A *reference* names one record of the CRM, written `type:id` (`account:a-17`) wherever one is named.

use std::fmt;

/// A record's logical type name and its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    /// Dataverse logical name of the record type, such as `contact`.
    pub kind: Box<str>,
    /// The record's id as the book writes it.
    pub id: Box<str>,
}

impl Reference {
    /// Makes a reference from its two parts.
    pub fn new(kind: &str, id: &str) -> Reference {
        Reference {
            kind: kind.into(),
            id: id.into(),
        }
    }

    /// Reads `type:id`. `None` where the colon, the type or the id is missing.
    ///
    /// An id may hold colons; a type is a logical name: letters, digits and `_`.
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

/// A reference whose parts lie elsewhere: rows name many records, and copy none of their ids.
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
    /// The reference without a copy.
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
