//! The CRM's users by the ids and names that columns use for them.

use std::collections::HashMap;
use std::collections::HashSet;

/// Users, teams and queues, by their ids, names and addresses in small letters.
#[derive(Debug, Default)]
pub(crate) struct Users {
    ids: HashSet<Box<str>>,
    /// `None` if several have the name.
    called: HashMap<Box<str>, Option<Box<str>>>,
}

impl Users {
    /// Adds a user, a team or a queue with all that it is called.
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
