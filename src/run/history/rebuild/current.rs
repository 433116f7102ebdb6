//! The mail and the decisions on it *now*, during a rebuild.

use std::path::PathBuf;

use hashbrown::{HashMap, HashSet};
use jiff::Timestamp;

use crate::decide::created::CreatedRecord;
use crate::mail::identity::{ActivityId, Identities, Identity, IdentityId};
use crate::mail::source::SourceKey;
use crate::mail::source::failure::Failure;
use crate::options::Options;
use crate::output::OutputRows;
use crate::output::Sink;
use crate::output::error::OutputError;
use crate::output::lines::Lines;
use crate::output::state::stored::MessageKey;
use crate::output::summary::Summary;
use crate::output::table::{Lengths, Table};
use crate::run::history::rows::direction_of;
use crate::run::history::rows::key;

/// The mail, and the present decisions on it.
pub(crate) struct Current<'r> {
    rows: &'r OutputRows<'r>,
    /// The mail arguments.
    roots: &'r [PathBuf],
    /// The files and messages that cannot be read.
    pub(super) failures: &'r [Failure],
    /// The hashes of the lines of decisions.
    lines: HashSet<i64>,
    /// The numbers of the decisions that track, by the ids of their activities.
    tracked: HashMap<MessageKey, u32>,
    created: HashMap<&'r str, &'r CreatedRecord>,
    /// The messages with a Message-ID: the hash of their file's name, their key and their location; sorted.
    messages: Vec<(i64, MessageKey, SourceKey)>,
    /// The messages without a Message-ID, sorted by the hash of their source.
    contents: Vec<(i64, Content)>,
}

/// A message without a Message-ID.
#[derive(Clone, Copy)]
struct Content {
    received: Option<i64>,
    key: MessageKey,
    identity: IdentityId,
    place: SourceKey,
}

impl<'r> Current<'r> {
    /// Indexes the present decisions on the mail in `roots`, their lines, and the failures.
    pub(crate) fn new(
        rows: &'r OutputRows<'r>,
        roots: &'r [PathBuf],
        failures: &'r [Failure],
        lines: LineHashes,
    ) -> Current<'r> {
        let mut it = Current {
            rows,
            roots,
            failures,
            lines: lines.0,
            tracked: HashMap::new(),
            created: HashMap::new(),
            messages: Vec::with_capacity(rows.mail.len()),
            contents: Vec::new(),
        };
        let identities = rows.resolver.identities;
        for mail in rows.mail {
            let identity = mail.envelope.identity;
            let (own, place) = (key(identities, identity), mail.source.place());
            let name = mail.source.name();
            match identities.get(identity) {
                Identity::MessageId(_) => it.messages.push((file_hash(&name), own, place)),
                Identity::Content(_) => it.contents.push((
                    hash(name.as_bytes()),
                    Content {
                        received: mail.envelope.received_on.get().map(Timestamp::as_second),
                        key: own,
                        identity,
                        place,
                    },
                )),
            }
        }
        it.messages.sort_unstable();
        it.contents.sort_by_key(|(name, _)| *name);
        for (decision, number) in rows.decided.decisions.iter().zip(0..) {
            let activity = decision.activity.filter(|_| decision.reason.is_tracked());
            if let Some(activity) = activity
                && let ActivityId::Derived(id) = &rows.decided.activity(activity).id
            {
                it.tracked.insert(id.into_bytes(), number);
            }
        }
        for (_, record) in rows.decided.created.made() {
            it.created.insert(&record.details.id, record);
        }
        it
    }

    pub(super) fn rows(&self) -> &'r OutputRows<'r> {
        self.rows
    }

    pub(super) fn options(&self) -> &'r Options {
        self.rows.resolver.options
    }

    /// Returns whether a present decision has this line.
    pub(super) fn has_line(&self, line: &[u8]) -> bool {
        self.lines.contains(&hash(line))
    }

    /// Returns the decision that tracks this activity now, if its message has this source.
    pub(super) fn tracked(&self, activity: MessageKey, source: &str) -> Option<u32> {
        let &decision = self.tracked.get(&activity)?;
        let mail = self
            .rows
            .mail(&self.rows.decided.decisions[decision as usize]);
        (mail.source.name() == source).then_some(decision)
    }

    /// Returns whether the mail has the message of an activity and it is tracked.
    pub(super) fn tracks(&self, activity: &MessageKey) -> bool {
        self.tracked.contains_key(activity)
    }

    /// Returns the number of parties of a decision's activity.
    pub(super) fn parties(&self, decision: u32) -> u64 {
        let mut count = 0;
        let decision = &self.rows.decided.decisions[decision as usize];
        self.rows.parties(decision, &mut |_| count += 1);
        count
    }

    /// Returns the present regarding record of a decision's activity.
    pub(super) fn regarding(&self, decision: u32) -> Option<String> {
        let activity = self.rows.decided.decisions[decision as usize].activity?;
        let regarding = self.rows.decided.activity(activity).regarding.as_ref();
        regarding.map(ToString::to_string)
    }

    /// Returns the key of a decision's message.
    pub(super) fn key(&self, decision: u32) -> MessageKey {
        let mail = self
            .rows
            .mail(&self.rows.decided.decisions[decision as usize]);
        key(self.rows.resolver.identities, mail.envelope.identity)
    }

    /// Returns the record with this id that is created now.
    pub(super) fn created(&self, id: &str) -> Option<&'r CreatedRecord> {
        self.created.get(id).copied()
    }

    /// Returns the hashes of the messages' sources.
    pub(super) fn names(&self) -> HashSet<i64> {
        let names = self.rows.mail.iter().map(|mail| mail.source.name());
        names.map(|name| hash(name.as_bytes())).collect()
    }

    /// Counts the messages with the same key at the same location.
    pub(super) fn copies(&self) -> HashMap<(MessageKey, SourceKey), u32> {
        let mut copies = HashMap::new();
        for mail in self.rows.mail {
            let own = key(self.rows.resolver.identities, mail.envelope.identity);
            *copies.entry((own, mail.source.place())).or_default() += 1;
        }
        copies
    }

    /// Returns the likely location of a file that is gone: in the first folder of the mail arguments, and not in an
    /// archive. Returns the default if no argument fits.
    pub(super) fn place_of(&self, source: &str) -> SourceKey {
        let file = file_of(source);
        let name_of = |root: &'r PathBuf| root.file_name().is_some_and(|it| it == file);
        let is_it = |root: &&'r PathBuf| root.is_dir() || name_of(root);
        match self.roots.iter().find(is_it) {
            Some(root) if root.is_dir() => SourceKey::of(&root.join(file)),
            Some(root) => SourceKey::of(root),
            None => SourceKey::default(),
        }
    }

    /// Returns a finder for the locations of messages, which must be called for lines in their order.
    pub(super) fn places(&self) -> Places<'_> {
        Places {
            messages: &self.messages,
            contents: &self.contents,
            identities: self.rows.resolver.identities,
            is_taken: vec![false; self.messages.len()],
        }
    }
}

