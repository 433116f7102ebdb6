//! The checks of all mailboxes together.

use hashbrown::{HashMap, HashSet};

use super::checker::Checker;
use crate::options::Mailbox;
use crate::options::error::OptionsError;
use crate::options::validated::{MailboxId, NamedAddress};

/// Maximum number of mailboxes: a [`MailboxId`] has 16 bits.
const MAILBOXES_MAX: usize = 65_000;

impl Checker<'_> {
    /// Checks that no address and no path belongs to two mailboxes (R7).
    pub(super) fn are_apart(&self, configured: &[Mailbox]) -> Result<(), OptionsError> {
        if configured.len() > MAILBOXES_MAX {
            let message = format!(
                "{} mailboxes: an options file has at most {MAILBOXES_MAX}",
                configured.len()
            );
            return self.error(self.at.place(&format!("mailbox.{MAILBOXES_MAX}")), message);
        }
        let mut paths = HashSet::new();
        let mut named = HashMap::new();
        for (index, mailbox) in configured.iter().enumerate() {
            if !paths.insert(mailbox.path.as_str()) {
                let message = format!(
                    "another mailbox also has the path `{}`: a path has one mailbox",
                    mailbox.path
                );
                return self.error(self.at.place(&format!("mailbox.{index}.path")), message);
            }
            for (at, address) in mailbox.addresses.iter().enumerate() {
                let first = *named.entry(address).or_insert(index);
                if first != index {
                    let message = format!(
                        "`{}` is also an address of the mailbox `{}`: an address has one mailbox",
                        address.as_str(),
                        configured[first].path
                    );
                    let key = format!("mailbox.{index}.addresses.{at}");
                    return self.error(self.at.place(&key), message);
                }
            }
        }
        Ok(())
    }

    /// Returns the addresses that mailboxes list, with their positions in the file.
    pub(super) fn named(&self, configured: &[Mailbox]) -> Vec<NamedAddress> {
        let mut named = Vec::new();
        for (number, mailbox) in (1u16..).zip(configured) {
            for (at, address) in mailbox.addresses.iter().enumerate() {
                let key = format!("mailbox.{}.addresses.{at}", number - 1);
                named.push(NamedAddress {
                    mailbox: MailboxId(number),
                    address: address.clone(),
                    place: self.at.place(&key),
                });
            }
        }
        named
    }

    /// Refuses scopes that depend on the owner for mailboxes without an owner: they would match nothing (R6). For mail
    /// outside all mailboxes it is a warning of the run, unless no mailbox has an owner.
    pub(super) fn scopes_have_owners(&self, mailboxes: &[Mailbox]) -> Result<(), OptionsError> {
        let has_owner = mailboxes.iter().any(|mailbox| mailbox.owner.is_some());
        for (index, mailbox) in mailboxes.iter().enumerate() {
            let is_stray = index == 0 && has_owner;
            let Some((key, value)) = mailbox.asked_of_owner().filter(|_| !is_stray) else {
                continue;
            };
            let why = match mailbox.filters_in_scope().next() {
                Some(_) if key == "contacts" => {
                    ", because a filter for contacts compares with the user"
                }
                _ => "",
            };
            let asked = format!("`{key} = \"{value}\"` needs an owner{why}");
            let Some(configured) = index.checked_sub(1) else {
                let message = format!(
                    "{asked}: add `[[mailbox]]` with `owner = \"systemuser:id\"`, or use `{key} = \"all\"`"
                );
                return self.error(self.at.place(&format!("address_book.{key}")), message);
            };
            let message = format!(
                "{asked}, and the mailbox `{}` has none: give it `owner = \"systemuser:id\"`, or `address_book.{key} = \"all\"`",
                mailbox.path
            );
            let key = format!("mailbox.{configured}.address_book.{key}");
            return self.error(self.at.place(&key), message);
        }
        Ok(())
    }
}
