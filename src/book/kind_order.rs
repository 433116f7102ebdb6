//! The order of record types in R7.

/// The record types in R7's order; all others follow by name.
const KIND_ORDER: [&str; 7] = [
    "systemuser",
    "contact",
    "account",
    "lead",
    "equipment",
    "team",
    "businessunit",
];

/// Returns the position of each type in R7's order.
pub(super) fn kind_order<'k>(kinds: impl Iterator<Item = &'k str>) -> Vec<u16> {
    let kinds: Vec<&str> = kinds.collect();
    let key = |kind: &str| {
        let known = KIND_ORDER.iter().position(|&known| known == kind);
        (known.unwrap_or(KIND_ORDER.len()), kind.to_owned())
    };
    let place = |kind: &&str| kinds.iter().filter(|other| key(other) < key(kind)).count() as u16;
    kinds.iter().map(place).collect()
}
