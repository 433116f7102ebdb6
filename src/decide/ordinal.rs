//! The place of a message in the order of decisions.

/// The number of a message in the order in which messages are decided (R2), counted from 0. Not its number in the mail,
/// which is a `MessageNumber`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ordinal(pub u32);

impl Ordinal {
    /// The index of its decision.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
