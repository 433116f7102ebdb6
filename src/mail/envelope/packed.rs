//! How an envelope is *packed*: its numbers and texts stand one after another in one piece of memory, in the order in which
//! they are asked for. That of a message takes some hundred bytes, which lie together: what the decision asks for stands first.
//!
//! Three numbers say how many ids of In-Reply-To, ids of References and parties there are. These follow in that order, then
//! the subject and the Thread-Index. Of a party come its kind, its address, how long its texts are, and these: so that who
//! asks for addresses only steps over the texts. A number takes seven bits of each byte, the lowest first; ids and addresses
//! always take four bytes, so that they can be given other numbers.

/// What is left of an envelope that is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packed<'e>(pub(super) &'e [u8]);

/// A party's kind is the number of its field, and this where it has a name.
pub(super) const HAS_NAME: u8 = 8;
/// The same where its address is written in another way than its normal form.
pub(super) const IS_WRITTEN: u8 = 16;

/// How many of each an envelope has.
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

    /// A text that an envelope may have.
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
        // Where nothing is left, as in an envelope of nothing, it is 0.
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
pub(super) struct Texts<'e> {
    pub(super) kind: u8,
    pub(super) bytes: &'e [u8],
}

impl<'e> Texts<'e> {
    pub(super) fn name(self) -> &'e str {
        match (self.has(HAS_NAME), self.has(IS_WRITTEN)) {
            (false, _) => "",
            (true, false) => text(self.bytes),
            (true, true) => text(Packed(self.bytes).text()),
        }
    }

    /// The address as it is written, if that is not the normal form.
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

    /// Whether these are the same party's.
    pub(super) fn are(self, other: Texts<'_>) -> bool {
        std::ptr::eq(self.bytes, other.bytes)
    }
}

/// What was packed as text is text.
pub(super) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}
