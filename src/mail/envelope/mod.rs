//! An *envelope* is what the decision needs of a message: some hundred and forty bytes taken from its head.
//!
//! A run keeps the envelopes of all its mail, so that each is small: its parties, the ids that it names and its texts are
//! packed (`packed.rs`) into one piece of memory.

pub mod addresses;
pub mod draft;
pub mod packed;
pub mod packer;
pub mod party;
pub mod reading;
pub mod writing;

pub use addresses::{AddressId, Addresses, Distinct};
pub use draft::{Draft, Drafting};
pub use reading::*;
pub use writing::Writing;
