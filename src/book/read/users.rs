//! The *users* of a book by what they are called, for exports that name a record's owner and do not give the id.

use std::collections::BTreeMap;

use super::records::Layout;
use crate::base::threads::Threads;
use crate::book::preset::dialect::Dialect;
use crate::book::preset::users::Users;
use crate::book::rows::database::Connection;
use crate::book::rows::place::TableInput;
use crate::book::rows::row::cell;
use crate::book::rows::row::{Row, SheetError};
use crate::book::rows::sheet::RecordReader;

/// What owns records.
const KINDS: [&str; 3] = ["systemuser", "team", "queue"];

/// A user's id, and what it is called.
type User = (Box<str>, Vec<Box<str>>);

/// The users of a book's files. What is wrong with these is reported when their records are read.
pub(crate) fn read(
    places: &BTreeMap<String, TableInput>,
    manner: &Dialect<'_>,
    connection: &mut Connection,
    threads: &Threads,
) -> Users {
    let mut users = Users::default();
    for kind in KINDS {
        let read = places
            .get(kind)
            .map(|place| of_type(place, kind, manner, connection, threads));
        for (id, names) in read.and_then(Result::ok).unwrap_or_default() {
            users.add(kind, id, names);
        }
    }
    users
}

fn of_type(
    place: &TableInput,
    kind: &str,
    manner: &Dialect<'_>,
    connection: &mut Connection,
    threads: &Threads,
) -> Result<Vec<User>, SheetError> {
    let sheet = RecordReader::open(place, kind, manner, connection)?;
    let layout = Layout::of(kind, &sheet)?;
    let take = |users: &mut Vec<User>, row: &Row<'_>| {
        let name = layout.name(row);
        let addresses = layout
            .emails
            .iter()
            .flat_map(|&at| row.cells[at].split(';'));
        let names = [name.as_str()].into_iter().chain(addresses);
        let names = names.map(str::trim).filter(|name| !name.is_empty());
        let names = names.map(|name| name.to_lowercase().into()).collect();
        users.push((cell(row, Some(layout.id)).into(), names));
    };
    let mut all = Vec::new();
    sheet.read(threads, Vec::new, take, |users: Vec<User>| {
        all.extend(users)
    })?;
    Ok(all)
}
