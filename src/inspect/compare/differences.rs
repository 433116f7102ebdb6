//! Compares two sets of decisions on the same mail, message by message.

use crate::decide::ordinal::Ordinal;
use crate::inspect::compare::group::Group;
use crate::inspect::compare::side_text::Difference;
use crate::inspect::compare::side_text::Party;
use crate::inspect::compare::side_text::SideText;
use crate::mail::intake::MessageNumber;
use hashbrown::{HashMap, HashSet};
use serde::Serialize;
use serde_json::{Map, Value};
use smallvec::SmallVec;

use super::side_text::{RECORD, is_who};

use crate::base::reference::{Reference, ReferenceView};
use crate::base::threads::Threads;
use crate::decide::created::{CreatedId, CreatedRecord};
use crate::decide::decision::{Decision, Update};
use crate::mail::envelope::AddressId;
use crate::mail::identity::ActivityId;
use crate::options::MailboxId;
use crate::output::OutputRows;

/// Number of decisions that one thread compares at a time.
const BATCH: usize = 256;

/// Dataverse's `participationtypemask` codes of recipients: To, Cc, Bcc.
const RECIPIENTS: std::ops::RangeInclusive<u8> = 2..=4;

/// The decisions of one options file.
struct Side<'a> {
    rows: &'a OutputRows<'a>,
    /// The decisions that track a message, by the activity's id.
    tracked: HashMap<&'a ActivityId, Ordinal>,
}

/// The two sides of a difference.
#[derive(Clone, Copy)]
enum At {
    /// The decisions on a message.
    Messages([Ordinal; 2]),
    /// The records created for an address.
    Created([Option<CreatedId>; 2]),
    /// The changed regarding records of an activity that the CRM had before, as indices of updates.
    Updates([Option<u32>; 2]),
}

/// The differences between two options files.
pub(crate) struct Comparison<'a> {
    a: Side<'a>,
    b: Side<'a>,
    found: Vec<(Group, At)>,
}

/// The number of messages that one options file tracks, and of records that it creates.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub(crate) struct SideCounts {
    pub tracked: u64,
    pub created: u64,
}

/// The number of differences.
#[derive(Debug, Serialize)]
pub(crate) struct Counts {
    /// Messages that were decided.
    pub messages: u64,
    /// Those without a difference in any group.
    pub alike: u64,
    /// The counts of A.
    pub a: SideCounts,
    /// The counts of B.
    pub b: SideCounts,
    /// The number of differences in each group.
    #[serde(serialize_with = "named")]
    pub differences: [(Group, u64); Group::ALL.len()],
}