/// Finds the locations of the messages that lines name. If two arguments of mail have messages with the same name,
/// these are returned in turn.
pub(super) struct Places<'c> {
    messages: &'c [(i64, MessageKey, SourceKey)],
    contents: &'c [(i64, Content)],
    identities: &'c Identities,
    is_taken: Vec<bool>,
}

impl Places<'_> {
    /// Returns the location of the message with this key, in the file of this source.
    pub(super) fn of_message(&mut self, source: &str, key: MessageKey) -> Option<SourceKey> {
        let wanted = (file_hash(source), key);
        let first = self.messages.partition_point(|it| (it.0, it.1) < wanted);
        let alike = self.messages[first..].iter();
        let alike = alike.take_while(|it| (it.0, it.1) == wanted).count();
        let mut all = first..first + alike;
        let at = all.find(|&at| !self.is_taken[at]);
        // A message that was decided repeatedly has a line for each decision.
        let at = at.or((alike > 0).then_some(first))?;
        self.is_taken[at] = true;
        Some(self.messages[at].2)
    }

    /// Returns the key and location of the message without a Message-ID that has this source. The numbers of messages
    /// in an mbox may have changed, so its time and activity must match those in the line.
    pub(super) fn of_content(
        &self,
        source: &str,
        received: Option<i64>,
        activity: Option<MessageKey>,
    ) -> Option<(MessageKey, SourceKey)> {
        let wanted = hash(source.as_bytes());
        let first = self.contents.partition_point(|(name, _)| *name < wanted);
        let alike = self.contents[first..].iter();
        let mut alike = alike.take_while(|(name, _)| *name == wanted);
        let is_it = |it: &&(i64, Content)| {
            // The id of its activity is its key, or derived from it with a direction.
            let identity = self.identities.get(it.1.identity);
            let is_activity = |id| id == it.1.key || direction_of(identity, it.1.key, id).is_some();
            it.1.received == received && activity.is_none_or(is_activity)
        };
        let found = alike.find(is_it);
        found.map(|(_, it)| (it.key, it.place))
    }
}

/// Returns the file in a source, without the number of a message in it, which may have changed.
fn file_of(source: &str) -> &str {
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    let file = source
        .rsplit_once('#')
        .filter(|(_, number)| is_number(number));
    file.map_or(source, |(file, _)| file)
}

fn file_hash(source: &str) -> i64 {
    hash(file_of(source).as_bytes())
}

/// Collects the hashes of the lines of decisions.
#[derive(Default)]
pub(crate) struct LineHashes(HashSet<i64>);

impl Sink for LineHashes {
    fn append(&mut self, table: Table, lines: &Lines) -> Result<(), OutputError> {
        if table == Table::Decisions {
            let lines = lines.bytes()?.split(|&byte| byte == b'\n');
            self.0.extend(lines.map(hash));
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<Lengths, OutputError> {
        Ok(Lengths::default())
    }

    fn committing(&mut self) {}

    fn committed(&mut self, _: Lengths) {}

    fn sum_up(&mut self, _: &Summary) -> Result<(), OutputError> {
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<(), OutputError> {
        Ok(())
    }
}

pub(super) fn hash(bytes: &[u8]) -> i64 {
    SourceKey::default()
        .within(&String::from_utf8_lossy(bytes))
        .0
}

#[cfg(test)]
mod tests {
    use super::file_of;

    #[test]
    fn a_source_names_its_file() {
        for (source, want) in [
            ("Inbox/7.eml", "Inbox/7.eml"),
            ("box.mbox#12", "box.mbox"),
            ("a#b/box#3", "a#b/box"),
            ("Inbox/a#b.eml", "Inbox/a#b.eml"),
            ("box#", "box#"),
            ("#7", ""),
            ("old.zip/a.mbox#2", "old.zip/a.mbox"),
        ] {
            assert_eq!(file_of(source), want);
        }
    }
}
