//! A party of a message, and the field that it is in.

use crate::mail::envelope::addresses::AddressId;
use crate::mail::envelope::addresses::Addresses;
use crate::mail::envelope::packed::{Packed, PartyTexts};

/// A mailbox of an address field.
#[derive(Clone, Copy, Debug)]
pub struct Party<'e> {
    /// The number of the address in normal form; `None` if there is no usable address.
    pub address: Option<AddressId>,
    pub(super) texts: PartyTexts<'e>,
}

impl<'e> Party<'e> {
    /// Returns the decoded display name; never empty.
    pub fn name(self) -> Option<&'e str> {
        Some(self.texts.name()).filter(|name| !name.is_empty())
    }

    /// Returns the address as the message writes it. `addresses` has its normal form.
    pub fn written(self, addresses: &'e Addresses) -> &'e str {
        match (self.texts.written(), self.address) {
            (None, Some(address)) => addresses.get(address).as_str(),
            (written, _) => written.unwrap_or_default(),
        }
    }

    /// Returns whether both are the same entry of the same envelope.
    pub fn is(self, other: Party<'_>) -> bool {
        self.texts.are(other.texts)
    }
}

/// The field that a party is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartyField {
    /// From.
    From,
    /// To.
    To,
    /// Cc.
    Cc,
    /// Bcc.
    Bcc,
    /// The organizer of a meeting invitation (R11).
    Organizer,
    /// X-Original-From, added by mailing lists that rewrite From (R3).
    OriginalFrom,
    /// X-Original-Sender, added by the same lists.
    OriginalSender,
    /// Reply-To, which may name the author of a message from a list or a web form (R3).
    ReplyTo,
}

/// Every field, indexed by its number in an envelope.
pub(super) const ROLES: [PartyField; 8] = [
    PartyField::From,
    PartyField::To,
    PartyField::Cc,
    PartyField::Bcc,
    PartyField::Organizer,
    PartyField::OriginalFrom,
    PartyField::OriginalSender,
    PartyField::ReplyTo,
];

/// Stored in place of a missing address.
pub(super) const NO_ADDRESS: u32 = u32::MAX;

impl<'e> Packed<'e> {
    #[inline]
    pub(super) fn party(&mut self) -> Option<(PartyField, Party<'e>)> {
        let (&[kind, address @ ..], rest) = self.0.split_first_chunk::<5>()?;
        self.0 = rest;
        let address = u32::from_le_bytes(address);
        let texts = PartyTexts {
            kind,
            bytes: self.text(),
        };
        let party = Party {
            address: (address != NO_ADDRESS).then_some(AddressId(address)),
            texts,
        };
        Some((ROLES[usize::from(kind & 7)], party))
    }
}

/// Returns whether a display name says that the address sends on behalf of others, such as `Ann Beck via DocuSign`.
pub(crate) fn is_on_behalf(display: &str) -> bool {
    // Lower case only, because `Via` is also a surname.
    memchr::memmem::find(display.as_bytes(), b" via ").is_some()
}