fn named<S: serde::Serializer>(counts: &[(Group, u64)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(counts.iter().map(|(group, count)| (group, count)))
}

impl<'a> Comparison<'a> {
    /// Compares the decisions of A and B on the same messages.
    pub(crate) fn new(
        a: &'a OutputRows<'a>,
        b: &'a OutputRows<'a>,
        threads: &Threads,
    ) -> Comparison<'a> {
        let mut comparison = Comparison {
            a: Side::new(a),
            b: Side::new(b),
            found: Vec::new(),
        };
        let parts = threads.chunks(&a.decided.decisions, BATCH, |part| {
            let each = part
                .iter()
                .flat_map(|decision| comparison.message(decision));
            each.collect::<Vec<_>>()
        });
        let mut found: Vec<(Group, At)> = parts.into_iter().flatten().collect();
        found.extend(comparison.updates());
        found.extend(comparison.created());
        let mut places = vec![Ordinal::default(); a.mail.len()];
        for decision in &a.decided.decisions {
            places[decision.message.index()] = decision.ordinal;
        }
        found.sort_by_key(|(group, at)| (*group, places[comparison.number(*at).index()]));
        comparison.found = found;
        comparison
    }

    /// Returns the number of differences by group.
    pub(crate) fn counts(&self) -> Counts {
        let other: HashSet<MessageNumber> =
            self.found.iter().map(|(_, at)| self.number(*at)).collect();
        let messages = self.a.rows.decided.decisions.len() as u64;
        let count = |group| {
            let of_group = self.found.iter().filter(|(of, _)| *of == group);
            (group, of_group.count() as u64)
        };
        Counts {
            messages,
            alike: messages - other.len() as u64,
            a: self.a.counts(),
            b: self.b.counts(),
            differences: Group::ALL.map(count),
        }
    }

    /// Returns the differences of a group, in the order of decisions.
    pub(crate) fn of(&self, group: Group) -> impl Iterator<Item = Difference<'a>> {
        let found = self.found.iter().filter(move |(of, _)| *of == group);
        found.map(|&(group, at)| self.difference(group, at))
    }

    /// Returns the differences of one message.
    fn message(&self, a: &'a Decision) -> SmallVec<[(Group, At); 2]> {
        let b = self.b.decision(a.ordinal);
        let (is_a, is_b) = (a.reason.is_tracked(), b.reason.is_tracked());
        let at = |a: &Decision, b: &Decision| At::Messages([a.ordinal, b.ordinal]);
        let mut found = SmallVec::new();
        match (is_a, is_b) {
            (true, true) => self.links(a, b, &mut found),
            (true, false) => match self.b.tracks(self.a.activity(a)) {
                Some(copy) => {
                    found.push((Group::Copy, at(a, copy)));
                    self.links(a, copy, &mut found);
                }
                None => found.push((Group::TrackedOnlyA, at(a, b))),
            },
            // If A tracks another copy, the difference is reported with that copy.
            (false, true) if self.a.tracks(self.b.activity(b)).is_some() => (),
            (false, true) => found.push((Group::TrackedOnlyB, at(a, b))),
            (false, false) if a.reason != b.reason => found.push((Group::NotTracked, at(a, b))),
            (false, false) => (),
        }
        found
    }

    /// Adds the differences of an activity that both have.
    fn links(&self, a: &'a Decision, b: &'a Decision, found: &mut SmallVec<[(Group, At); 2]>) {
        let (of_a, of_b) = (&self.a, &self.b);
        let differs = [
            (Group::Reason, a.reason != b.reason),
            (Group::Direction, a.direction != b.direction),
            (
                Group::Accepting,
                of_a.mailbox(a.accepting) != of_b.mailbox(b.accepting),
            ),
            (Group::Sender, of_a.sender(a) != of_b.sender(b)),
            (Group::Recipients, of_a.recipients(a) != of_b.recipients(b)),
            (Group::Regarding, of_a.regarding(a) != of_b.regarding(b)),
            (
                Group::Correlation,
                of_a.correlation(a) != of_b.correlation(b),
            ),
        ];
        let at = At::Messages([a.ordinal, b.ordinal]);
        let those = differs.iter().filter(|(_, differs)| *differs);
        found.extend(those.map(|(group, _)| (*group, at)));
    }

    /// Returns the activities known before the run whose new regarding records differ, or that only one of the two
    /// updates.
    fn updates(&self) -> Vec<(Group, At)> {
        let pairs = pairs(
            self.a.updates(),
            self.b.updates(),
            |update| update.message.0,
            |a, b| a.regarding == b.regarding,
        );
        let each = pairs.into_iter();
        each.map(|at| (Group::Regarding, At::Updates(at))).collect()
    }

    /// Returns the created records that differ, or that only one of the two creates for an address.
    fn created(&self) -> Vec<(Group, At)> {
        let pairs = pairs(
            self.a.created(),
            self.b.created(),
            |record| record.ordinal.0,
            |a, b| self.a.fields(a) == self.b.fields(b),
        );
        let group = |at: &[Option<u32>; 2]| match at {
            [_, None] => Group::CreatedOnlyA,
            [None, _] => Group::CreatedOnlyB,
            _ => Group::Created,
        };
        let each = pairs.into_iter();
        each.map(|at| (group(&at), At::Created(at.map(|it| it.map(CreatedId)))))
            .collect()
    }

    /// Returns the number of the message that a difference is about.
    fn number(&self, at: At) -> MessageNumber {
        match at {
            At::Messages([a, _]) => self.a.decision(a).message,
            At::Created([Some(a), _]) => self.a.creating(a).message,
            At::Created([None, b]) => {
                b.map_or(MessageNumber::default(), |b| self.b.creating(b).message)
            }
            At::Updates([Some(a), _]) => self.a.update(a).message,
            At::Updates([None, b]) => {
                b.map_or(MessageNumber::default(), |b| self.b.update(b).message)
            }
        }
    }

    fn difference(&self, group: Group, at: At) -> Difference<'a> {
        let mail = &self.a.rows.mail[self.number(at).index()];
        let envelope = &mail.envelope;
        let addresses = self.a.rows.resolver.addresses;
        let sender = || Some(envelope.from().first()?.written(addresses));
        let (a, b) = self.said(group, at);
        Difference {
            group,
            source: mail.source.name(),
            messageid: self
                .a
                .rows
                .resolver
                .identities
                .message_id(envelope.identity),
            a,
            b,
            about: envelope.subject().or_else(sender),
        }
    }

    fn said(&self, group: Group, at: At) -> (SideText<'a>, SideText<'a>) {
        match at {
            At::Updates([a, b]) => (self.a.updated(a), self.b.updated(b)),
            At::Created([Some(a), Some(b)]) => {
                let (a, b) = (self.a.fields_of(a), self.b.fields_of(b));
                (other_fields(&a, &b), other_fields(&b, &a))
            }
            At::Created([a, b]) => (
                self.a.created_or_why(a, b.map(|b| self.b.record(b))),
                self.b.created_or_why(b, a.map(|a| self.a.record(a))),
            ),
            At::Messages([a, b]) => {
                let (a, b) = (self.a.decision(a), self.b.decision(b));
                if group == Group::Recipients {
                    let (a, b) = (self.a.recipients(a), self.b.recipients(b));
                    return (other_parties(&a, &b), other_parties(&b, &a));
                }
                (self.a.said(group, a), self.b.said(group, b))
            }
        }
    }
}

