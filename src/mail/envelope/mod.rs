//! An *envelope* holds what decisions need of a message: about 140 bytes from its header section.
//!
//! A run keeps the envelopes of all its mail, so each must be small: parties, ids and texts are packed into one
//! allocation (`packed.rs`).

pub(crate) mod addresses;
pub(crate) mod draft;
pub(crate) mod packed;
pub(crate) mod packer;
pub(crate) mod party;
pub(crate) mod reading;
pub(crate) mod writing;

pub(crate) use addresses::{AddressId, Addresses, Distinct};
pub(crate) use draft::{EnvelopeDraft, HeaderReader};
pub(crate) use reading::*;
pub(crate) use writing::EnvelopeBuilder;
