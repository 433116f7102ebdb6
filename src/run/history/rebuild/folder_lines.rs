//! The lines of an output folder, in the form that a rebuild needs.

use crate::run::history::rebuild::current::Current;
use crate::run::history::rebuild::current::hash;
use crate::run::history::rebuild::error::RebuildError;
use std::path::Path;

use hashbrown::{HashMap, HashSet};
use jiff::Timestamp;

use crate::decide::correlate::conversation_index::ConversationIndex;
use crate::mail::address::{Address, Equivalence};
use crate::mail::direction::Direction;
use crate::mail::identity::{Identity, activity_id};
use crate::mail::message::message_id;
use crate::mail::source::SourceKey;
use crate::mail::source::failure::Failure;
use crate::output::committed::row_types::RecordLine;
use crate::output::state::stored::MessageKey;
use crate::output::state::{Activities, ActivityRow, Changes, CreatedRow, DecidedRow, FileRow};
use crate::output::table::{Lengths, Table};
use crate::run::history::known_files::{FilesRead, hash_of, place_of};
use crate::run::history::rows::key;
use crate::run::history::rows::{activity_row, direction_of};

use super::lines::{EmailLine, TableLines};

/// The decision of a line.
pub(super) struct Decided {
    /// The key of the message; `None` if it follows neither from the line nor from the mail.
    pub(super) key: Option<MessageKey>,
    /// The location of the message, or the likely location if it is gone.
    pub(super) place: SourceKey,
    /// Whether the message is in the mail.
    pub(super) is_there: bool,
    /// Whether it is tracked, or a duplicate of a tracked message.
    pub(super) stands: bool,
    /// The activity, if the message is tracked.
    pub(super) tracked: Option<MessageKey>,
    /// Whether the present decision is the same.
    pub(super) is_alike: bool,
    /// The end, in `created_by`, of the records that it created.
    pub(super) created_end: usize,
    /// The end of the line in bytes.
    pub(super) end: u64,
}

/// The activity of a line.
pub(super) struct Email {
    pub(super) id: MessageKey,
    pub(super) is_sent: bool,
    /// The present decision on the same message.
    pub(super) current: Option<u32>,
    /// The content of the line, if there is no such decision.
    pub(super) said: Option<Box<ActivityLine>>,
    /// The regarding record, if it differs from that of the present decision.
    pub(super) regarding: Option<Option<Box<str>>>,
    /// The number of its parties.
    pub(super) parties: u64,
    /// The ends, in bytes, of its line and of the last line of its parties.
    pub(super) end: u64,
    pub(super) parties_end: u64,
}

/// The content of an activity's line whose message is not in the mail or was sent.
pub(super) struct ActivityLine {
    pub(super) key: MessageKey,
    pub(super) line: EmailLine,
    /// Its addresses in normal form, for smart matching.
    pub(super) addresses: Vec<String>,
}

/// The created record of a line.
pub(super) struct Created {
    pub(super) line: RecordLine,
    pub(super) address: Address,
    pub(super) reference: String,
    pub(super) table: Table,
    pub(super) end: u64,
}

/// The lines of an output folder that count.
pub(crate) struct FolderLines<'r> {
    pub(super) current: &'r Current<'r>,
    pub(super) decided: Vec<Decided>,
    /// References to created records, in the order of decisions.
    pub(super) created_by: Vec<Box<str>>,
    pub(super) emails: Vec<Email>,
    pub(super) created: Vec<Created>,
    /// The failures, as source and reason, without repetition.
    pub(super) failures: HashSet<(Box<str>, Box<str>)>,
    pub(super) lengths: Lengths,
}

