//! A party of a message, and the field that names it.

use crate::mail::envelope::addresses::AddressId;
use crate::mail::envelope::addresses::Addresses;
use crate::mail::envelope::packed::{Packed, Texts};

/// A mailbox of an address field.
#[derive(Clone, Copy, Debug)]
pub struct Party<'e> {
    /// The number of the address in normal form; `None` if there is no usable one.
    pub address: Option<AddressId>,
    pub(super) texts: Texts<'e>,
}

impl<'e> Party<'e> {
    /// The display name, decoded; never empty.
    pub fn name(self) -> Option<&'e str> {
        Some(self.texts.name()).filter(|name| !name.is_empty())
    }

    /// The address as the message writes it. `addresses` has its normal form.
    pub fn written(self, addresses: &'e Addresses) -> &'e str {
        match (self.texts.written(), self.address) {
            (None, Some(address)) => addresses.get(address).as_str(),
            (written, _) => written.unwrap_or_default(),
        }
    }

    /// Whether it stands at the same place of the same envelope.
    pub fn is(self, other: Party<'_>) -> bool {
        self.texts.are(other.texts)
    }
}

/// The field that a party stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// From.
    From,
    /// To.
    To,
    /// Cc.
    Cc,
    /// Bcc.
    Bcc,
    /// Of a meeting invitation: who invites (R11).
    Organizer,
    /// X-Original-From, which lists write that rewrite From (R3).
    OriginalFrom,
    /// X-Original-Sender, likewise.
    OriginalSender,
    /// Reply-To, which may name the author of what a list or a web form sends (R3).
    ReplyTo,
}

/// Every field, by the number that stands for it in an envelope.
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
pub(super) const NO_ADDRESS: u32 = u32::MAX;

impl<'e> Packed<'e> {
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
}

/// Whether a display name says that its address writes in the name of others: `Ann Beck via DocuSign`.
pub(crate) fn is_in_others_name(display: &str) -> bool {
    // In lower case only: `Via` is a surname as well.
    memchr::memmem::find(display.as_bytes(), b" via ").is_some()
}
