//! Which *initials* the names of a list have, by their length: tells most other names apart at one look.
//!
//! A message has some thirty header fields, and few of them are of any interest.

/// Longer names are taken together.
const LENGTHS: usize = 32;

/// The first letters of names, without case, by the names' length.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Initials([u32; LENGTHS]);

impl Initials {
    /// None.
    pub(crate) const NONE: Initials = Initials([0; LENGTHS]);

    /// These, and those of another name.
    pub(crate) const fn with(mut self, name: &str) -> Initials {
        let (length, letter) = Initials::place(name.as_bytes());
        self.0[length] |= letter;
        self
    }

    /// Whether a name may be one of those: never `false` where it is.
    pub(crate) const fn may_have(&self, name: &[u8]) -> bool {
        let (length, letter) = Initials::place(name);
        self.0[length] & letter != 0
    }

    /// What is no letter falls together with some that are.
    const fn place(bytes: &[u8]) -> (usize, u32) {
        let length = if bytes.len() < LENGTHS {
            bytes.len()
        } else {
            LENGTHS - 1
        };
        let letter = if bytes.is_empty() { 0 } else { bytes[0] & 31 };
        (length, 1 << letter)
    }
}

#[cfg(test)]
mod tests {
    use super::Initials;

    #[test]
    fn a_name_of_the_list_is_never_missed() {
        let names = [
            "From",
            "cc",
            "List-Unsubscribe",
            "",
            "X-A-name-that-is-longer-than-any-that-counts",
        ];
        let initials = names
            .iter()
            .fold(Initials::NONE, |all, name| all.with(name));
        for name in names {
            assert!(
                initials.may_have(name.as_bytes())
                    && initials.may_have(name.to_uppercase().as_bytes()),
                "{name}"
            );
        }
        assert!(!initials.may_have(b"Date") && !initials.may_have(b"DKIM-Signature"));
    }
}
