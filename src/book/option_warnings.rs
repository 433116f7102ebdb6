//! Warnings about options that fit the book badly: probably the user did not intend them.

use std::collections::BTreeSet;

use super::address_book::Book;
use super::{queue_owners, unknown_columns};
use crate::options::{AddressBook, Options};

/// Returns the warnings about the options of a run over this book, each once.
pub(crate) fn of_run(book: &Book, options: &Options) -> BTreeSet<String> {
    let mut found = unknown_columns::of_run(book, options);
    found.extend(queue_owners::warnings(book, options));
    for mailbox in &options.mailboxes {
        let of = &mailbox.address_book;
        found.extend(unknown_names(book, of));
        found.extend(types_without_notice(book, of));
    }
    found
}

/// Types and columns that the options name and the book does not have.
fn unknown_names(book: &Book, of: &AddressBook) -> Vec<String> {
    let left_out = &of.do_not_resolve;
    let columns = left_out.columns.iter();
    let columns = columns.filter(|(kind, column)| !book.has_column(kind, column));
    let columns = columns.map(|(kind, column)| {
        format!(
            "do_not_resolve names `{kind}.{column}`, and the book has no such column of addresses"
        )
    });
    let is_unknown = |kind: &&String| !book.has_kind(kind);
    let types = left_out.types.iter().filter(|_| !left_out.is_default);
    let types = types.filter(is_unknown);
    let types =
        types.map(|kind| format!("do_not_resolve names `{kind}`, and the book has no such type"));
    let listed = of.record_types.iter().filter(is_unknown);
    let listed =
        listed.map(|kind| format!("record_types names `{kind}`, and the book has no such type"));
    columns.chain(types).chain(listed).collect()
}

/// Types with addresses that are left out of matching by default.
fn types_without_notice(book: &Book, of: &AddressBook) -> Vec<String> {
    let left_out = &of.do_not_resolve;
    let types = left_out.types.iter().filter(|_| left_out.is_default);
    let has_addresses = |kind: &&String| book.has_addresses(kind);
    let types = types.filter(has_addresses).map(|kind| {
        format!(
            "the book has addresses of the type `{kind}`, which match no mail, as in Dynamics; to link mail to them, write do_not_resolve = [] under [address_book], or name the types there to hide this line"
        )
    });
    types.collect()
}
