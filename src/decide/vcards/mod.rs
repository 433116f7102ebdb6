//! A *vCard* is a contact of the mail side (RFC 6350, and RFC 2426 before it): what it says fills the record that is
//! created for one of its addresses. Only here and in the export are the
//! library's vCards named.

pub mod card;
pub mod cards;
pub mod files;

pub use card::Card;
pub use cards::*;
pub use files::{CardsError, load};
