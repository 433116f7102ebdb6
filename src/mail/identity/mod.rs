//! The *identity* of a message is what it is recognized by (R1): its Message-ID, or without one a hash of it. The
//! ids of activities and created records are derived from identities, so that the same mail gives the same ids.

pub(crate) mod ids;
pub(crate) mod numbered;

pub(crate) use ids::*;
pub(crate) use numbered::{Identities, IdentityId};
