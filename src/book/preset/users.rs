//! The CRM's users by id, name and address, for columns that name them.

use std::collections::HashMap;
use std::collections::HashSet;

/// Users, teams and queues by their ids, and by their names and addresses in lower case.
#[derive(Debug, Default)]
pub(crate) struct Users {
    ids: HashSet<Box<str>>,
    /// The owner with a name or address; `None` if several have it.
    called: HashMap<Box<str>, Option<Box<str>>>,
}

impl Users {
    /// Adds a user, team or queue with its names and addresses, in lower case.
    pub(crate) fn add(
        &mut self,
        kind: &str,
        id: Box<str>,
        names: impl IntoIterator<Item = Box<str>>,
    ) {
        let owner: Box<str> = match kind {
            "systemuser" => id.clone(),
            _ => format!("{kind}:{id}").into(),
        };
        for name in names {
            self.name(name, kind, &owner);
        }
        self.ids.insert(id);
    }

    /// Adds one name. A user takes precedence over a team or queue of the same name.
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

    /// Returns whether there are no users.
    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Returns whether a text is one of the ids.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// Returns the only owner with a name or address: a user's bare id, or `type:id`.
    pub(crate) fn by_name(&self, name: &str) -> Option<&str> {
        self.called.get(&*name.to_lowercase())?.as_deref()
    }
}
