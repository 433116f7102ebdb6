//! A set of domains.

use crate::mail::address::Address;
use std::collections::HashSet;

/// Domains in normal form, each with its subdomains.
#[derive(Clone, Debug, Default)]
pub struct DomainSet(pub(crate) HashSet<Box<str>>);

impl DomainSet {
    /// Returns whether the address's domain is covered.
    pub fn has(&self, address: &Address) -> bool {
        !self.0.is_empty() && self.covers(address.domain())
    }

    /// Returns whether `domain` (in normal form), or a domain of which it is a subdomain, is in the set.
    pub fn covers(&self, domain: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let mut rest = domain;
        loop {
            if self.0.contains(rest) {
                return true;
            }
            match rest.split_once('.') {
                Some((_, parent)) => rest = parent,
                None => return false,
            }
        }
    }
}

impl FromIterator<String> for DomainSet {
    fn from_iter<T: IntoIterator<Item = String>>(domains: T) -> DomainSet {
        DomainSet(domains.into_iter().map(Into::into).collect())
    }
}
