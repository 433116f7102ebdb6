//! The *packed* form of an envelope: its numbers and texts in one allocation of about a hundred bytes, ordered so that
//! what decisions read comes first.
//!
//! It starts with the number of ids of In-Reply-To, of ids of References, and of parties. These follow in that order,
//! then the subject and the Thread-Index. A party consists of its kind, its address, the length of its texts, and the
//! texts, so that a reader that needs only addresses can skip the texts. Numbers are in LEB128; ids and addresses
//! always take four bytes, so that they can be renumbered in place.

/// The part of an envelope that has not been read yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packed<'e>(pub(super) &'e [u8]);

/// Bit of a party's kind: the party has a name. The lower bits are the number of its field.
pub(super) const HAS_NAME: u8 = 8;
/// Bit of a party's kind: its address is written differently from its normal form.
pub(super) const IS_WRITTEN: u8 = 16;

/// The counts at the start of an envelope.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counts {
    pub(super) in_reply_to: usize,
    pub(super) references: usize,
    pub(super) parties: usize,
}

impl<'e> Packed<'e> {
    #[inline]
    pub(super) fn counts(&mut self) -> Counts {
        let mut next = || self.number() as usize;
        Counts {
            in_reply_to: next(),
            references: next(),
            parties: next(),
        }
    }

    pub(super) fn ids(&mut self, count: usize) -> &'e [[u8; 4]] {
        self.bytes(4 * count).as_chunks().0
    }

    /// Reads an optional text.
    pub(super) fn optional(&mut self) -> Option<&'e [u8]> {
        let length = self.number().checked_sub(1)?;
        Some(self.bytes(length as usize))
    }

    #[inline]
    pub(super) fn text(&mut self) -> &'e [u8] {
        let length = self.number();
        self.bytes(length as usize)
    }

    #[inline]
    fn number(&mut self) -> u32 {
        if let Some((&byte @ ..0x80, rest)) = self.0.split_first() {
            self.0 = rest;
            return byte.into();
        }
        self.long_number()
    }

    fn long_number(&mut self) -> u32 {
        let (mut number, mut bits) = (0, 0);
        // The number is 0 if nothing is left, as in a default envelope.
        while let Some((&byte, rest)) = self.0.split_first() {
            self.0 = rest;
            number |= u32::from(byte & 0x7F) << bits;
            if byte < 0x80 {
                return number;
            }
            bits += 7;
        }
        number
    }

    #[inline]
    fn bytes(&mut self, count: usize) -> &'e [u8] {
        let (bytes, rest) = self.0.split_at(count);
        self.0 = rest;
        bytes
    }
}

/// The texts of a party.
#[derive(Clone, Copy, Debug)]
pub(super) struct PartyTexts<'e> {
    pub(super) kind: u8,
    pub(super) bytes: &'e [u8],
}

impl<'e> PartyTexts<'e> {
    pub(super) fn name(self) -> &'e str {
        match (self.has(HAS_NAME), self.has(IS_WRITTEN)) {
            (false, _) => "",
            (true, false) => text(self.bytes),
            (true, true) => text(Packed(self.bytes).text()),
        }
    }

    /// Returns the address as it is written, if that differs from its normal form.
    pub(super) fn written(self) -> Option<&'e str> {
        let mut bytes = Packed(self.bytes);
        if self.has(HAS_NAME | IS_WRITTEN) {
            bytes.text();
        }
        self.has(IS_WRITTEN).then(|| text(bytes.0))
    }

    fn has(self, what: u8) -> bool {
        self.kind & what == what
    }

    /// Returns whether both are the texts of the same party.
    pub(super) fn are(self, other: PartyTexts<'_>) -> bool {
        std::ptr::eq(self.bytes, other.bytes)
    }
}

/// Returns bytes as text; they were packed from valid UTF-8.
pub(super) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}
