//! Reads the *users* of a book with their names and addresses, for exports that give a record's owner by name and not
//! by id.

use std::collections::BTreeMap;

use super::records::Layout;
use crate::base::threads::Threads;
use crate::book::preset::dialect::Dialect;
use crate::book::preset::users::Users;
use crate::book::rows::database::Connection;
use crate::book::rows::place::TableInput;
use crate::book::rows::row::cell;
use crate::book::rows::row::{SheetError, SheetRow};
use crate::book::rows::sheet::RecordReader;

/// The types that can own records.
const KINDS: [&str; 3] = ["systemuser", "team", "queue"];

/// An id, with names and addresses.
type User = (Box<str>, Vec<Box<str>>);

/// Reads the users of a book's files. Errors are ignored here; they are reported when the records of these files are
/// read.
pub(crate) fn read(
    places: &BTreeMap<String, TableInput>,
    dialect: &Dialect<'_>,
    connection: &mut Connection,
    threads: &Threads,
) -> Users {
    let mut users = Users::default();
    for kind in KINDS {
        let read = places
            .get(kind)
            .map(|place| of_type(place, kind, dialect, connection, threads));
        for (id, names) in read.and_then(Result::ok).unwrap_or_default() {
            users.add(kind, id, names);
        }
    }
    users
}

fn of_type(
    place: &TableInput,
    kind: &str,
    dialect: &Dialect<'_>,
    connection: &mut Connection,
    threads: &Threads,
) -> Result<Vec<User>, SheetError> {
    let sheet = RecordReader::open(place, kind, dialect, connection)?;
    let layout = Layout::of(kind, &sheet)?;
    let take = |users: &mut Vec<User>, row: &SheetRow<'_>| {
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
