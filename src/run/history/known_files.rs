//! Finds out which files and messages earlier runs have read and decided.

use crate::run::history::rows::key;
use hashbrown::{HashMap, HashSet};
use uuid::Uuid;

use crate::decide::decision::{Decision, RememberedActivity};
use crate::decide::pass::Remembered;
use crate::decide::track::Reason;
use crate::mail::address::{Address, Equivalence};
use crate::mail::direction::Direction;
use crate::mail::identity::{ActivityId, IdentityId};
use crate::mail::intake::Intake;
use crate::mail::intake::Mail;
use crate::mail::source::failure::Failure;
use crate::mail::source::{Listing, SourceKey, Stamp};
use crate::options::Correlation;
use crate::output::OutputRows;
use crate::output::state::error::StateError;
use crate::output::state::stored::MessageKey;
use crate::output::state::{
    Changes, DecidedRow, FileRow, RecallQuery, RegardingRow, RunArguments, StateDatabase,
};

use super::rows::{
    activities, created_row, identities_of, recall_query, remembered_activity, remembered_record,
};

/// What a run does again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Again {
    /// Opens every file, even if it has not changed (`--recheck`).
    pub files: bool,
    /// Decides again the untracked messages that were decided with other options or another book, and applies the rules
    /// of folders (`--again`).
    pub decisions: bool,
}

/// The results of earlier runs that concern this one.
#[derive(Debug, Default)]
pub struct History {
    /// The stamps of the files that this run reads, taken before it reads them.
    stamps: Vec<(SourceKey, Stamp)>,
    /// The number of messages that are skipped as seen.
    pub seen: u64,
    /// For each message that is decided again, the run that decided it before.
    replaced: HashMap<(MessageKey, SourceKey), i64>,
    /// For each identity, by interned id, whether mail of this run has it and no earlier run decided a message with it.
    /// No earlier run can then have tracked one either.
    new: Vec<bool>,
    /// The failures that earlier runs reported, with the hash of the reason.
    failures: HashMap<SourceKey, i64>,
    /// The identities of remembered activities, by activity id.
    remembered: HashMap<ActivityId, (MessageKey, Option<Direction>)>,
}

/// The files that were read, in the form that the state stores.
#[derive(Debug, Default)]
pub struct FilesRead {
    stamps: Vec<(SourceKey, Stamp)>,
    /// The location of each message.
    read: Vec<SourceKey>,
    archives: Vec<SourceKey>,
    no_mail: Vec<SourceKey>,
    failed: HashSet<SourceKey>,
}

impl FilesRead {
    fn of(intake: &Intake, stamps: Vec<(SourceKey, Stamp)>) -> FilesRead {
        FilesRead {
            stamps,
            read: intake.mail.iter().map(|mail| mail.source.place()).collect(),
            archives: intake.archives.clone(),
            no_mail: intake.no_mail.clone(),
            failed: intake.failures.iter().map(|it| it.place).collect(),
        }
    }

    /// Returns the files that were read without a failure, sorted by location.
    pub fn rows(self) -> Vec<FileRow> {
        let FilesRead {
            mut stamps,
            mut read,
            archives,
            no_mail,
            failed,
        } = self;
        stamps.sort_unstable_by_key(|(place, _)| *place);
        read.sort_unstable();
        let stamp_of = |place: SourceKey| {
            let at = stamps.binary_search_by_key(&place, |(of, _)| *of).ok()?;
            Some(stamps[at].1)
        };
        let several: HashSet<SourceKey> = archives.iter().copied().collect();
        // If a Maildir has two files for one message, one location has two stamps; it is not stored, and is opened
        // every time.
        let of_messages = read
            .chunk_by(|one, other| one == other)
            .map(|alike| (alike[0], alike.len() as u32))
            .filter(|(place, count)| *count < 2 || several.contains(place))
            .map(|(place, count)| (place, Some(count)));
        let empty = archives
            .iter()
            .filter(|place| read.binary_search(place).is_err());
        let empty = empty.map(|&place| (place, Some(0)));
        let no_mail = no_mail.into_iter().map(|place| (place, None));
        let rows = of_messages
            .chain(empty)
            .chain(no_mail)
            .filter(|(place, _)| !failed.contains(place))
            .filter_map(|(place, messages)| {
                Some(FileRow {
                    place,
                    stamp: stamp_of(place)?,
                    messages,
                })
            });
        let mut files = Vec::with_capacity(stamps.len());
        files.extend(rows);
        files.sort_unstable_by_key(|file| file.place);
        files
    }
}

/// Returns the location that identifies a failure; in an mbox it includes the number of the message.
pub(super) fn place_of(failure: &Failure) -> SourceKey {
    failure.place.within(&failure.source)
}

