//! Which messages earlier runs have decided, and what of that still holds.

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
use crate::output::Rows;
use crate::output::state::error::StateError;
use crate::output::state::stored::Key;
use crate::output::state::{Changes, DecidedRow, FileRow, Given, RecallQuery, RegardingRow, State};

use super::rows::{
    activities, asked_for, created_row, remembered_activity, remembered_record, wanted,
};

/// What a run looks at again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Again {
    /// Opens every file, also those that have not changed (`--recheck`).
    pub files: bool,
    /// Decides anew what was not tracked and was decided under other options or with another book, and applies the folders'
    /// rules (`--again`).
    pub decisions: bool,
}

/// What a run knows of earlier ones.
#[derive(Debug, Default)]
pub struct History {
    /// The stamps of the files that are read, from before that.
    stamps: Vec<(SourceKey, Stamp)>,
    /// Messages that count as seen.
    pub seen: u64,
    /// The runs that had decided messages which are decided again.
    replaced: HashMap<(Key, SourceKey), i64>,
    /// Of each identity, by number, whether this run's mail bears it and no earlier run has decided any such message. So
    /// none has tracked one either.
    new: Vec<bool>,
    /// Failures that earlier runs have told of, with the hash of why.
    failures: HashMap<SourceKey, i64>,
    /// The identities of remembered activities, by their ids.
    remembered: HashMap<ActivityId, (Key, Option<Direction>)>,
}

/// What was read of files, as far as the state keeps it.
#[derive(Debug, Default)]
pub struct FilesRead {
    stamps: Vec<(SourceKey, Stamp)>,
    /// Of each message.
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

    /// The files that were read without a failure, by place.
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
        // A message of a Maildir that stands in it twice, with two stamps for one place, is opened every time.
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

/// Where a failure is known again: in an mbox by the message's number too.
pub(super) fn place_of(failure: &Failure) -> SourceKey {
    failure.place.within(&failure.source)
}

/// The hash of a failure's reason.
pub(super) fn hash_of(failure: &Failure) -> i64 {
    SourceKey::default().within(&failure.error).0
}

impl History {
    /// Recalls what could not be read; whether the stamps of files are asked for before any is opened, because it may be
    /// left closed.
    ///
    /// # Errors
    /// Where the state cannot be read; so for all that follows.
    pub fn begin(&mut self, state: &State, again: Again) -> Result<bool, StateError> {
        self.failures = state.failures()?;
        Ok(!again.files && !again.decisions && state.has_files()?)
    }

    /// Leaves out the files that are as they were when an earlier run read them, by the stamps that the walk has taken, and
    /// counts what is in them.
    pub fn leave_out_unchanged(
        &mut self,
        listing: &mut Listing,
        state: &State,
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

    /// Leaves out the messages that an earlier run decided at the same place; with `again` only those that it tracked or
    /// decided under this fingerprint. What their files hold is noted first.
    pub fn leave_out_seen(
        &mut self,
        intake: &mut Intake,
        state: &State,
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
        let keys: Vec<(Key, SourceKey)> = intake.mail.iter().map(key_of).collect();
        let known = state.decided(keys.iter().map(|(key, _)| *key).collect())?;
        let first_of = |key: &Key| known.partition_point(|(of, ..)| of < key);
        let at_place = |&(key, place): &(Key, SourceKey)| {
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

    /// What the mail asks for of earlier activities and records; the records' addresses are numbered with all others.
    pub fn recall(
        &mut self,
        intake: &mut Intake,
        state: &State,
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
        state: &State,
        options: &Correlation,
    ) -> Result<Vec<RememberedActivity>, StateError> {
        let identities = &intake.distinct.identities;
        let mut asked: Vec<IdentityId> = intake
            .mail
            .iter()
            .flat_map(|mail| asked_for(&mail.envelope))
            .filter(|id| !self.new.get(id.0 as usize).is_some_and(|&is_new| is_new))
            .collect();
        asked.sort_unstable();
        asked.dedup();
        let mut by_key: Vec<(Key, IdentityId)> = asked
            .into_iter()
            .map(|id| (key(identities, id), id))
            .collect();
        by_key.sort_unstable();
        let wanted = RecallQuery {
            identities: by_key.iter().map(|(key, _)| *key).collect(),
            ..wanted(&intake.mail, options)
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

    /// How many messages are decided again that earlier runs had decided under other options or with another book.
    pub fn decided_anew(&self) -> u64 {
        self.replaced.len() as u64
    }

    /// Leaves out the failures that an earlier run has told of.
    pub fn new_failures<'f>(&self, failures: &'f [Failure]) -> Vec<&'f Failure> {
        let is_new =
            |failure: &&Failure| self.failures.get(&place_of(failure)) != Some(&hash_of(failure));
        failures.iter().filter(is_new).collect()
    }

    /// What this run adds to the state.
    pub fn changes<'r>(
        &self,
        rows: &'r Rows<'r>,
        failures: &[Failure],
        fingerprint: Vec<u8>,
        given: Option<Given>,
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
        changes.mended = self.mended(rows, &changes.failures);
        changes
    }

    /// Failures of earlier runs that are none any more: what they were about was read now.
    fn mended(&self, rows: &Rows<'_>, failures: &[(SourceKey, i64)]) -> Vec<SourceKey> {
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

    fn add_decision<'r>(&self, rows: &Rows<'r>, decision: &'r Decision, changes: &mut Changes<'r>) {
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
