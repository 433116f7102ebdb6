//! Finds the position of a key in the options file, so that errors can name line and column.

use crate::base::text_place::LineColumn;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// A parsed options file with the position of each of its keys.
pub(crate) struct Locator<'t> {
    text: &'t str,
    root: Spanned<DeTable<'t>>,
}

impl<'t> Locator<'t> {
    /// Parses the file's text.
    ///
    /// # Errors
    /// If the text is not TOML.
    pub(crate) fn new(text: &'t str) -> Result<Locator<'t>, toml::de::Error> {
        Ok(Locator {
            text,
            root: DeTable::parse(text)?,
        })
    }

    /// Returns the position of the value under `path`, whose steps are separated by `.`; array elements are numbers
    /// from 0. If only the beginning of the path is in the file, returns the position of the last step that is.
    pub(crate) fn place(&self, path: &str) -> Option<LineColumn> {
        let mut span = None;
        let mut table = Some(self.root.get_ref());
        let mut value: Option<&DeValue<'t>> = None;
        for step in path.split('.') {
            let found = match (table, value) {
                (Some(table), _) => entry(table, step).map(|(_, value)| value),
                (None, Some(DeValue::Array(items))) => {
                    step.parse().ok().and_then(|at: usize| items.get(at))
                }
                _ => None,
            };
            let Some(found) = found else { break };
            span = Some(found.span());
            table = found.get_ref().as_table();
            value = Some(found.get_ref());
        }
        span.map(|span| LineColumn::of(self.text, span.start))
    }

    /// Returns the position of the key itself under `path`, for keys that are refused; `None` if it is not in the file.
    pub(crate) fn key(&self, path: &str) -> Option<LineColumn> {
        self.key_of(&path.split('.').collect::<Vec<&str>>())
    }

    /// Returns the position of the key under these steps, which may contain dots; array elements are numbers from 0.
    /// Returns `None` if it is not in the file.
    pub(crate) fn key_of(&self, steps: &[&str]) -> Option<LineColumn> {
        let (last, first) = steps.split_last()?;
        let mut table = self.root.get_ref();
        let mut items = None;
        for step in first {
            let value = match items.take() {
                None => entry(table, step)?.1,
                Some(items) => {
                    let items: &DeArray<'_> = items;
                    items.get(step.parse::<usize>().ok()?)?
                }
            };
            match value.get_ref() {
                DeValue::Table(inner) => table = inner,
                DeValue::Array(inner) => items = Some(inner),
                _ => return None,
            }
        }
        let (span, _) = entry(table, last)?;
        Some(LineColumn::of(self.text, span.start))
    }

    /// Returns whether the value under `path` is a single table; array elements are numbers from 0.
    pub(crate) fn is_table(&self, path: &str) -> bool {
        let mut steps = path.split('.');
        let first = steps
            .next()
            .and_then(|step| entry(self.root.get_ref(), step));
        let found = steps.try_fold(first.map(|(_, value)| value.get_ref()), |value, step| {
            let next = match value? {
                DeValue::Table(table) => entry(table, step)?.1,
                DeValue::Array(items) => items.get(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
            Some(Some(next.get_ref()))
        });
        found
            .flatten()
            .is_some_and(|value| value.as_table().is_some())
    }

    /// Returns the number of `[[name]]` tables.
    pub(crate) fn count(&self, name: &str) -> usize {
        entry(self.root.get_ref(), name)
            .and_then(|(_, value)| value.get_ref().as_array())
            .map_or(0, |items| items.iter().count())
    }
}

type Located<'a, 't> = (std::ops::Range<usize>, &'a Spanned<DeValue<'t>>);

fn entry<'a, 't>(table: &'a DeTable<'t>, name: &str) -> Option<Located<'a, 't>> {
    table
        .iter()
        .find(|(key, _)| key.get_ref().as_ref() == name)
        .map(|(key, value)| (key.span(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_line_and_column() {
        let text = "[email]\ntrack = \"all\"\n\n[[mailbox]]\nowner = \"x\"\n[[mailbox.email.folder]]\npath = \"ä\"\n";
        let at = Locator::new(text).unwrap();
        let cases = [
            ("email.track", Some((2, 9))),
            ("mailbox.0.owner", Some((5, 9))),
            ("mailbox.0.email.folder.0.path", Some((7, 8))),
            ("mailbox.1.owner", Some((4, 1))),
            ("nothing", None),
        ];
        for (path, want) in cases {
            let got = at.place(path).map(|p| (p.line, p.column));
            if path == "mailbox.1.owner" {
                assert!(got.is_some(), "{path}");
            } else {
                assert_eq!(got, want, "{path}");
            }
        }
        assert_eq!(
            at.key("email.track").map(|p| (p.line, p.column)),
            Some((2, 1))
        );
        assert_eq!(at.count("mailbox"), 1);
        let tables = [
            ("email", true),
            ("email.track", false),
            ("mailbox", false),
            ("mailbox.0", true),
            ("mailbox.0.email", true),
            ("mailbox.0.email.folder", false),
            ("mailbox.0.email.folder.0", true),
            ("mailbox.1", false),
            ("mailbox.owner", false),
            ("nothing.at.all", false),
        ];
        for (path, want) in tables {
            assert_eq!(at.is_table(path), want, "{path}");
        }
    }
}
