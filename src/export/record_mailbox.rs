//! The *mailbox of a record* that a run created: its options say which properties a vCard of the record has.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::base::reference::Reference;
use crate::export::error::ExportError;
use crate::options::{MailboxId, Options};
use crate::output::committed::reader::{Committed, JsonRow};
use crate::output::table::Table;

/// The mailboxes of created records.
pub(super) struct RecordMailboxes<'a> {
    options: &'a Options,
    /// The queue that accepted the message by which a record was created, by the message's activity: the record itself
    /// only says who owns it, which a queue does not.
    queues: HashMap<String, Reference>,
}

/// The columns of an activity that say who accepted it.
#[derive(Deserialize)]
struct Accepted {
    activityid: String,
    acceptingentityid: Option<String>,
}

impl<'a> RecordMailboxes<'a> {
    /// Finds the activities of the created records that a queue accepted. Without a queue's mailbox nothing is read.
    ///
    /// # Errors
    /// If the activities cannot be read.
    pub(super) fn new(
        folder: &Committed,
        options: &'a Options,
        records: &[&[JsonRow]],
    ) -> Result<RecordMailboxes<'a>, ExportError> {
        let mut queues = HashMap::new();
        if options.configured().any(|(_, mailbox)| mailbox.is_queue()) {
            let created = records.iter().flat_map(|rows| rows.iter());
            let created: HashSet<&str> =
                created.filter_map(|row| text(row, "activityid")).collect();
            folder.each::<_, ExportError>(Table::Emails, |row: Accepted| {
                let accepting = row.acceptingentityid.as_deref().and_then(Reference::parse);
                if let Some(queue) = accepting.filter(|it| &*it.kind == "queue")
                    && created.contains(&*row.activityid)
                {
                    queues.insert(row.activityid, queue);
                }
                Ok(())
            })?;
        }
        Ok(RecordMailboxes { options, queues })
    }

    /// Returns the mailbox of the queue that accepted the message, else the first one with the owner of the record, else
    /// the general one.
    pub(super) fn of(&self, row: &JsonRow) -> MailboxId {
        let queue = text(row, "activityid")
            .and_then(|id| self.queues.get(id))
            .cloned();
        let owner = queue.or_else(|| Reference::parse(text(row, "ownerid")?));
        let mut configured = self.options.configured();
        let found = configured.find(|(_, mailbox)| owner.is_some() && mailbox.owner == owner);
        found.map_or(MailboxId::GENERAL, |(id, _)| id)
    }
}

fn text<'r>(row: &'r JsonRow, column: &str) -> Option<&'r str> {
    row.get(column)?.as_str()
}
