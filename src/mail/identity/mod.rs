//! The *identity* of a message is what it is recognized by (R1): its Message-ID, or a hash of it if it has none. The
//! ids of activities and created records are derived from identities, so the same mail yields the same ids.

pub(crate) mod ids;
pub(crate) mod numbered;

pub(crate) use ids::*;
pub(crate) use numbered::{Identities, IdentityId};
