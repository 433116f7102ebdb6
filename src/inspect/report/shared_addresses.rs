//! Addresses that several records share, and which of the records was chosen.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;

use super::interner::Interner;
use super::summary::Summary;
use crate::book::{Book, LookupResults};
use crate::output::committed::row_types::PartyLine;

/// At most this many shared addresses are listed.
const SHARED_MAX: usize = 100;

/// Participation type mask of the sender.
const FROM: u8 = 1;

/// Collects addresses with several records, and the records that senders were resolved to. Addresses are identified by
/// the ids of their normal forms.
#[derive(Debug, Default)]
pub(super) struct SharedAddresses {
    /// For each sender, how often each record was chosen.
    chosen: HashMap<u32, BTreeMap<u32, u64>>,
    records: HashMap<u32, BTreeSet<u32>>,
    parties: HashMap<u32, u64>,
    current: Option<PartyGroup>,
}

/// The party rows of one address in one field of one activity: the output has one for each record of the address, and
/// they follow one another.
#[derive(Debug)]
struct PartyGroup {
    activity: Box<str>,
    mask: u8,
    address: u32,
    records: BTreeSet<u32>,
}

/// An address that several records share.
#[derive(Debug)]
pub(super) struct SharedAddress {
    pub(super) address: Box<str>,
    pub(super) records: Vec<u32>,
    /// The records that it was resolved to as a sender, and how often.
    pub(super) chosen: Vec<(u32, u64)>,
    /// How often it is a party of an activity.
    pub(super) parties: u64,
}

impl SharedAddresses {
    /// Counts the record that a sender was resolved to.
    pub(super) fn add_sender(&mut self, address: u32, record: u32) {
        *self
            .chosen
            .entry(address)
            .or_default()
            .entry(record)
            .or_default() += 1;
    }

    /// Adds a party row.
    pub(super) fn add_party(&mut self, line: &PartyLine, address: u32, record: Option<u32>) {
        *self.parties.entry(address).or_default() += 1;
        let (Some(record), true) = (record, line.participationtypemask != FROM) else {
            return;
        };
        let same = self.current.as_mut().filter(|it| {
            it.address == address
                && it.mask == line.participationtypemask
                && it.activity == line.activityid
        });
        match same {
            Some(group) => {
                group.records.insert(record);
                // A group is one party, and its first row was counted.
                if let Some(parties) = self.parties.get_mut(&address) {
                    *parties -= 1;
                }
            }
            None => {
                self.end_group();
                self.current = Some(PartyGroup {
                    activity: line.activityid.clone(),
                    mask: line.participationtypemask,
                    address,
                    records: BTreeSet::from([record]),
                });
            }
        }
    }

    fn end_group(&mut self) {
        if let Some(group) = self.current.take().filter(|it| it.records.len() > 1) {
            self.records
                .entry(group.address)
                .or_default()
                .extend(group.records);
        }
    }

    /// Adds the examples of the last run's summary.
    pub(super) fn add_examples(
        &mut self,
        summary: &Summary,
        addresses: &mut Interner,
        records: &mut Interner,
    ) {
        for example in &summary.sharedaddressexamples {
            let address = addresses.intern(&example.address);
            let known = self.records.entry(address).or_default();
            known.extend(example.records.iter().map(|it| records.intern(it)));
        }
    }

    /// Adds the records that an address book has for an address.
    pub(super) fn add_records(&mut self, address: u32, records: impl Iterator<Item = u32>) {
        let records: BTreeSet<u32> = records.collect();
        if records.len() > 1 {
            self.records.entry(address).or_default().extend(records);
        }
    }

    /// Returns the addresses that are a party most often, and the number of all.
    pub(super) fn most_frequent(mut self, addresses: &Interner) -> (Vec<SharedAddress>, usize) {
        self.end_group();
        let count = self.records.len();
        let mut all: Vec<SharedAddress> = self
            .records
            .into_iter()
            .map(|(address, records)| SharedAddress {
                address: addresses.text(address).into(),
                records: records.into_iter().collect(),
                chosen: self.chosen.remove(&address).into_iter().flatten().collect(),
                parties: self.parties.get(&address).copied().unwrap_or(0),
            })
            .collect();
        all.sort_by(|a, b| (b.parties, &a.address).cmp(&(a.parties, &b.address)));
        all.truncate(SHARED_MAX);
        (all, count)
    }
}

/// Returns, for each address, the records that an address book has for exactly this address: `type:id`, and the name if
/// there is one.
pub(crate) fn candidates(book: &Book, addresses: &[&str]) -> Vec<Vec<(String, Option<String>)>> {
    let mut found = LookupResults::default();
    book.look_up(addresses, &mut found);
    let of_address = |index| {
        let mut records: Vec<_> = found
            .of(index)
            .iter()
            .filter(|it| it.equivalence.is_exact() && !book.is_left_out(it.record))
            .map(|it| it.record)
            .collect();
        records.dedup();
        let named = |record| {
            let name = book.name(record).map(ToOwned::to_owned);
            (book.reference(record).to_string(), name)
        };
        records.into_iter().map(named).collect()
    };
    (0..addresses.len()).map(of_address).collect()
}
