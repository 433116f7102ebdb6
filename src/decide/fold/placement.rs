//! The placement of a message: its mailbox, its folder, and the rule that tracks the folder (R5).

use hashbrown::HashMap;

use crate::mail::source::MessageSource;
use crate::options::{FolderRule, MailboxId, Options};

/// The mailbox and folder of a message.
#[derive(Clone, Copy)]
pub(super) struct Placement<'a> {
    /// The mailbox whose folder contains the message.
    pub(super) receiving: MailboxId,
    /// The folder within the mailbox; if there are several (labels), the one that the rule applies to.
    pub(super) folder: &'a str,
    /// The rule of that folder.
    pub(super) rule: Option<&'a FolderRule>,
    /// The number of folders (labels) that the message is in.
    pub(super) folders: usize,
}

/// The placements of folders, each computed once.
pub(super) struct Placements<'a> {
    options: &'a Options,
    known: HashMap<&'a str, Placement<'a>>,
    last: Option<(&'a str, Placement<'a>)>,
}

impl<'a> Placements<'a> {
    pub(super) fn new(options: &'a Options) -> Placements<'a> {
        Placements {
            options,
            known: HashMap::new(),
            last: None,
        }
    }

    /// Returns the placement of a message. A message with labels is in the mailbox of its first label; the first of its
    /// labels in that mailbox that a rule tracks counts.
    pub(super) fn of(&mut self, source: &'a MessageSource) -> Placement<'a> {
        let first = self.of_folder(source.folder());
        let Some(labels) = source.labels().filter(|_| first.rule.is_none()) else {
            return first;
        };
        let others = labels.0.iter().map(|label| self.of_folder(label));
        let tracked = others
            .filter(|it| it.receiving == first.receiving)
            .find(|it| it.rule.is_some());
        Placement {
            folders: labels.0.len(),
            ..tracked.unwrap_or(first)
        }
    }

    fn of_folder(&mut self, folder: &'a str) -> Placement<'a> {
        // Consecutive messages are usually in one folder and share the string of its name.
        if let Some((last, placement)) = self.last
            && std::ptr::eq(last, folder)
        {
            return placement;
        }
        let options = self.options;
        let placement = *self.known.entry(folder).or_insert_with(|| {
            let (receiving, within) = options.mailbox_of(folder);
            let rules = &options.mailbox(receiving).email.folders;
            Placement {
                receiving,
                folder: within,
                rule: rules.iter().find(|rule| rule.path == within),
                folders: 1,
            }
        });
        self.last = Some((folder, placement));
        placement
    }
}

impl Placement<'_> {
    /// Describes whether the folder is tracked, for the trace.
    pub(super) fn words(&self) -> String {
        let folder = self.folder;
        match self.rule {
            Some(FolderRule {
                regarding: Some(record),
                ..
            }) => format!("folder `{folder}`, regarding {record}"),
            Some(_) => format!("folder `{folder}`, no regarding record"),
            None if self.folders > 1 => {
                format!("none of its {} labels has a rule", self.folders)
            }
            None => format!("folder `{folder}` has no rule"),
        }
    }
}
