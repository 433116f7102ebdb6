//! Checks what the options name against the book: records that the book lacks, and addresses that belong to another
//! mailbox.

use std::collections::HashMap;

use super::address_book::Book;
use super::found::LookupResults;
use crate::book::index::record::RecordId;
use crate::mail::address::Address;
use crate::options::error::OptionsError;
use crate::options::{Mailbox, Options};

/// Checks the records and addresses that the options name against the book (R5, R7, interface).
///
/// # Errors
/// If the book has a named record's type but not its id, or if an address listed for one mailbox belongs to the owner
/// of another mailbox.
pub(crate) fn check_cited(options: &Options, book: &Book) -> Result<(), OptionsError> {
    for cited in &options.citations {
        if book.find(&cited.reference).is_some() {
            continue;
        }
        let kind = &cited.reference.kind;
        if !book.has_kind(kind) {
            continue;
        }
        let message = format!(
            "{}: the book has no record `{}`: {kind}.csv (or .jsonl) has no such id",
            cited.key, cited.reference
        );
        return Err(OptionsError {
            file: options.file.clone(),
            place: cited.place,
            message,
        });
    }
    check_named(options, book)
}

/// Checks R7: an address belongs to one mailbox, even if the second mailbox has it only through its owner's record.
fn check_named(options: &Options, book: &Book) -> Result<(), OptionsError> {
    let mut owners: HashMap<RecordId, &Mailbox> = HashMap::new();
    for mailbox in &options.mailboxes {
        let record = mailbox.owner.as_ref().and_then(|owner| book.find(owner));
        if let Some(record) = record {
            owners.entry(record).or_insert(mailbox);
        }
    }
    let addresses: Vec<&Address> = options.named.iter().map(|named| &named.address).collect();
    let mut found = LookupResults::default();
    book.look_up(&addresses, &mut found);
    for (number, named) in options.named.iter().enumerate() {
        let of_another = found.of(number).iter().find_map(|it| {
            let other = *owners.get(&it.record)?;
            let column = (book.kind(it.record), book.column(it.column));
            let is_other = it.equivalence.is_exact()
                && other.owner != options.mailbox(named.mailbox).owner
                && !other.address_book.leaves_out(column);
            is_other.then_some(it.record)
        });
        if let Some(owner) = of_another {
            let message = format!(
                "`{}` is an address of {} too, who owns another mailbox; an address has one",
                named.address.as_str(),
                book.reference(owner)
            );
            return Err(OptionsError {
                file: options.file.clone(),
                place: named.place,
                message,
            });
        }
    }
    Ok(())
}
