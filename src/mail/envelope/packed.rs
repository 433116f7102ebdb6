//! How an envelope is *packed*: its numbers and texts stand one after another in one piece of memory, in the order in which
//! they are asked for. That of a message takes some hundred bytes, which lie together: what the decision asks for stands first.
//!
//! Three numbers say how many ids of In-Reply-To, ids of References and parties there are. These follow in that order, then
//! the subject and the Thread-Index. Of a party come its kind, its address, how long its texts are, and these: so that who
//! asks for addresses only steps over the texts. A number takes seven bits of each byte, the lowest first; ids and addresses
//! always take four bytes, so that they can be given other numbers.

use super::AddressId;
use crate::mail::envelope::party::{Party, Role};
use crate::mail::identity::numbered::IdentityId;

/// What is left of an envelope that is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packed<'e>(pub(super) &'e [u8]);

/// A party's kind is the number of its field, and this where it has a name.
const HAS_NAME: u8 = 8;
/// The same where its address is written in another way than its normal form.
const IS_WRITTEN: u8 = 16;

pub(super) const ROLES: [Role; 8] = [
    Role::From,
    Role::To,
    Role::Cc,
    Role::Bcc,
    Role::Organizer,
    Role::OriginalFrom,
    Role::OriginalSender,
    Role::ReplyTo,
];

/// In the place of an address.
const NO_ADDRESS: u32 = u32::MAX;

/// The texts of a party.
#[derive(Clone, Copy, Debug)]
pub(super) struct Texts<'e> {
    kind: u8,
    bytes: &'e [u8],
}

impl<'e> Texts<'e> {
    pub(super) fn name(self) -> &'e str {
        match (self.has(HAS_NAME), self.has(IS_WRITTEN)) {
            (false, _) => "",
            (true, false) => text(self.bytes),
            (true, true) => text(Packed(self.bytes).text()),
        }
    }

    /// The address as it is written, where that is not the normal form.
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

    #[inline]
    pub(super) fn party(&mut self) -> Option<(Role, Party<'e>)> {
        let (&[kind, address @ ..], rest) = self.0.split_first_chunk::<5>()?;
        self.0 = rest;
        let address = u32::from_le_bytes(address);
        let texts = Texts {
            kind,
            bytes: self.text(),
        };
        let party = Party {
            address: (address != NO_ADDRESS).then_some(AddressId(address)),
            texts,
        };
        Some((ROLES[usize::from(kind & 7)], party))
    }

    /// A text that an envelope may have.
    pub(super) fn optional(&mut self) -> Option<&'e [u8]> {
        let length = self.number().checked_sub(1)?;
        Some(self.bytes(length as usize))
    }

    #[inline]
    fn text(&mut self) -> &'e [u8] {
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

/// What was packed as text is text.
pub(super) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// An envelope that is being packed.
#[derive(Debug, Default)]
pub(super) struct Packer(Vec<u8>);

impl Packer {
    pub(super) fn counts(&mut self, counts: Counts) {
        let Counts {
            in_reply_to,
            references,
            parties,
        } = counts;
        [in_reply_to, references, parties]
            .into_iter()
            .for_each(|count| self.number(count));
    }

    pub(super) fn id(&mut self, id: IdentityId) {
        self.0.extend_from_slice(&id.0.to_le_bytes());
    }

    /// A party; `written` is its address as it is written, where that is not the normal form.
    pub(super) fn party(
        &mut self,
        role: Role,
        address: Option<AddressId>,
        name: &str,
        written: Option<&str>,
    ) {
        let has_name = !name.is_empty();
        let has = |what, it: bool| if it { what } else { 0 };
        let kind = has(HAS_NAME, has_name) | has(IS_WRITTEN, written.is_some());
        self.0.push(role as u8 | kind);
        let address = address.map_or(NO_ADDRESS, |address| address.0);
        self.0.extend_from_slice(&address.to_le_bytes());
        let texts = name.len() + written.map_or(0, str::len);
        match written {
            // Only of two texts it must be known where the second begins.
            Some(_) if has_name => {
                self.number(texts + number_length(name.len()));
                self.number(name.len());
            }
            _ => self.number(texts),
        }
        for text in [name, written.unwrap_or_default()] {
            self.0.extend_from_slice(text.as_bytes());
        }
    }

    pub(super) fn optional(&mut self, text: Option<&str>) {
        self.number(text.map_or(0, |text| text.len() + 1));
        self.0
            .extend_from_slice(text.unwrap_or_default().as_bytes());
    }

    /// It is of one head, and nobody reads one that is longer than 4 GiB.
    fn number(&mut self, number: usize) {
        let mut left = number as u32;
        while left >= 0x80 {
            self.0.push(left as u8 | 0x80);
            left >>= 7;
        }
        self.0.push(left as u8);
    }

    /// What was packed.
    pub(super) fn finish(&self) -> Box<[u8]> {
        self.0.as_slice().into()
    }

    /// Forgets what was packed, and keeps the room.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Gives the ids and the addresses other numbers.
pub(super) fn number(
    packed: &mut [u8],
    mut address: impl FnMut(AddressId) -> AddressId,
    mut id: impl FnMut(IdentityId) -> IdentityId,
) {
    let all = packed.len();
    let mut rest = Packed(packed);
    let counts = rest.counts();
    let start = all - rest.0.len();
    let parties = start + 4 * (counts.in_reply_to + counts.references);
    for own in packed[start..parties].as_chunks_mut().0 {
        *own = id(IdentityId(u32::from_le_bytes(*own))).0.to_le_bytes();
    }
    let mut at = parties;
    for _ in 0..counts.parties {
        let mut rest = Packed(&packed[at..]);
        let before = rest.0.len();
        let known = rest.party().and_then(|(_, party)| party.address);
        let length = before - rest.0.len();
        if let Some(known) = known {
            packed[at + 1..at + 5].copy_from_slice(&address(known).0.to_le_bytes());
        }
        at += length;
    }
}

/// How many bytes a number takes.
fn number_length(number: usize) -> usize {
    (usize::BITS - (number | 1).leading_zeros()).div_ceil(7) as usize
}
