//! What can be wrong in several mailboxes beside each other.

use hashbrown::{HashMap, HashSet};

use super::checker::Checker;
use crate::options::Mailbox;
use crate::options::error::OptionsError;
use crate::options::validated::{MailboxId, NamedAddress};

/// At most so many mailboxes: their numbers have 16 bits.
const MAILBOXES_MAX: usize = 65_000;

impl Checker<'_> {
    /// R7: one address in two mailboxes is an error; so are two mailboxes in one place.
    pub(super) fn are_apart(&self, configured: &[Mailbox]) -> Result<(), OptionsError> {
        if configured.len() > MAILBOXES_MAX {
            let message = format!(
                "{} mailboxes; there can be {MAILBOXES_MAX}",
                configured.len()
            );
            return self.error(self.at.place(&format!("mailbox.{MAILBOXES_MAX}")), message);
        }
        let mut paths = HashSet::new();
        let mut named = HashMap::new();
        for (index, mailbox) in configured.iter().enumerate() {
            if !paths.insert(mailbox.path.as_str()) {
                let message = format!("another mailbox has the path `{}` too", mailbox.path);
                return self.error(self.at.place(&format!("mailbox.{index}.path")), message);
            }
            for (at, address) in mailbox.addresses.iter().enumerate() {
                let first = *named.entry(address).or_insert(index);
                if first != index {
                    let message = format!(
                        "`{}` is an address of another mailbox too, `{}`; an address has one",
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

    /// The addresses that mailboxes name, each with its place.
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

    /// R6: asking for owned records where no one owns the mailbox would match nothing. For mail outside all mailboxes
    /// it is a warning of the run, unless no mailbox has an owner.
    pub(super) fn scopes_have_owners(&self, mailboxes: &[Mailbox]) -> Result<(), OptionsError> {
        let has_owner = mailboxes.iter().any(|mailbox| mailbox.owner.is_some());
        for (index, mailbox) in mailboxes.iter().enumerate() {
            let is_stray = index == 0 && has_owner;
            let Some((key, value)) = mailbox.asked_of_owner().filter(|_| !is_stray) else {
                continue;
            };
            let why = match mailbox.filters_in_scope().next() {
                Some(_) if key == "contacts" => ", because a filter for contacts asks for the user",
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
