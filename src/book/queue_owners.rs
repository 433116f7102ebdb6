//! The *record owner* of a mailbox: who owns the records that belong to it (R6). It is the mailbox's owner, except that a
//! queue owns nothing: there it is the owner of the queue's row, a user or a team.

use super::address_book::Book;
use crate::base::reference::Reference;
use crate::options::{Mailbox, Options};

/// Returns the record owner of a mailbox; `None` if it has no owner, or its owner is a queue that nobody owns.
pub(crate) fn record_owner(mailbox: &Mailbox, book: &Book) -> Option<Reference> {
    let owner = mailbox.owner.as_ref()?;
    match mailbox.is_queue() {
        true => owner_of_queue(owner, book).filter(is_owner),
        false => Some(owner.clone()),
    }
}

fn owner_of_queue(queue: &Reference, book: &Book) -> Option<Reference> {
    let owner = book.owner(book.find(queue)?)?;
    Some(Reference::new(owner.kind, owner.id))
}

/// Returns whether a record can own others: in Dataverse only users and teams do.
fn is_owner(owner: &Reference) -> bool {
    matches!(&*owner.kind, "systemuser" | "team")
}

/// Returns a warning for each queue with a mailbox whose records nobody can own.
pub(super) fn warnings<'o>(book: &Book, options: &'o Options) -> impl Iterator<Item = String> + 'o {
    let queues = options
        .mailboxes
        .iter()
        .filter(|mailbox| mailbox.is_queue());
    let warnings = queues.filter_map(|mailbox| {
        let queue = mailbox.owner.as_ref()?;
        let problem = match owner_of_queue(queue, book) {
            None => "has no owner in the book".to_owned(),
            Some(owner) if !is_owner(&owner) => {
                format!("is owned by {owner}, which is neither a user nor a team")
            }
            Some(_) => return None,
        };
        Some(format!(
            "{queue} {problem}, so no record counts as owned in its mailbox, and what the mailbox creates has no owner; give the queue an `ownerid` of a user or a team in the book"
        ))
    });
    warnings.collect::<Vec<_>>().into_iter()
}
