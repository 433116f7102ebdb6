//! Records that the run creates for addresses that no record has (R11), and the reasons for creating none.

use hashbrown::HashMap;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::decide::correlate::method::ActivityKey;
use crate::decide::ordinal::Ordinal;

use crate::base::reference::{Reference, ReferenceView};
use crate::book::Book;
use crate::mail::address::Equivalence;
use crate::mail::envelope::{AddressId, Addresses};
use crate::options::MailboxId;

use crate::decide::names::name::PersonName;

/// Number of a record that this run or an earlier one created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CreatedId(pub u32);

/// Why no record was created for an address; the first that applies.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// A record that is out of scope has the address (R6).
    #[serde(rename = "outofscope")]
    OutOfScope,
    /// An inactive record or a disabled user has the address.
    Inactive,
    /// Several records have the address, and the options leave such addresses unresolved (R7).
    Several,
    /// The address belongs to a mailbox of the options.
    Mailbox,
    /// The address is within `organization.domains`.
    Organization,
    /// The address is on `email.blocklist`.
    Blocklist,
    /// A machine sent the message.
    Automated,
    /// The message is a newsletter or comes from a mailing list.
    Bulk,
    /// The address belongs to a function or a machine, or writes in others' names.
    Role,
    /// The address belongs to a free-mail provider.
    FreeMail,
    /// No display name is known for the address.
    Nameless,
    /// The message would create more records than `email.create_limit`.
    Limit,
}

impl Why {
    /// Returns the reason as shown to users.
    pub fn words(self) -> &'static str {
        match self {
            Why::OutOfScope => "a record that is out of scope has the address",
            Why::Inactive => "an inactive record or a disabled user has the address",
            Why::Several => {
                "several records have the address, and the options leave such addresses unresolved"
            }
            Why::Mailbox => "it is an address of a mailbox",
            Why::Organization => "it is within organization.domains",
            Why::Blocklist => "it is on email.blocklist",
            Why::Automated => "the message was sent by a machine",
            Why::Bulk => "the message is a newsletter or comes from a mailing list",
            Why::Role => "the address belongs to a function or a machine (rules/role-accounts.txt)",
            Why::FreeMail => "the address is of a free-mail provider (rules/free-mail-domains.txt)",
            Why::Nameless => "no display name is known for it",
            Why::Limit => "the message would create more records than email.create_limit",
        }
    }
}

/// A contact or lead that the run created.
#[derive(Clone, Debug)]
pub struct CreatedRecord {
    /// `contact` or `lead`.
    pub kind: &'static str,
    /// Its address.
    pub address: AddressId,
    /// Its address as written in the creating message.
    pub written: Box<str>,
    /// The accepting mailbox.
    pub mailbox: MailboxId,
    /// Its owner: the owner of the accepting mailbox.
    pub owner: Option<Reference>,
    /// The received time of the creating message.
    pub created_on: Option<Timestamp>,
    /// The activity of the creating message.
    pub activity: ActivityKey,
    /// The position of the creating message in the order of decisions.
    pub ordinal: Ordinal,
    /// The values that no decision depends on, filled in after all decisions.
    pub details: Details,
    /// The record that the book's current state has for the address. Activities then link to it, and none is created.
    pub found: Option<FoundRecord>,
}

/// The values of a created record that no decision depends on.
#[derive(Clone, Debug, Default)]
pub struct Details {
    /// Its id.
    pub id: Box<str>,
    /// Its name.
    pub name: PersonName,
    /// The account of a contact.
    pub account: Option<Reference>,
    /// The company of a lead.
    pub company: Option<Box<str>>,
    /// The topic of a lead.
    pub topic: Option<Box<str>>,
}

impl CreatedRecord {
    /// Returns `type:id`.
    pub fn reference(&self) -> Reference {
        let view = self.view();
        Reference::new(view.kind, view.id)
    }

    /// Returns `type:id` without a copy.
    pub fn view(&self) -> ReferenceView<'_> {
        match &self.found {
            Some(found) => found.reference.view(),
            None => ReferenceView {
                kind: self.kind,
                id: &self.details.id,
            },
        }
    }

    /// Returns the record type that activities link to.
    pub fn linked_kind(&self) -> &str {
        match &self.found {
            Some(found) => &found.reference.kind,
            None => self.kind,
        }
    }

    /// Returns the full name that activities show.
    pub fn linked_name(&self) -> &str {
        match &self.found {
            Some(found) => &found.name,
            None => &self.details.name.full,
        }
    }

    /// Returns its company: the name of a contact's account, or the company of a lead.
    pub fn company<'b>(&'b self, book: &'b Book) -> Option<&'b str> {
        match &self.details.account {
            Some(account) if self.kind == "contact" => book.name(book.find(account)?),
            _ => self.details.company.as_deref(),
        }
    }
}

