//! Addresses that several records share, and which of them won.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;

use super::names::Names;
use super::summary::SummaryLine;
use crate::book::{Book, Found};
use crate::output::committed::row_types::PartyLine;

/// So many that were met most are told of.
const MOST: usize = 100;

/// Participation type mask of the sender.
const FROM: u8 = 1;

/// Counts senders' records, and addresses with several records.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    /// By sender: how often each record was taken.
    winners: HashMap<u32, BTreeMap<u32, u64>>,
    records: HashMap<u32, BTreeSet<u32>>,
    messages: HashMap<u32, u64>,
    party: Option<Party>,
}

/// The party rows of one address in one field of one activity, as far as they were read.
#[derive(Debug)]
struct Party {
    activity: Box<str>,
    mask: u8,
    address: u32,
    records: BTreeSet<u32>,
}

/// An address with several records.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) address: Box<str>,
    pub(super) records: Vec<u32>,
    /// The records that it stood for as a sender, and how often.
    pub(super) winners: Vec<(u32, u64)>,
    /// Messages from it, or to it.
    pub(super) messages: u64,
}

impl Sharing {
    /// Takes note of the record that a sender stood for.
    pub(super) fn sender(&mut self, address: u32, record: u32) {
        *self
            .winners
            .entry(address)
            .or_default()
            .entry(record)
            .or_default() += 1;
    }

    /// Takes note of a party; `address` is its address's number in normal form.
    pub(super) fn party(&mut self, line: &PartyLine, address: u32, record: Option<u32>) {
        *self.messages.entry(address).or_default() += 1;
        let (Some(record), true) = (record, line.participationtypemask != FROM) else {
            return;
        };
        let same = self.party.as_mut().filter(|it| {
            it.address == address
                && it.mask == line.participationtypemask
                && it.activity == line.activityid
        });
        match same {
            Some(party) => {
                party.records.insert(record);
                // It was one message all the same.
                if let Some(messages) = self.messages.get_mut(&address) {
                    *messages -= 1;
                }
            }
            None => {
                self.end_party();
                self.party = Some(Party {
                    activity: line.activityid.clone(),
                    mask: line.participationtypemask,
                    address,
                    records: BTreeSet::from([record]),
                });
            }
        }
    }

    fn end_party(&mut self) {
        if let Some(party) = self.party.take().filter(|it| it.records.len() > 1) {
            self.records
                .entry(party.address)
                .or_default()
                .extend(party.records);
        }
    }

    /// Takes note of what the last run's summary has.
    pub(super) fn summary(
        &mut self,
        line: &SummaryLine,
        addresses: &mut Names,
        records: &mut Names,
    ) {
        for shared in &line.sharedaddressexamples {
            let address = addresses.number(&shared.address);
            let known = self.records.entry(address).or_default();
            known.extend(shared.records.iter().map(|it| records.number(it)));
        }
    }

    /// Takes note of the records that a book has for an address.
    pub(super) fn book(&mut self, address: u32, of_book: impl Iterator<Item = u32>) {
        let all: BTreeSet<u32> = of_book.collect();
        if all.len() > 1 {
            self.records.entry(address).or_default().extend(all);
        }
    }

    /// Those that were met most, and how many there are.
    pub(super) fn told(mut self, addresses: &Names) -> (Vec<Shared>, usize) {
        self.end_party();
        let all = self.records.len();
        let mut most: Vec<Shared> = self
            .records
            .into_iter()
            .map(|(address, records)| Shared {
                address: addresses.text(address).into(),
                records: records.into_iter().collect(),
                winners: self
                    .winners
                    .remove(&address)
                    .into_iter()
                    .flatten()
                    .collect(),
                messages: self.messages.get(&address).copied().unwrap_or(0),
            })
            .collect();
        most.sort_by(|a, b| (b.messages, &a.address).cmp(&(a.messages, &b.address)));
        most.truncate(MOST);
        (most, all)
    }
}

/// The records that a book has for each address: what `type:id` names them, and what they are called.
pub(crate) fn candidates(book: &Book, addresses: &[&str]) -> Vec<Vec<(String, Option<String>)>> {
    let mut found = Found::default();
    book.look_up(addresses, &mut found);
    let one = |number| {
        let mut records: Vec<_> = found
            .of(number)
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
    (0..addresses.len()).map(one).collect()
}