impl<'a> Side<'a> {
    fn new(rows: &'a OutputRows<'a>) -> Side<'a> {
        let decisions = &rows.decided.decisions;
        let mut side = Side {
            rows,
            tracked: HashMap::new(),
        };
        for decision in decisions {
            let id = side.activity(decision);
            if let Some(id) = id.filter(|_| decision.reason.is_tracked()) {
                side.tracked.insert(id, decision.ordinal);
            }
        }
        side
    }

    fn counts(&self) -> SideCounts {
        SideCounts {
            tracked: self.tracked.len() as u64,
            created: self.rows.decided.created.made().count() as u64,
        }
    }

    /// Returns the decision at this position in the order of decisions.
    fn decision(&self, ordinal: Ordinal) -> &'a Decision {
        &self.rows.decided.decisions[ordinal.index()]
    }

    /// Returns the decision that tracks the message with this activity.
    fn tracks(&self, activity: Option<&ActivityId>) -> Option<&'a Decision> {
        let ordinal = self.tracked.get(activity?)?;
        Some(self.decision(*ordinal))
    }

    fn activity(&self, decision: &Decision) -> Option<&'a ActivityId> {
        let key = decision.activity?;
        Some(&self.rows.decided.activity(key).id)
    }

    fn mailbox(&self, id: Option<MailboxId>) -> Option<(&'a str, Option<&'a Reference>)> {
        let mailbox = self.rows.resolver.options.mailbox(id?);
        Some((&mailbox.path, mailbox.owner.as_ref()))
    }

    fn sender(&self, decision: &Decision) -> Option<ReferenceView<'a>> {
        let (resolver, decided) = (self.rows.resolver, self.rows.decided);
        Some(resolver.view(decision.sender?, &decided.created))
    }

    fn recipients(&self, decision: &'a Decision) -> Vec<Party> {
        let mut parties = Vec::new();
        self.rows.parties(decision, &mut |party| {
            if RECIPIENTS.contains(&party.participationtypemask) {
                parties.push(Party::from(party));
            }
        });
        // A mailbox's owner affects the order of several records, which is not a difference.
        parties.sort_unstable();
        parties
    }

    fn regarding(&self, decision: &Decision) -> Option<&'a Reference> {
        let activity = self.rows.decided.activity(decision.activity?);
        activity.regarding.as_deref()
    }

    fn correlation(&self, decision: &Decision) -> Option<(u8, Option<&'a ActivityId>)> {
        let correlated = decision.correlated?;
        let activity = correlated.activity;
        let id = activity.map(|key| &self.rows.decided.activity(key).id);
        Some((correlated.method.code(), id))
    }

    /// Returns the value of a message in a group, except for recipients.
    fn said(&self, group: Group, decision: &'a Decision) -> SideText<'a> {
        let said = match group {
            Group::Copy => Some(SideText::Source(self.rows.mail(decision).source.name())),
            Group::Direction => Some(SideText::Direction(decision.direction)),
            Group::Accepting => {
                let mailbox = self.mailbox(decision.accepting);
                mailbox.map(|(mailbox, acceptingentityid)| SideText::Mailbox {
                    mailbox,
                    acceptingentityid,
                })
            }
            Group::Sender => self.sender(decision).map(SideText::Record),
            Group::Regarding => self
                .regarding(decision)
                .map(|it| SideText::Record(it.view())),
            Group::Correlation => {
                let correlation = self.correlation(decision);
                correlation.map(
                    |(correlationmethod, correlatedactivityid)| SideText::Correlation {
                        correlationmethod,
                        correlatedactivityid,
                    },
                )
            }
            _ => Some(SideText::Reason(decision.reason)),
        };
        said.unwrap_or(SideText::Nothing)
    }

    fn updates(&self) -> impl Iterator<Item = (&'a ActivityId, &'a Update)> {
        let decided = self.rows.decided;
        let updates = decided.updates.iter();
        updates.map(|update| (&decided.activity(update.activity).id, update))
    }

    fn update(&self, number: u32) -> &'a Update {
        &self.rows.decided.updates[number as usize]
    }

    fn updated(&self, number: Option<u32>) -> SideText<'a> {
        number.map_or(SideText::Nothing, |number| {
            SideText::Record(self.update(number).regarding.view())
        })
    }

    fn created(&self) -> impl Iterator<Item = (AddressId, &'a CreatedRecord)> {
        let all = self.rows.decided.created.made();
        all.map(|(_, record)| (record.address, record))
    }

    fn record(&self, id: CreatedId) -> &'a CreatedRecord {
        self.rows.decided.created.get(id)
    }

    /// Returns the decision on the message that created a record.
    fn creating(&self, id: CreatedId) -> &'a Decision {
        self.decision(self.record(id).ordinal)
    }

    /// Returns the columns of a created record as they are written.
    fn fields(&self, record: &'a CreatedRecord) -> Map<String, Value> {
        let row = match record.kind {
            "lead" => serde_json::to_value(self.rows.lead(record)),
            _ => serde_json::to_value(self.rows.contact(record)),
        };
        let mut fields = match row {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        fields.retain(|name, _| name != "contactid" && name != "leadid");
        fields.insert(RECORD.into(), record.reference().to_string().into());
        fields
    }

    fn fields_of(&self, id: CreatedId) -> Map<String, Value> {
        self.fields(self.record(id))
    }

    /// Returns the created record. If there is none, but the other side creates `other`, returns the reason: against
    /// creating it, or against tracking the message. [`SideText::Nothing`] means that a record already has the address.
    fn created_or_why(
        &self,
        own: Option<CreatedId>,
        other: Option<&CreatedRecord>,
    ) -> SideText<'a> {
        if let Some(id) = own {
            return SideText::New(self.fields_of(id));
        }
        let Some(other) = other else {
            return SideText::Nothing;
        };
        let decision = self.decision(other.ordinal);
        let mut refused = decision.not_created().iter();
        match refused.find(|(written, _)| *written == other.written) {
            Some((_, why)) => SideText::Why(*why),
            None if decision.reason.is_tracked() => SideText::Nothing,
            None => SideText::Reason(decision.reason),
        }
    }
}

