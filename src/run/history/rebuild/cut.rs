//! *Cuts off* what is incomplete. A run appends to several files, and the state then counts the appended bytes. Without
//! a state, a run that was stopped may have left a decision without its activity, or an activity without its parties or
//! created record. Everything from the first such message on is cut off, and the next run decides it again.

use std::path::Path;

use hashbrown::{HashMap, HashSet};

use super::folder_lines::{Email, FolderLines};
use super::lines::{DuplicateLine, TableLines, UpdateLine, each};
use crate::output::state::stored::MessageKey;
use crate::output::table::file_name;
use crate::output::table::{Lengths, Table};
use crate::run::history::rebuild::error::RebuildError;

impl FolderLines<'_> {
    /// Cuts off incomplete messages, and sets the lengths of the files accordingly.
    pub(super) fn cut(
        &mut self,
        folder: &Path,
        lengths: &Lengths,
        by_id: &HashMap<MessageKey, u32>,
    ) -> Result<(), RebuildError> {
        let (tracked, received) = (self.tracked(), self.received());
        let mut whole = tracked.len().min(received.len());
        if let Some(broken) = self.without_parties() {
            whole = whole.min(received.partition_point(|&at| at < broken));
            if self.emails[broken].is_sent {
                return Err(self.lost_email(folder, broken));
            }
        }
        let mut end = tracked.get(whole).copied().unwrap_or(self.decided.len());
        end = end.min(self.without_records(folder, lengths)?);
        whole = tracked.partition_point(|&at| at < end);
        let emails_end = received.get(whole).copied().unwrap_or(self.emails.len());
        self.check_can_decide_again(folder, end, emails_end)?;
        self.decided.truncate(end);
        let created_end = self.decided.last().map_or(0, |it| it.created_end);
        self.created_by.truncate(created_end);
        self.cut_created();
        let mut set = |table, length: Option<u64>| self.lengths.set(table, length.unwrap_or(0));
        set(Table::Decisions, self.decided.last().map(|it| it.end));
        let last = emails_end.checked_sub(1).map(|at| &self.emails[at]);
        set(Table::Emails, last.map(|it: &Email| it.end));
        set(Table::ActivityParties, last.map(|it| it.parties_end));
        let is_cut = |id: Option<MessageKey>| {
            let at = id.and_then(|id| by_id.get(&id));
            at.is_some_and(|&at| at as usize >= emails_end)
        };
        let mut updates = TableLines::open(folder, Table::Updates, lengths)?;
        let mut updates_end = 0;
        while updates.next()?.is_some() {
            let line: UpdateLine = updates.parse()?;
            if is_cut(updates.id(&line.activityid).ok()) {
                break;
            }
            updates_end = updates.end;
        }
        let mut duplicates = TableLines::open(folder, Table::Duplicates, lengths)?;
        let mut duplicates_end = 0;
        while duplicates.next()?.is_some() {
            let line: DuplicateLine = duplicates.parse()?;
            if is_cut(duplicates.id(&line.activityid).ok()) {
                break;
            }
            duplicates_end = duplicates.end;
        }
        self.lengths.set(Table::Updates, updates_end);
        self.lengths.set(Table::Duplicates, duplicates_end);
        self.emails.truncate(emails_end);
        Ok(())
    }

    /// Returns the indices of decisions that track.
    fn tracked(&self) -> Vec<usize> {
        let all = 0..self.decided.len();
        all.filter(|&at| self.decided[at].tracked.is_some())
            .collect()
    }

    /// Returns the indices of activities that were tracked by a decision, and not by `send`.
    fn received(&self) -> Vec<usize> {
        let all = 0..self.emails.len();
        all.filter(|&at| !self.emails[at].is_sent).collect()
    }

    /// Checks that the activities are in the order of their decisions.
    pub(super) fn check_order(&self, folder: &Path) -> Result<(), RebuildError> {
        let (tracked, received) = (self.tracked(), self.received());
        let mut pairs = tracked.iter().zip(&received);
        let apart = pairs.find(|&(&of, &at)| self.decided[of].tracked != Some(self.emails[at].id));
        match apart {
            None => Ok(()),
            Some((of, at)) => Err(RebuildError::Wrong {
                path: folder.join(file_name(Table::Emails)).display().to_string(),
                line: *at as u64 + 1,
                why: format!(
                    "it is not the activity of line {} of decisions.jsonl",
                    of + 1
                ),
            }),
        }
    }

    /// Returns the first activity that lacks parties. Parties are written in the order of activities, so only the last
    /// activity that has any, and those after it, can be incomplete.
    fn without_parties(&self) -> Option<usize> {
        let last = self.emails.iter().rposition(|it| it.parties > 0);
        let first = last.unwrap_or(0);
        (first..self.emails.len()).find(|&at| {
            let email = &self.emails[at];
            match email.current {
                Some(decision) if self.is_alike(decision) => {
                    email.parties < self.current.parties(decision)
                }
                _ => Some(at) != last,
            }
        })
    }

    /// Returns whether the present decision on a message equals the one in the folder.
    fn is_alike(&self, decision: u32) -> bool {
        let rows = self.current.rows();
        let decision = &rows.decided.decisions[decision as usize];
        let mut line = crate::output::lines::Lines::default();
        line.push(&rows.decision(decision));
        let line = line.bytes().unwrap_or_default();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        self.current.has_line(line)
    }

    /// Returns the first decision with a created record that has no line, and that the book did not have either; if
    /// there is none, the number of decisions.
    fn without_records(&self, folder: &Path, lengths: &Lengths) -> Result<usize, RebuildError> {
        let mut equals = Vec::new();
        each(
            folder,
            Table::Duplicates,
            lengths,
            |_, line: DuplicateLine| {
                equals.push(line.equals);
                Ok(())
            },
        )?;
        let mut there: HashSet<&str> = equals.iter().map(|it| &**it).collect();
        there.extend(self.created.iter().map(|it| &*it.reference));
        let mut start = 0;
        let first = self.decided.iter().position(|decided| {
            let created = &self.created_by[start..decided.created_end];
            start = decided.created_end;
            !created.iter().all(|it| there.contains(&**it))
        });
        Ok(first.unwrap_or(self.decided.len()))
    }

    /// Checks that all messages that are cut off are in the mail, because they must be decided again.
    fn check_can_decide_again(
        &self,
        folder: &Path,
        end: usize,
        emails_end: usize,
    ) -> Result<(), RebuildError> {
        let gone = (end..self.decided.len()).find(|&at| !self.decided[at].is_there);
        if let Some(at) = gone {
            let count = self.decided.len() - end;
            return Err(RebuildError::Lost {
                folder: folder.display().to_string(),
                what: format!(
                    "the files lack what belongs to the last {count} of the lines of decisions.jsonl, such as the message of line {}",
                    at + 1
                ),
            });
        }
        let cut = emails_end..self.emails.len();
        let mut cut = cut.filter(|&at| {
            let email = &self.emails[at];
            email.is_sent || !self.current.tracks(&email.id)
        });
        match cut.next() {
            Some(at) => Err(self.lost_email(folder, at)),
            None => Ok(()),
        }
    }

    fn lost_email(&self, folder: &Path, at: usize) -> RebuildError {
        let email = &self.emails[at];
        let source = email.said.as_ref().map(|it| &*it.line.source);
        let source = source.map_or(String::new(), |it| format!(" ({it})"));
        RebuildError::Lost {
            folder: folder.display().to_string(),
            what: format!(
                "the files lack what belongs to the activity of line {}{source} of emails.jsonl",
                at + 1
            ),
        }
    }

    /// Cuts off created records at the end of their files that no decision names.
    fn cut_created(&mut self) {
        let named: HashSet<&str> = self.created_by.iter().map(|it| &**it).collect();
        let mut ends = Lengths::default();
        for created in &self.created {
            if named.contains(&*created.reference) {
                ends.set(created.table, created.end);
            }
        }
        self.created
            .retain(|created| created.end <= ends.of(created.table));
        for table in [Table::Contacts, Table::Leads] {
            self.lengths.set(table, ends.of(table));
        }
    }
}
