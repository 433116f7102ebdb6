//! Where a message lies: whose mailbox it is in, and whether a rule tracks its folder (R5).

use hashbrown::HashMap;

use crate::mail::source::Source;
use crate::options::{FolderRule, MailboxId, Options};

/// Where a message lies.
#[derive(Clone, Copy)]
pub(super) struct Placement<'a> {
    /// The mailbox that holds it.
    pub(super) receiving: MailboxId,
    /// Its folder within that; of several (labels) the one that the rule is about.
    pub(super) folder: &'a str,
    /// The rule of that folder.
    pub(super) rule: Option<&'a FolderRule>,
    /// How many folders it lies in.
    pub(super) folders: usize,
}

/// The placements of folders, each worked out once.
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

    /// Where a message lies. One with labels is in the mailbox of the first; any of them may be tracked, the first that
    /// is counts.
    pub(super) fn of(&mut self, source: &'a Source) -> Placement<'a> {
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
        // Neighbours lie in one folder, and share its name.
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
    /// Whether its folder is tracked, in plain words.
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
