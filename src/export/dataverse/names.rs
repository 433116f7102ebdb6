//! The names of records and codes in Dataverse's Web API.

/// `statecode` of a completed email, which is read-only.
pub(crate) const COMPLETED: u8 = 1;

/// `statuscode` of a completed email that was sent.
pub(crate) const SENT: u8 = 3;

/// `statuscode` of a completed email that was received.
pub(crate) const RECEIVED: u8 = 4;

/// Returns the entity set name of a record type. Dataverse forms it as the English plural of the logical name.
pub(crate) fn entity_set(kind: &str) -> String {
    let ends = |all: &[&str]| all.iter().any(|it| kind.ends_with(it));
    match kind.strip_suffix('y') {
        Some(stem) if !ends(&["ay", "ey", "oy", "uy"]) => format!("{stem}ies"),
        None if ends(&["s", "x", "z", "ch", "sh"]) => format!("{kind}es"),
        _ => format!("{kind}s"),
    }
}

/// Returns the address of a record, relative to the Web API's root.
pub(crate) fn path(kind: &str, id: &str) -> String {
    format!("{}({id})", entity_set(kind))
}

#[cfg(test)]
mod tests {
    use super::entity_set;

    #[test]
    fn sets_are_plurals() {
        for (kind, want) in [
            ("contact", "contacts"),
            ("systemuser", "systemusers"),
            ("opportunity", "opportunities"),
            ("campaignactivity", "campaignactivities"),
            ("new_key", "new_keys"),
            ("new_business", "new_businesses"),
            ("new_box", "new_boxes"),
            ("new_branch", "new_branches"),
        ] {
            assert_eq!(entity_set(kind), want);
        }
    }
}
