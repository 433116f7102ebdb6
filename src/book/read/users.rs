//! The *users* of a book by what they are called, for exports that name a record's owner and do not give the id.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::records::{Layout, cell};
use crate::base::threads::Threads;
use crate::book::preset::dialect::Manner;
use crate::book::rows::database::Connection;
use crate::book::rows::place::Place;
use crate::book::rows::sheet::{Row, Sheet, SheetError};

/// What owns records.
const KINDS: [&str; 3] = ["systemuser", "team", "queue"];

/// Users, teams and queues, by their ids, names and addresses in small letters.
#[derive(Debug, Default)]
pub(crate) struct Users {
    ids: HashSet<Box<str>>,
    /// `None` where several have the name.
    called: HashMap<Box<str>, Option<Box<str>>>,
}

/// A user's id, and what it is called.
type User = (Box<str>, Vec<Box<str>>);

impl Users {
    /// Those of a book's files. What is wrong with these is told when their records are read.
    pub(crate) fn read(
        places: &BTreeMap<String, Place>,
        manner: &Manner<'_>,
        connection: &mut Connection,
        threads: &Threads,
    ) -> Users {
        let mut users = Users::default();
        for kind in KINDS {
            let read = places
                .get(kind)
                .map(|place| of_type(place, kind, manner, connection, threads));
            for (id, names) in read.and_then(Result::ok).unwrap_or_default() {
                let owner: Box<str> = match kind {
                    "systemuser" => id.clone(),
                    _ => format!("{kind}:{id}").into(),
                };
                for name in names {
                    users.name(name, kind, &owner);
                }
                users.ids.insert(id);
            }
        }
        users
    }

    /// Of users and teams with one name the user has it.
    fn name(&mut self, name: Box<str>, kind: &str, owner: &str) {
        let known = self.called.get(&name).cloned();
        let is_of_user = |known: &Option<Box<str>>| {
            known.as_ref().is_none_or(|known| !known.contains(':')) && kind != "systemuser"
        };
        let new = match known {
            None => Some(owner.into()),
            Some(known) if is_of_user(&known) || known.as_deref() == Some(owner) => known,
            Some(_) => None,
        };
        self.called.insert(name, new);
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether that is an id.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// The owner, a user's bare id or `type:id`, that alone is called so.
    pub(crate) fn called(&self, name: &str) -> Option<&str> {
        self.called.get(&*name.to_lowercase())?.as_deref()
    }
}

fn of_type(
    place: &Place,
    kind: &str,
    manner: &Manner<'_>,
    connection: &mut Connection,
    threads: &Threads,
) -> Result<Vec<User>, SheetError> {
    let sheet = Sheet::open(place, kind, manner, connection)?;
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
