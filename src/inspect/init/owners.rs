//! Whose mail a folder is: who wrote what lies in folders of sent mail, and to whom the rest went.

use crate::base::reference::Reference;
use std::collections::BTreeMap;

use crate::book::index::record::RecordId;
use crate::decide::resolve::Resolver;
use crate::mail::envelope::{AddressId, Addresses, Envelope};

/// What a folder of sent mail is called, in the languages of usual programs; its name begins or ends so.
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

/// An owner has a part in at least one of so many messages of its folder: much is sent to lists.
const OWNS_ONE_IN: u64 = 3;

/// Types of record whose mailboxes are mail's.
const USERS: [&str; 2] = ["systemuser", "queue"];

/// Counts who takes part.
pub(super) struct Owners<'a> {
    resolver: &'a Resolver<'a>,
    addresses: &'a Addresses,
    /// By the folder at the top.
    tops: BTreeMap<String, Top>,
}

#[derive(Default)]
struct Top {
    messages: u64,
    is_sent: bool,
    users: BTreeMap<RecordId, u64>,
    /// Who wrote what was sent, where the book has no user for it.
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

    /// The user or queue that has an address.
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

    /// Looks at a message; whether it lies in a folder of sent mail.
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

    /// One mailbox for all mail, or one for each folder at the top where these are several people's.
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
        // A folder at the top that is called as one within a mailbox says that the mailbox is all mail.
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
        // Of what was sent most must be the stranger's own: a folder of lists has many writers.
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

/// Who was counted most; of several the first.
fn most<K: Copy + Ord>(counts: &BTreeMap<K, u64>) -> Option<(K, u64)> {
    let most = counts
        .iter()
        .max_by_key(|&(&who, &count)| (count, std::cmp::Reverse(who)));
    most.map(|(&who, &count)| (who, count))
}

/// Whether a folder of that name holds sent mail.
pub(super) fn is_sent(part: &str) -> bool {
    let part = part.trim_start_matches(['.', '_', '[']).to_lowercase();
    SENT.iter().any(|word| part.starts_with(word))
}

/// Whose mail a folder holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The user or queue, where the book has one.
    pub record: Option<Reference>,
    /// What it is called.
    pub name: Option<String>,
    /// Addresses that the mail has of it and the book does not.
    pub addresses: Vec<String>,
    /// In how many messages it is what an owner is.
    pub messages: u64,
}

/// A part of the mail that may be a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundMailbox {
    /// The folder; `""` is all mail.
    pub path: String,
    /// Messages in it and below.
    pub messages: u64,
    /// Whose it is, as far as it can be told.
    pub owner: Option<Owner>,
}