/// The created records, indexed by address.
#[derive(Debug, Default)]
pub struct CreatedRecords {
    records: Vec<CreatedRecord>,
    /// The record of each address, indexed by the address's interned id.
    by_address: Vec<Option<CreatedId>>,
    by_folded: HashMap<Box<str>, Vec<CreatedId>>,
    widest: Equivalence,
    /// The number of records, at the beginning, that earlier runs created.
    earlier: usize,
}

impl CreatedRecords {
    /// Creates an empty collection; `widest` unites the address equivalences of all mailboxes.
    pub fn new(widest: Equivalence) -> CreatedRecords {
        CreatedRecords {
            widest,
            ..CreatedRecords::default()
        }
    }

    /// Returns all records in the order of their creation.
    pub fn all(&self) -> &[CreatedRecord] {
        &self.records
    }

    /// Returns the records that this run created or found in the book's current state, in the order of their creation.
    pub fn of_this_run(&self) -> &[CreatedRecord] {
        self.records.get(self.earlier..).unwrap_or_default()
    }

    /// Returns the records that this run created and that the book does not have, in the order of their creation.
    pub fn made(&self) -> impl Iterator<Item = (CreatedId, &CreatedRecord)> {
        let first = self.earlier as u32;
        let numbered = (first..).map(CreatedId).zip(self.of_this_run());
        numbered.filter(|(_, record)| record.found.is_none())
    }

    /// Returns for each address, by interned id, whether this run created a record for it.
    pub fn addresses(&self, count: usize) -> Vec<bool> {
        let mut created = vec![false; count];
        for record in self.of_this_run() {
            created[record.address.0 as usize] = true;
        }
        created
    }

    /// Sets the details of the records of this run; `details` are in the order of their creation.
    pub fn complete(&mut self, details: impl IntoIterator<Item = Details>) {
        let records = self.records.iter_mut().skip(self.earlier);
        records
            .zip(details)
            .for_each(|(record, details)| record.details = details);
    }

    /// Adds a record of an earlier run. All of these must be added before the first record of this run.
    pub fn remember(&mut self, record: CreatedRecord, addresses: &Addresses) {
        self.add(record, addresses);
        self.earlier = self.records.len();
    }

    /// Returns the record with this number.
    pub fn get(&self, id: CreatedId) -> &CreatedRecord {
        &self.records[id.0 as usize]
    }

    /// Adds a record.
    pub fn add(&mut self, record: CreatedRecord, addresses: &Addresses) -> CreatedId {
        let id = CreatedId(self.records.len() as u32);
        let place = record.address.0 as usize;
        if self.by_address.len() <= place {
            self.by_address
                .resize(addresses.all().len().max(place + 1), None);
        }
        self.by_address[place] = Some(id);
        if !self.widest.is_exact() {
            let folded = addresses
                .get(record.address)
                .equivalence_key(self.widest)
                .into();
            self.by_folded.entry(folded).or_default().push(id);
        }
        self.records.push(record);
        id
    }

    /// Returns the record with exactly this address.
    #[inline]
    pub fn with_address(&self, address: AddressId) -> Option<CreatedId> {
        self.by_address.get(address.0 as usize).copied().flatten()
    }

    /// Returns whether records may be found by an address equivalence.
    #[inline]
    pub fn has_weaker(&self) -> bool {
        !self.widest.is_exact()
    }

    /// Returns the records that have the address only under an address equivalence, and the equivalence that each
    /// needs.
    pub fn with_like_address(
        &self,
        addresses: &Addresses,
        address: AddressId,
        allowed: Equivalence,
    ) -> Vec<(CreatedId, Equivalence)> {
        let own = addresses.get(address);
        let alike = self.by_folded.get(&*own.equivalence_key(self.widest));
        let needed = |&id: &CreatedId| {
            let needed = own.equivalence_with(addresses.get(self.get(id).address))?;
            (!needed.is_exact() && allowed.allows(needed)).then_some((id, needed))
        };
        alike.into_iter().flatten().filter_map(needed).collect()
    }
}

/// A record in the book's current state.
#[derive(Clone, Debug)]
pub struct FoundRecord {
    /// `type:id`.
    pub reference: Reference,
    /// Its name; empty if it has none.
    pub name: Box<str>,
}