impl<'r> FolderLines<'r> {
    /// Reads the lines of a folder, up to the given length of each file, and cuts off what is incomplete.
    ///
    /// # Errors
    /// If a file cannot be read, a line differs from what runs write, or missing messages cannot be decided again.
    pub(crate) fn read(
        folder: &Path,
        lengths: &Lengths,
        current: &'r Current<'r>,
    ) -> Result<FolderLines<'r>, RebuildError> {
        let mut it = FolderLines {
            current,
            decided: Vec::new(),
            created_by: Vec::new(),
            emails: Vec::new(),
            created: Vec::new(),
            failures: HashSet::new(),
            lengths: Lengths::default(),
        };
        it.read_failures(folder, lengths)?;
        it.read_decisions(folder, lengths)?;
        it.check_mail()?;
        let by_id = it.read_emails(folder, lengths)?;
        it.check_order(folder)?;
        it.read_parties(folder, lengths, &by_id)?;
        it.read_created(folder, lengths)?;
        it.cut(folder, lengths, &by_id)?;
        it.read_updates(folder, &by_id)?;
        for table in [Table::Sent, Table::Failed] {
            let mut lines = TableLines::open(folder, table, lengths)?;
            while lines.next()?.is_some() {}
            it.lengths.set(table, lines.end);
        }
        Ok(it)
    }

    /// Returns the length in bytes of each file that counts.
    pub(crate) fn lengths(&self) -> &Lengths {
        &self.lengths
    }

    /// Returns the number of decisions that count.
    pub(crate) fn decisions(&self) -> usize {
        self.decided.len()
    }

    /// Returns the number of decisions on messages that cannot be recognized again: they have no Message-ID, were not
    /// tracked, and are not in the mail.
    pub(crate) fn unknown(&self) -> usize {
        let unknown = self.decided.iter().filter(|it| it.key.is_none());
        unknown.count()
    }

    /// Returns the changes for the new state, in this order: messages decided with other options or another book (under
    /// the fingerprint `others`), those decided with the present ones, and sent messages.
    pub(crate) fn changes(&self, (fingerprint, others): (Vec<u8>, Vec<u8>)) -> [Changes<'_>; 3] {
        let mut decided = [Vec::new(), Vec::new()];
        for it in self.last() {
            decided[usize::from(it.is_alike)].extend(it.key.map(|identity| DecidedRow {
                identity,
                place: it.place,
                stands: it.stands,
            }));
        }
        let [by_others, by_these] = decided;
        [
            Changes {
                fingerprint: others,
                decided: by_others,
                ..Changes::default()
            },
            Changes {
                fingerprint,
                decided: by_these,
                activities: self.activities(),
                created: self.created_rows(),
                failures: self.failures(),
                ..Changes::default()
            },
            Changes {
                decided: self.sent(),
                ..Changes::default()
            },
        ]
    }

    fn was_told(&self, failure: &Failure) -> bool {
        let told = (failure.source.clone(), failure.error.as_str().into());
        self.failures.contains(&told)
    }

    /// Checks that nothing is newly unreadable while messages are missing: their locations would be unknown.
    fn check_mail(&self) -> Result<(), RebuildError> {
        let mut new = self.current.failures.iter().filter(|it| !self.was_told(it));
        match new.next() {
            Some(failure) if self.decided.iter().any(|it| !it.is_there) => {
                Err(RebuildError::Unreadable {
                    source_name: failure.source.to_string(),
                    why: failure.error.clone(),
                })
            }
            _ => Ok(()),
        }
    }

    /// Returns the failures that need not be reported again: those that persist, and those of files not in the mail.
    fn failures(&self) -> Vec<(SourceKey, i64)> {
        let there = self.current.names();
        let mut failing = HashSet::new();
        let mut told = Vec::new();
        for failure in self.current.failures {
            failing.insert(&*failure.source);
            if self.was_told(failure) {
                told.push((place_of(failure), hash_of(failure)));
            }
        }
        for (source, error) in &self.failures {
            if !failing.contains(&**source) && !there.contains(&hash(source.as_bytes())) {
                let place = self.current.place_of(source).within(source);
                told.push((place, hash(error.as_bytes())));
            }
        }
        told
    }

    /// Returns the decisions that stand: the last one on each message. An mbox may contain several copies of a message,
    /// each with its own decision.
    fn last(&self) -> impl Iterator<Item = &Decided> {
        let mut copies = self.current.copies();
        self.decided.iter().rev().filter(move |it| {
            let left = it.key.map(|key| copies.entry((key, it.place)).or_insert(1));
            let stands = left.as_ref().is_some_and(|left| **left > 0);
            left.into_iter()
                .for_each(|left| *left = left.saturating_sub(1));
            stands
        })
    }

    fn sent(&self) -> Vec<DecidedRow> {
        let sent = self.emails.iter().filter(|it| it.is_sent);
        let rows = sent.filter_map(|it| {
            Some(DecidedRow {
                identity: it.said.as_ref()?.key,
                place: SourceKey::default(),
                stands: true,
            })
        });
        rows.collect()
    }

    fn activities(&self) -> Activities<'_> {
        let identity = |email: &Email| match (email.current, &email.said) {
            (Some(decision), _) => self.current.key(decision),
            (None, Some(said)) => said.key,
            (None, None) => email.id,
        };
        let identities: Vec<MessageKey> = self.emails.iter().map(identity).collect();
        Activities::new(identities.into_iter(), move |at| {
            self.activity(&self.emails[at as usize])
        })
    }

    fn activity<'s>(&'s self, email: &'s Email) -> ActivityRow<'s> {
        let mut row = match (email.current, &email.said) {
            (Some(decision), _) => {
                let rows = self.current.rows();
                activity_row(rows, &rows.decided.decisions[decision as usize])
            }
            (None, Some(said)) => self.said(email, said),
            (None, None) => ActivityRow::default(),
        };
        if let Some(regarding) = &email.regarding {
            row.regarding = regarding.as_deref().map(Into::into);
            // The mailbox whose folder rule set it is no longer known, so that the rule of any folder may set it again.
            row.folder = None;
        }
        row
    }

    fn said<'s>(&'s self, email: &Email, said: &'s ActivityLine) -> ActivityRow<'s> {
        let ActivityLine {
            key,
            line,
            addresses,
        } = said;
        let options = &self.current.options().correlation;
        let subject = line.subject.as_deref().unwrap_or("");
        let smart = options.smart.as_ref();
        let tokens = options.token.tokens(subject);
        let message_id = line.messageid.as_deref().unwrap_or_default();
        let conversation = line.conversationindex.as_deref().and_then(|index| {
            let id = ConversationIndex::parse(index)?.conversation()?.to_vec();
            Some((id, index))
        });
        ActivityRow {
            identity: *key,
            direction: direction_of(Identity::MessageId(message_id), *key, email.id)
                .filter(|_| !message_id.is_empty()),
            received: line.receivedon.map(Timestamp::as_second),
            source: (*line.source).into(),
            regarding: line.regardingobjectid.as_deref().map(Into::into),
            folder: None,
            id: Some(email.id).filter(|id| id != key),
            subject: smart.map(|_| subject),
            addresses: smart.map(|_| first_distinct(addresses).join("\n")),
            tokens: tokens.iter().map(|&it| options.token.written(it)).collect(),
            conversation,
        }
    }

    /// Returns the created records in the order of their creation, which is that of the decisions that name them.
    fn created_rows(&self) -> Vec<CreatedRow<'_>> {
        let places = self.created_by.iter().zip(0..);
        let places: HashMap<&str, usize> = places.map(|(it, at)| (&**it, at)).collect();
        let mut created: Vec<&Created> = self.created.iter().collect();
        created.sort_by_key(|it| places.get(&*it.reference).copied().unwrap_or(usize::MAX));
        created.into_iter().map(|it| self.created_row(it)).collect()
    }

    fn created_row<'s>(&'s self, created: &'s Created) -> CreatedRow<'s> {
        let Created { line, address, .. } = created;
        let (kind, id) = line.record().unwrap_or_default();
        let now = self.current.created(id);
        let name = now.map(|it| &it.details.name);
        CreatedRow {
            address: address.as_str(),
            folded: address.equivalence_key(Equivalence::WIDEST),
            kind,
            id,
            written: &line.emailaddress1,
            // Columns that no synchronized field passes to the CRM are null in the line.
            full_name: line
                .fullname
                .as_deref()
                .or(name.map(|it| &*it.full))
                .or(line.lastname.as_deref())
                .unwrap_or_default(),
            first_name: line.firstname.as_deref().or(name
                .and_then(|it| it.first.as_deref())
                .filter(|_| line.fullname.is_none())),
            last_name: line
                .lastname
                .as_deref()
                .or(name.map(|it| &*it.last))
                .unwrap_or_default(),
            owner: line.ownerid.clone(),
            created: line.createdon.map(Timestamp::as_second),
        }
    }

    /// Returns those of the files read now whose messages are all decided. The next run skips them if they have not
    /// changed.
    pub(crate) fn files(&self, read: FilesRead) -> Vec<FileRow> {
        let decided = self.decided.iter();
        let decided: HashSet<(MessageKey, SourceKey)> =
            decided.filter_map(|it| Some((it.key?, it.place))).collect();
        let rows = self.current.rows();
        let undecided = rows.mail.iter().filter_map(|mail| {
            let (own, place) = (
                key(rows.resolver.identities, mail.envelope.identity),
                mail.source.place(),
            );
            (!decided.contains(&(own, place))).then_some(place)
        });
        let undecided: HashSet<SourceKey> = undecided.collect();
        let mut files = read.rows();
        files.retain(|file| !undecided.contains(&file.place));
        files
    }
}

/// Returns the key of a message with this Message-ID. Versions before 5 wrote the id as it was in the message.
pub(super) fn key_of(written: &str) -> MessageKey {
    let id = message_id::identity(written);
    let id = id.as_deref().unwrap_or(written);
    activity_id(Identity::MessageId(id), None::<Direction>).into_bytes()
}

/// Number of addresses that smart matching uses (R8).
const ADDRESSES_MAX: usize = 20;

fn first_distinct(addresses: &[String]) -> Vec<&str> {
    let mut met = HashSet::new();
    let all = addresses.iter().map(String::as_str);
    all.filter(|it| met.insert(*it))
        .take(ADDRESSES_MAX)
        .collect()
}
