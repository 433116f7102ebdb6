//! What `book check` reports: addresses that several records share, and probable mistakes.

use std::collections::{BTreeMap, BTreeSet};

use super::address_book::Book;
use super::{ColumnUse, FileReport};
use crate::base::terminal::counted;
use crate::book::index::record::{RecordId, RecordState};
use crate::mail::address::Address;
use crate::mail::rules::RoleAccounts;

/// Minimum number of records that make a role account's address a probable mistake.
const ROLE_RECORDS_MIN: u64 = 3;

/// Minimum number of records that make any address a probable placeholder.
const RECORDS_MIN: u64 = 20;

/// Maximum number of mistakes of one kind that are reported individually.
const REPORTED_MAX: usize = 20;

/// An address that several records have.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    /// The address.
    pub address: String,
    /// How many records have it.
    pub count: u64,
    /// The number of records of each type.
    pub kinds: BTreeMap<String, u64>,
    /// The first few of them in R7's order.
    pub records: Vec<RecordId>,
}

/// Maximum number of records of a shared address that are listed.
const EXAMPLES_MAX: usize = 3;

/// Returns the addresses that several records have, sorted by descending number of records, then by address.
pub(crate) fn shared(book: &Book) -> Vec<Shared> {
    let Some(table) = book.index().exact() else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for slot in (0..table.place_count()).filter_map(|place| table.slot(place)) {
        let mut records = BTreeSet::new();
        let mut first = Vec::new();
        table.values(slot.hit(), |record, _| {
            let record = RecordId(record);
            if !book.is_left_out(record) && records.insert(record) && first.len() < EXAMPLES_MAX {
                first.push(record);
            }
        });
        if records.len() < 2 {
            continue;
        }
        let mut kinds = BTreeMap::new();
        for record in &records {
            *kinds.entry(book.kind(*record).to_owned()).or_default() += 1;
        }
        all.extend(table.text(&slot).map(|address| Shared {
            address,
            count: records.len() as u64,
            kinds,
            records: first,
        }));
    }
    all.sort_by(|a, b| {
        b.count
            .cmp(&a.count)
            .then_with(|| a.address.cmp(&b.address))
    });
    all.dedup_by(|a, b| a.address == b.address);
    all
}

/// Describes probable mistakes, one text each.
pub(crate) fn mistakes(
    book: &Book,
    shared: &[Shared],
    reports: &[FileReport],
    role: &RoleAccounts,
) -> Vec<String> {
    let mut said = Vec::new();
    addresses_of_many(shared, role, &mut said);
    let colleagues = shared.iter().filter(|it| {
        let of = |kind: &str| it.kinds.contains_key(kind);
        of("systemuser") && (of("contact") || of("lead"))
    });
    let colleagues: Vec<&Shared> = colleagues.collect();
    if let Some(first) = colleagues.first() {
        said.push(format!(
            "{} of contacts or leads too, such as {}: mail of colleagues would be linked to these",
            counted(
                colleagues.len() as u64,
                "address of a user is an address",
                "addresses of users are addresses"
            ),
            first.address
        ));
    }
    for (kind, count) in book.counts() {
        if count > 0 && is_unused(book, kind) {
            said.push(format!(
                "none of the {} of {kind} is active: is the column of their state another, or does it say so in other words?",
                counted(count, "record", "records")
            ));
        }
    }
    let counts = book.counts();
    if !counts.contains_key("systemuser") {
        said.push(
            "there are no users (systemuser), so sent and received mail cannot be told apart by them".into(),
        );
    }
    for report in reports {
        let has = |role: ColumnUse| report.columns.iter().any(|column| column.role == role);
        if ["contact", "lead", "systemuser"].contains(&&*report.record)
            && !has(ColumnUse::Addresses)
        {
            said.push(format!("{}: has no column of addresses", report.file));
        }
        if ["contact", "lead", "account"].contains(&&*report.record) && !has(ColumnUse::Created) {
            said.push(format!(
                "{}: has no column with the creation time: of several records with one address, the one with the smallest id is used",
                report.file
            ));
        }
    }
    said
}

fn addresses_of_many(shared: &[Shared], role: &RoleAccounts, said: &mut Vec<String>) {
    let is_role = |it: &&Shared| {
        it.count >= ROLE_RECORDS_MIN
            && Address::parse(&it.address).is_some_and(|address| role.covers(&address))
    };
    let is_placeholder = |it: &&Shared| it.count >= RECORDS_MIN && !is_role(it);
    let of = |it: &Shared| {
        let kinds = it
            .kinds
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"));
        kinds.collect::<Vec<_>>().join(", ")
    };
    for it in shared.iter().filter(is_role).take(REPORTED_MAX) {
        said.push(format!(
            "{} is an address of a role and not of a person, and {} records have it ({}): mail from it would be linked to one of them",
            it.address, it.count, of(it)
        ));
    }
    for it in shared.iter().filter(is_placeholder).take(REPORTED_MAX) {
        said.push(format!(
            "{} is an address of {} records ({}): is it a placeholder?",
            it.address,
            it.count,
            of(it)
        ));
    }
}

/// Returns whether no record of a type is in use.
pub(super) fn is_unused(book: &Book, kind: &str) -> bool {
    let mut numbers = book.numbers_of(kind).into_iter().flatten();
    numbers.all(|number| book.state(RecordId(number)) != RecordState::Active)
}
