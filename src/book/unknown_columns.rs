//! Warnings about filters that need the book: unknown types and columns, filters without effect.

use std::collections::BTreeSet;

use super::address_book::Book;
use crate::options::filter::criterion::CONTACT;
use crate::options::filter::{Filter, is_id};
use crate::options::{Contacts, Options};

/// Returns a warning for each type or column that an active filter uses and the book does not have.
pub(crate) fn unknown(book: &Book, filters: &[Filter]) -> BTreeSet<String> {
    let kinds = &book.index().meta.kinds;
    let mut found = BTreeSet::new();
    for filter in filters.iter().filter(|filter| filter.is_active) {
        let (name, record) = (&filter.name, &filter.record);
        let Some(kind) = kinds.iter().find(|kind| kind.name == **record) else {
            let there: Vec<&str> = kinds.iter().map(|kind| kind.name.as_str()).collect();
            found.insert(format!(
                "the filter `{name}` is about `{record}`, and the book has no such type; it has `{}`",
                there.join("`, `")
            ));
            continue;
        };
        for field in filter.fields() {
            let is_there = kind.columns.iter().any(|column| *column == **field);
            if !is_there && !is_id(record, field) {
                found.insert(format!(
                    "the filter `{name}` asks for the column `{record}.{field}`, which no record has, so that its cells are empty; there are `{}`",
                    kind.columns.join("`, `")
                ));
            }
        }
    }
    found
}

/// Returns the warnings about the synchronization filters of a run.
pub(crate) fn of_run(book: &Book, options: &Options) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let (mut has_contacts, mut are_asked) = (false, false);
    for mailbox in &options.mailboxes {
        let filters = &mailbox.synchronization.filters;
        found.extend(unknown(book, filters));
        let active = || filters.iter().filter(|filter| filter.is_active);
        for filter in active().filter(|filter| &*filter.record != CONTACT) {
            found.insert(format!(
                "the filter `{}` is about `{}`: synchronization filters say which contacts match, and this one has no effect (address_book.other_records is for other types)",
                filter.name, filter.record
            ));
        }
        let is_of_contacts = active().any(|filter| &*filter.record == CONTACT);
        has_contacts |= is_of_contacts;
        are_asked |= is_of_contacts && mailbox.address_book.contacts == Contacts::Synchronized;
    }
    if has_contacts && !are_asked {
        found.insert(
            "synchronization filters have an effect only with address_book.contacts = \"synchronized\", which no mailbox has"
                .into(),
        );
    }
    found
}
