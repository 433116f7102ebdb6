//! The position of a message in the order of decisions.

/// Position of a message in the order of decisions (R2), counted from 0. Its number in the mail is a `MessageNumber`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ordinal(pub u32);

impl Ordinal {
    /// Returns the index of its decision.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
