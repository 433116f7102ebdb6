//! Lists of addresses and domains.

use crate::mail::address::Address;
use crate::mail::address::domain_set::DomainSet;
use std::collections::HashSet;

/// The addresses that an option lists, and the domains, which include their subdomains.
#[derive(Clone, Debug, Default)]
pub struct AddressList {
    pub(super) addresses: HashSet<Address>,
    pub(super) domains: DomainSet,
}

impl AddressList {
    /// Returns whether the list has the address, its domain, or a domain above it.
    pub fn has(&self, address: &Address) -> bool {
        !self.is_empty()
            && (self.addresses.contains(address) || self.domains.covers(address.domain()))
    }

    fn is_empty(&self) -> bool {
        self.addresses.is_empty() && self.domains.0.is_empty()
    }
}
