//! Packs an envelope into the form that `packed.rs` reads.

use super::addresses::AddressId;
use super::packed::{Counts, HAS_NAME, IS_WRITTEN, Packed};
use super::party::{NO_ADDRESS, PartyField};
use crate::mail::identity::numbered::IdentityId;

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

    /// Adds a party. `written` is its address as it is written, if that differs from its normal form.
    pub(super) fn party(
        &mut self,
        role: PartyField,
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
            // The length of the name is needed only if a second text follows it.
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

    /// The cast is lossless: all numbers count parts of one header section, and those are below 4 GiB.
    fn number(&mut self, number: usize) {
        let mut left = number as u32;
        while left >= 0x80 {
            self.0.push(left as u8 | 0x80);
            left >>= 7;
        }
        self.0.push(left as u8);
    }

    /// Returns the packed bytes.
    pub(super) fn finish(&self) -> Box<[u8]> {
        self.0.as_slice().into()
    }

    /// Clears the bytes, and keeps the allocation.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Returns the number of bytes that a number takes.
fn number_length(number: usize) -> usize {
    (usize::BITS - (number | 1).leading_zeros()).div_ceil(7) as usize
}

/// Renumbers the ids and the addresses.
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
