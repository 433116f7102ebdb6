//! An *envelope* is what the decision needs of a message: some hundred and forty bytes taken from its head.
//!
//! A run keeps the envelopes of all its mail, so that each is small: its parties, the ids that it names and its texts are
//! packed (`packed.rs`) into one piece of memory.

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