/// Returns the hash of a failure's reason.
pub(super) fn hash_of(failure: &Failure) -> i64 {
    SourceKey::default().within(&failure.error).0
}

impl History {
    /// Reads the failures of earlier runs. Returns whether the stamps of files are needed before any is opened, because
    /// unchanged files may be skipped.
    ///
    /// # Errors
    /// If the state cannot be read; likewise for all methods below.
    pub fn begin(&mut self, state: &StateDatabase, again: Again) -> Result<bool, StateError> {
        self.failures = state.failures()?;
        Ok(!again.files && !again.decisions && state.has_files()?)
    }

    /// Skips the files that have not changed since an earlier run read them, according to the stamps of the walk, and
    /// counts their messages.
    pub fn skip_unchanged(
        &mut self,
        listing: &mut Listing,
        state: &StateDatabase,
    ) -> Result<(), StateError> {
        let known = state.files(listing.places())?;
        let (read, seen) = (&mut self.stamps, &mut self.seen);
        listing.leave_out(|place, stamp| {
            let unchanged = known.get(place).filter(|it| stamp == Some(it.stamp));
            match unchanged.map(|it| it.messages) {
                None => {
                    read.extend(stamp.map(|stamp| (place, stamp)));
                    None
                }
                Some(messages) => {
                    *seen += u64::from(messages.unwrap_or(0));
                    Some(messages.is_some())
                }
            }
        });
        Ok(())
    }

    /// Removes the messages that an earlier run decided at the same location; with `again`, only those that it tracked
    /// or that were decided under this fingerprint. Returns the files that were read, which is determined first.
    pub fn remove_seen(
        &mut self,
        intake: &mut Intake,
        state: &StateDatabase,
        again: Again,
        fingerprint: &[u8],
    ) -> Result<FilesRead, StateError> {
        let mut stamps = std::mem::take(&mut intake.stamps);
        stamps.append(&mut self.stamps);
        let files = FilesRead::of(intake, stamps);
        let identities = &intake.distinct.identities;
        self.new = vec![false; identities.count()];
        if !state.has_decided()? {
            for mail in &intake.mail {
                self.new[mail.envelope.identity.0 as usize] = true;
            }
            return Ok(files);
        }
        let runs_alike = match again.decisions {
            true => state.runs_under(fingerprint)?,
            false => HashSet::new(),
        };
        let key_of = |mail: &Mail| (key(identities, mail.envelope.identity), mail.source.place());
        let keys: Vec<(MessageKey, SourceKey)> = intake.mail.iter().map(key_of).collect();
        let known = state.decided(keys.iter().map(|(key, _)| *key).collect())?;
        let first_of = |key: &MessageKey| known.partition_point(|(of, ..)| of < key);
        let at_place = |&(key, place): &(MessageKey, SourceKey)| {
            let found = known.binary_search_by_key(&(key, place), |&(of, at, _)| (of, at));
            found.ok().map(|at| known[at].2)
        };
        let mut kept = Vec::with_capacity(intake.mail.len());
        for (mut mail, key) in std::mem::take(&mut intake.mail).into_iter().zip(keys) {
            let is_new = known
                .get(first_of(&key.0))
                .is_none_or(|(of, ..)| *of != key.0);
            self.new[mail.envelope.identity.0 as usize] = is_new;
            let before = if is_new { None } else { at_place(&key) };
            match before {
                None => (),
                Some(before)
                    if again.decisions && !before.stands && !runs_alike.contains(&before.run) =>
                {
                    self.replaced.insert(key, before.run);
                }
                Some(before) => {
                    self.seen += 1;
                    if !(again.decisions && before.stands) {
                        continue;
                    }
                    mail.stands = true;
                }
            }
            kept.push(mail);
        }
        intake.mail = kept;
        Ok(files)
    }

    /// Recalls the earlier activities and records that the mail refers to. Addresses of the records are interned.
    pub fn recall(
        &mut self,
        intake: &mut Intake,
        state: &StateDatabase,
        options: &Correlation,
    ) -> Result<Remembered, StateError> {
        let mut remembered = Remembered {
            has_activities: state.has_activities()?,
            ..Remembered::default()
        };
        if remembered.has_activities {
            remembered.activities = self.recall_activities(intake, state, options)?;
        }
        let folded = |address: &Address| address.equivalence_key(Equivalence::WIDEST).into_owned();
        for before in state.created(intake.distinct.addresses.all().iter().map(folded))? {
            if let Some(address) = Address::parse(&before.address) {
                let address = intake.distinct.addresses.intern(address);
                remembered.records.push(remembered_record(before, address));
            }
        }
        Ok(remembered)
    }

