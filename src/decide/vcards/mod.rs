//! A *vCard* is a contact of the mail side (RFC 6350, and RFC 2426 before it). Its values fill the record that is
//! created for one of its addresses. Only this folder and `export/vcard.rs` name the library that reads and writes
//! vCards.

pub(crate) mod card;
pub(crate) mod cards;
pub(crate) mod files;

pub(crate) use card::Card;
pub(crate) use cards::*;
pub(crate) use files::load;
