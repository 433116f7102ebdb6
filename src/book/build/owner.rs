//! Parsing a record's owner.

use crate::base::reference::Reference;

/// Parses an owner: `type:id`, or a bare id, which is a team's if `is_team` says so, else a user's.
pub(crate) fn owner(text: &str, is_team: impl Fn(&str) -> bool) -> Reference {
    let kind = |id| if is_team(id) { "team" } else { "systemuser" };
    Reference::parse(text).unwrap_or_else(|| Reference::new(kind(text), text))
}