    fn recall_activities(
        &mut self,
        intake: &Intake,
        state: &StateDatabase,
        options: &Correlation,
    ) -> Result<Vec<RememberedActivity>, StateError> {
        let identities = &intake.distinct.identities;
        let mut asked: Vec<IdentityId> = intake
            .mail
            .iter()
            .flat_map(|mail| identities_of(&mail.envelope))
            .filter(|id| !self.new.get(id.0 as usize).is_some_and(|&is_new| is_new))
            .collect();
        asked.sort_unstable();
        asked.dedup();
        let mut by_key: Vec<(MessageKey, IdentityId)> = asked
            .into_iter()
            .map(|id| (key(identities, id), id))
            .collect();
        by_key.sort_unstable();
        let wanted = RecallQuery {
            identities: by_key.iter().map(|(key, _)| *key).collect(),
            ..recall_query(&intake.mail, options)
        };
        let mut activities = Vec::new();
        for (key, before) in state.activities(wanted)? {
            let id = ActivityId::Derived(Uuid::from_bytes(before.id.unwrap_or(key)));
            self.remembered.insert(id.clone(), (key, before.direction));
            let known = by_key.binary_search_by_key(&key, |(key, _)| *key);
            let identity = known.ok().and_then(|at| by_key.get(at)).map(|&(_, id)| id);
            activities.push(remembered_activity(before, id, identity));
        }
        Ok(activities)
    }

    /// Returns how many messages are decided again that were decided before with other options or another book.
    pub fn decided_anew(&self) -> u64 {
        self.replaced.len() as u64
    }

    /// Returns the failures that no earlier run has reported.
    pub fn new_failures<'f>(&self, failures: &'f [Failure]) -> Vec<&'f Failure> {
        let is_new =
            |failure: &&Failure| self.failures.get(&place_of(failure)) != Some(&hash_of(failure));
        failures.iter().filter(is_new).collect()
    }

    /// Returns the changes of the state that this run makes.
    pub fn changes<'r>(
        &self,
        rows: &'r OutputRows<'r>,
        failures: &[Failure],
        fingerprint: Vec<u8>,
        given: Option<RunArguments>,
    ) -> Changes<'r> {
        let decisions = &rows.decided.decisions;
        let mut changes = Changes {
            fingerprint,
            given,
            decided: Vec::with_capacity(decisions.len()),
            activities: activities(rows),
            ..Changes::default()
        };
        for decision in decisions {
            self.add_decision(rows, decision, &mut changes);
        }
        for update in &rows.decided.updates {
            let id = &rows.decided.activity(update.activity).id;
            changes
                .regarding
                .extend(
                    self.remembered
                        .get(id)
                        .map(|&(identity, direction)| RegardingRow {
                            identity,
                            direction,
                            regarding: update.regarding.to_string(),
                            folder: &rows.resolver.options.mailbox(update.mailbox).path,
                        }),
                );
        }
        let addresses = rows.resolver.addresses;
        changes.created = rows
            .decided
            .created
            .made()
            .map(|(_, it)| created_row(it, addresses.get(it.address)))
            .collect();
        changes.failures = failures
            .iter()
            .map(|failure| (place_of(failure), hash_of(failure)))
            .collect();
        changes.mended = self.resolved_failures(rows, &changes.failures);
        changes
    }

    /// Returns the earlier failures at whose location a message was read now.
    fn resolved_failures(
        &self,
        rows: &OutputRows<'_>,
        failures: &[(SourceKey, i64)],
    ) -> Vec<SourceKey> {
        if self.failures.is_empty() {
            return Vec::new();
        }
        let failed: HashSet<SourceKey> = failures.iter().map(|(place, _)| *place).collect();
        let mut mended: Vec<SourceKey> = rows
            .mail
            .iter()
            .map(|mail| mail.source.place().within(&mail.source.name()))
            .filter(|place| self.failures.contains_key(place) && !failed.contains(place))
            .collect();
        mended.sort_unstable();
        mended.dedup();
        mended
    }

    fn add_decision<'r>(
        &self,
        rows: &OutputRows<'r>,
        decision: &'r Decision,
        changes: &mut Changes<'r>,
    ) {
        let mail = rows.mail(decision);
        let identities = rows.resolver.identities;
        let identity = mail.envelope.identity;
        let (own, place) = (key(identities, identity), mail.source.place());
        let is_tracked = decision.reason.is_tracked();
        changes.decided.push(DecidedRow {
            identity: own,
            place,
            stands: is_tracked || decision.reason == Reason::Duplicate,
        });
        changes.replaced.extend(self.replaced.get(&(own, place)));
    }
}
