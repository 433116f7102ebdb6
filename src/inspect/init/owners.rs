//! Determines the owners of mail: who wrote the mail in folders of sent mail, and who received the rest.

use crate::base::reference::Reference;
use std::collections::BTreeMap;

use crate::book::index::record::RecordId;
use crate::decide::resolve::Resolver;
use crate::mail::envelope::{AddressId, Addresses, Envelope};

/// Beginnings of the names of folders of sent mail, in the languages of common programs, in lower case.
const SENT: [&str; 13] = [
    "sent",
    "outbox",
    "gesendet",
    "envoy",
    "enviad",
    "inviat",
    "verzonden",
    "skickat",
    "sendt",
    "lähetetyt",
    "wysłane",
    "odeslan",
    "отправленные",
];

/// An owner must take part in at least one of this many messages in the folder, because much mail is sent to lists.
const OWNS_ONE_IN: u64 = 3;

/// The record types that own mailboxes.
const USERS: [&str; 2] = ["systemuser", "queue"];

/// Counts the users who take part in messages.
pub(super) struct Owners<'a> {
    resolver: &'a Resolver<'a>,
    addresses: &'a Addresses,
    /// By top-level folder.
    tops: BTreeMap<String, Top>,
}

#[derive(Default)]
struct Top {
    messages: u64,
    is_sent: bool,
    users: BTreeMap<RecordId, u64>,
    /// The authors of sent mail who are not users in the book.
    strangers: BTreeMap<AddressId, u64>,
}

impl<'a> Owners<'a> {
    pub(super) fn new(resolver: &'a Resolver<'a>, addresses: &'a Addresses) -> Owners<'a> {
        Owners {
            resolver,
            addresses,
            tops: BTreeMap::new(),
        }
    }

    /// Returns the user or queue that has an address.
    pub(super) fn user(&self, address: AddressId) -> Option<RecordId> {
        let book = self.resolver.book;
        let mut exact = self
            .resolver
            .candidates(address)
            .iter()
            .filter(|it| it.equivalence.is_exact());
        exact
            .find(|it| USERS.contains(&book.kind(it.record)))
            .map(|it| it.record)
    }

    /// Counts a message, and returns whether it is in a folder of sent mail.
    pub(super) fn meet(&mut self, folder: &str, envelope: &Envelope) -> bool {
        let is_sent = folder.split('/').any(is_sent);
        let mut users: Vec<RecordId> = Vec::new();
        let mut stranger = None;
        let sender = envelope.from().iter().find_map(|party| party.address);
        if is_sent {
            let user = sender.and_then(|address| self.user(address));
            users.extend(user);
            stranger = sender.filter(|_| user.is_none());
        } else {
            let fields = envelope.to().iter().chain(envelope.cc().iter());
            let to = fields.filter_map(|party| self.user(party.address?));
            users.extend(to);
            users.sort_unstable();
            users.dedup();
        }
        let top = folder.split('/').next().unwrap_or_default();
        let top = self.tops.entry(top.to_owned()).or_default();
        top.messages += 1;
        top.is_sent |= is_sent && !folder.contains('/');
        for user in users {
            *top.users.entry(user).or_default() += 1;
        }
        if let Some(stranger) = stranger {
            *top.strangers.entry(stranger).or_default() += 1;
        }
        is_sent
    }

    /// Returns one mailbox for all mail, or one for each top-level folder if they have several owners.
    pub(super) fn parts(&self) -> Vec<FoundMailbox> {
        let owned: Vec<FoundMailbox> = self
            .tops
            .iter()
            .map(|(path, top)| self.part(path, top))
            .collect();
        let mut owners: Vec<&Owner> = owned
            .iter()
            .filter_map(|part| part.owner.as_ref())
            .collect();
        owners.sort_by_key(|owner| &owner.record);
        owners.dedup_by_key(|owner| &owner.record);
        // A top-level folder of sent mail shows that all mail is one mailbox.
        let is_one = owners.len() < 2 || self.tops.values().any(|top| top.is_sent);
        if !is_one {
            return owned;
        }
        let mut all = Top::default();
        for top in self.tops.values() {
            all.messages += top.messages;
            for (&user, count) in &top.users {
                *all.users.entry(user).or_default() += count;
            }
            for (&stranger, count) in &top.strangers {
                *all.strangers.entry(stranger).or_default() += count;
            }
        }
        vec![self.part("", &all)]
    }

    fn part(&self, path: &str, top: &Top) -> FoundMailbox {
        FoundMailbox {
            path: path.to_owned(),
            messages: top.messages,
            owner: self.owner(top),
        }
    }

    fn owner(&self, top: &Top) -> Option<Owner> {
        let user = most(&top.users).filter(|(_, count)| count * OWNS_ONE_IN >= top.messages);
        if let Some((user, messages)) = user {
            let book = self.resolver.book;
            return Some(Owner {
                record: Some(book.reference(user)),
                name: book.name(user).map(ToOwned::to_owned),
                addresses: Vec::new(),
                messages,
            });
        }
        // A stranger must have written most of the sent mail: a folder of lists has many authors.
        let written: u64 = top.strangers.values().sum();
        let (stranger, messages) = most(&top.strangers).filter(|(_, count)| count * 2 > written)?;
        Some(Owner {
            record: None,
            name: None,
            addresses: vec![self.addresses.get(stranger).as_str().to_owned()],
            messages,
        })
    }
}

/// Returns the key with the highest count; the first of several.
fn most<K: Copy + Ord>(counts: &BTreeMap<K, u64>) -> Option<(K, u64)> {
    let most = counts
        .iter()
        .max_by_key(|&(&who, &count)| (count, std::cmp::Reverse(who)));
    most.map(|(&who, &count)| (who, count))
}

/// Returns whether a folder with this name contains sent mail.
pub(super) fn is_sent(part: &str) -> bool {
    let part = part.trim_start_matches(['.', '_', '[']).to_lowercase();
    SENT.iter().any(|word| part.starts_with(word))
}

/// The owner of the mail in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The user or queue, if the book has one.
    pub record: Option<Reference>,
    /// Its name.
    pub name: Option<String>,
    /// Its addresses in the mail, if it is not in the book.
    pub addresses: Vec<String>,
    /// The number of messages in which it takes part.
    pub messages: u64,
}

/// A part of the mail that may be a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundMailbox {
    /// The folder; `""` for all mail.
    pub path: String,
    /// The number of messages in it and its subfolders.
    pub messages: u64,
    /// The owner, if it could be determined.
    pub owner: Option<Owner>,
}
