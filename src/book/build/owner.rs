//! The owner of a record, as a cell says it.

use crate::base::reference::Reference;

/// An owner as the book writes it: a bare id is a `systemuser`, else a `team`.
pub(crate) fn owner(text: &str, is_team: impl Fn(&str) -> bool) -> Reference {
    let kind = |id| if is_team(id) { "team" } else { "systemuser" };
    Reference::parse(text).unwrap_or_else(|| Reference::new(kind(text), text))
}
