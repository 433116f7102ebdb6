//! The order of record types in R7.

/// The record types in R7's order; all others stand together behind them.
const KIND_ORDER: [&str; 7] = [
    "systemuser",
    "contact",
    "account",
    "lead",
    "equipment",
    "team",
    "businessunit",
];

/// The position of a record type in R7's order: its group, which `createdon` comes after, and its name's position,
/// which decides between records of one group that were created at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KindPosition {
    /// The types of R7's list are a group each, all others are one.
    pub group: u8,
    /// The position of the name among all types of the book.
    pub name: u16,
}

/// Returns the position of each type in R7's order.
pub(super) fn kind_order<'k>(kinds: impl Iterator<Item = &'k str>) -> Vec<KindPosition> {
    let kinds: Vec<&str> = kinds.collect();
    let position = |kind: &&str| {
        let known = KIND_ORDER.iter().position(|known| known == kind);
        KindPosition {
            group: known.unwrap_or(KIND_ORDER.len()) as u8,
            name: kinds.iter().filter(|other| *other < kind).count() as u16,
        }
    };
    kinds.iter().map(position).collect()
}
