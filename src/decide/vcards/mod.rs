//! A *vCard* is a contact of the mail side (RFC 6350, and RFC 2426 before it): what it says fills the record that is
//! created for one of its addresses. Only here and in the export are the
//! library's vCards named.

pub(crate) mod card;
pub(crate) mod cards;
pub(crate) mod files;

pub(crate) use card::Card;
pub(crate) use cards::*;
pub(crate) use files::load;
