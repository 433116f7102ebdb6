//! A list of addresses, which a file may hold.

use crate::mail::address::Address;
use crate::mail::address::domain_set::DomainSet;
use std::collections::HashSet;

/// Addresses, and domains with their subdomains, that an option lists.
#[derive(Clone, Debug, Default)]
pub struct AddressList {
    pub(super) addresses: HashSet<Address>,
    pub(super) domains: DomainSet,
}

impl AddressList {
    /// Whether the address, or its domain or one above it, is on the list.
    pub fn has(&self, address: &Address) -> bool {
        !self.is_empty()
            && (self.addresses.contains(address) || self.domains.covers(address.domain()))
    }

    fn is_empty(&self) -> bool {
        self.addresses.is_empty() && self.domains.0.is_empty()
    }
}