/// Returns the parties that only the first list has.
fn other_parties<'a>(own: &[Party], other: &[Party]) -> SideText<'a> {
    let other: HashSet<&Party> = other.iter().collect();
    let those = own.iter().filter(|party| !other.contains(party));
    SideText::Parties(those.cloned().collect())
}

/// Returns the columns that identify a record, and those that differ from the other one.
fn other_fields<'a>(own: &Map<String, Value>, other: &Map<String, Value>) -> SideText<'a> {
    let those = own
        .iter()
        .filter(|(name, value)| is_who(name) || other.get(*name) != Some(value));
    SideText::Other(
        those
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    )
}

/// Pairs the items of two lists by key, and returns the indices of those that only one list has or that differ, in the
/// order of `place`.
fn pairs<K: Eq + std::hash::Hash, T: Copy>(
    a: impl Iterator<Item = (K, T)>,
    b: impl Iterator<Item = (K, T)>,
    place: impl Fn(T) -> u32,
    is_same: impl Fn(T, T) -> bool,
) -> Vec<[Option<u32>; 2]> {
    let mut of_b: HashMap<K, (u32, T)> = HashMap::new();
    for (number, (key, item)) in (0..).zip(b) {
        of_b.entry(key).or_insert((number, item));
    }
    let mut found: Vec<(u32, [Option<u32>; 2])> = Vec::new();
    for (number, (key, item)) in (0..).zip(a) {
        match of_b.remove(&key) {
            Some((_, other)) if is_same(item, other) => (),
            Some((other, _)) => found.push((place(item), [Some(number), Some(other)])),
            None => found.push((place(item), [Some(number), None])),
        }
    }
    let rest = of_b.into_values();
    found.extend(rest.map(|(number, item)| (place(item), [None, Some(number)])));
    found.sort_unstable();
    found.into_iter().map(|(_, at)| at).collect()
}
