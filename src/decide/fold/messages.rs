//! The fold: decides the messages in order.

use std::borrow::Cow;
use std::sync::Arc;

use hashbrown::HashSet;
use uuid::Uuid;

use super::first::{DuplicateKey, First};
use super::placement::Placements;

use crate::decide::correlate::Facts;
use crate::decide::correlate::method::{ActivityKey, Correlated};
use crate::decide::correlate::tracked::{Naming, Tracked};
use crate::decide::create::consider::{Considering, Creation, kind_of};
use crate::decide::create::details::new_id;
use crate::decide::created::{CreatedRecord, CreatedRecords, Details, Why};
use crate::decide::decision::{Activity, Decided, Decision, Outcome, RegardingBy, Update};
use crate::decide::ordinal::Ordinal;
use crate::decide::resolve::{AsOf, Author, Resolver};
use crate::decide::trace::{Step, Trace};
use crate::decide::track::{DecisionTable, Reason, TrackDecision, mailbox_words};
use crate::mail::envelope::party::Party;
use crate::mail::envelope::{AddressId, Envelope};
use crate::mail::identity::{ActivityId, activity_id};
use crate::mail::intake::Mail;
use crate::mail::intake::MessageNumber;
use crate::mail::rules::Rules;
use crate::options::{FolderRule, InternalEmail, MailboxId, Options};

/// The state of the fold: its inputs, and what has been decided so far.
pub(crate) struct MessageFold<'a> {
    pub(super) resolver: &'a Resolver<'a>,
    pub(super) options: &'a Options,
    rules: &'a Rules,
    creation: Creation<'a>,
    pub(super) first: First,
    pub(super) correlation: Tracked<'a>,
    pub(super) decided: Decided,
    /// Whether a trace is wanted of any message. Traces name created records by their ids, so ids are then computed
    /// early.
    tells: bool,
    placements: Placements<'a>,
    /// The source of each activity's message, if it is known; empty unless a trace is wanted.
    sources: Vec<Option<Cow<'a, str>>>,
}

impl<'a> MessageFold<'a> {
    /// Creates the state before the first message, which has the CRM's activities. `messages` is the number of messages
    /// to decide; `tells` is whether a trace is wanted of any of them.
    pub(crate) fn new(
        resolver: &'a Resolver<'a>,
        rules: &'a Rules,
        creation: Creation<'a>,
        messages: usize,
        tells: bool,
    ) -> MessageFold<'a> {
        let options = resolver.options;
        let identities = resolver.identities.count();
        let mut fold = MessageFold {
            resolver,
            options,
            rules,
            creation,
            first: First::new(identities),
            correlation: Tracked::new(&options.correlation, identities),
            decided: Decided {
                decisions: Vec::with_capacity(messages),
                activities: Vec::with_capacity(messages),
                created: CreatedRecords::new(options.widest_equivalence()),
                updates: Vec::new(),
                duplicates: Vec::new(),
                writing_for_others: HashSet::new(),
                over_limit: Vec::new(),
                smart_matching_cut: 0,
            },
            tells,
            placements: Placements::new(options),
            sources: Vec::new(),
        };
        fold.add_all_known(resolver.book.emails());
        fold
    }

    /// Applies only the rule of the folder that a message is in, for a message that an earlier run decided (R5).
    pub(crate) fn regard(&mut self, number: MessageNumber, mail: &'a Mail) {
        let place = self.placements.of(&mail.source);
        if let Some(activity) = self.first.get((mail.envelope.identity, None)) {
            self.regard_duplicate(activity, place.rule, place.receiving, number);
        }
    }

    /// Decides the next message in order.
    pub(crate) fn decide(&mut self, number: MessageNumber, mail: &'a Mail, trace: &mut Trace) {
        let ordinal = Ordinal(self.decided.decisions.len() as u32);
        let place = self.placements.of(&mail.source);
        let (receiving, rule) = (place.receiving, place.rule);
        let author = self.resolver.author(receiving, &mail.envelope);
        let judge = self.judge_of(receiving, &mail.envelope, author, ordinal);
        judge.trace_author(trace);
        let sender = judge.sender();
        let direction = judge.direction(sender.as_ref());
        // R1: if both copies of internal mail are tracked, the key has the direction too.
        let is_pair = self.options.organization.internal_email == InternalEmail::Track
            && judge.is_internal(sender.as_ref(), direction);
        let key = (mail.envelope.identity, is_pair.then_some(direction));
        let mut decision = Decision {
            message: number,
            ordinal,
            reason: Reason::Duplicate,
            direction,
            receiving,
            accepting: None,
            sender: sender.as_ref().and_then(|sender| sender.record),
            correlated: None,
            activity: self.first.get(key),
            outcome: None,
        };
        if let Some(first) = decision.activity {
            self.line(trace, receiving, 2, true, || {
                let source = self.sources.get(first.number() as usize);
                let source = source.and_then(Option::as_ref);
                let of = source.map_or(String::new(), |source| format!(", of {source},"));
                let id = &self.decided.activity(first).id;
                format!("activity {id}{of} has the same identity")
            });
            self.regard_duplicate(first, rule, receiving, number);
            self.decided.decisions.push(decision);
            return;
        }
        self.line(trace, receiving, 2, false, || {
            "no tracked message has the same identity".into()
        });
        self.line(trace, receiving, 3, rule.is_some(), || place.words());
        let verdict = match rule {
            Some(_) => TrackDecision {
                mailbox: receiving,
                direction,
                reason: Reason::FolderRule,
                sender,
            },
            None => self.verdict(
                receiving,
                &mail.envelope,
                author,
                (sender, direction),
                ordinal,
                trace,
            ),
        };
        // R1: a copy that another mailbox accepts is that mailbox's copy, and that mailbox may already have one.
        let key = (key.0, key.1.map(|_| verdict.direction));
        decision.activity = self.copy_of(key, &verdict, trace);
        if decision.activity.is_some() {
            self.decided.decisions.push(decision);
            return;
        }
        decision.reason = verdict.reason;
        decision.direction = verdict.direction;
        decision.sender = verdict.sender.as_ref().and_then(|sender| sender.record);
        if verdict.reason.is_tracked() {
            decision.accepting = Some(verdict.mailbox);
            let author = match verdict.mailbox == receiving {
                true => author,
                false => self.resolver.author(verdict.mailbox, &mail.envelope),
            };
            self.track(&mut decision, mail, author, key, rule, trace);
        }
        self.decided.decisions.push(decision);
    }

    /// Returns the decisions. The details of created records are still missing.
    pub(crate) fn finish(mut self) -> Decided {
        self.decided.smart_matching_cut = self.correlation.smart_matching_cut();
        self.decided
    }

    fn moment(&self, ordinal: Ordinal) -> AsOf<'_> {
        AsOf {
            created: &self.decided.created,
            ordinal,
        }
    }

    pub(super) fn judge_of<'s>(
        &'s self,
        mailbox: MailboxId,
        message: &'s Envelope,
        author: Author<'s>,
        ordinal: Ordinal,
    ) -> DecisionTable<'s> {
        DecisionTable {
            resolver: self.resolver,
            moment: self.moment(ordinal),
            mailbox,
            message,
            author,
        }
    }

    /// Returns the activity that the accepting mailbox already has for the message.
    fn copy_of(
        &self,
        key: DuplicateKey,
        verdict: &TrackDecision,
        trace: &mut Trace,
    ) -> Option<ActivityKey> {
        let first = self.first.get(key).filter(|_| verdict.reason.is_tracked());
        if first.is_some() {
            self.line(trace, verdict.mailbox, 2, true, || {
                "that mailbox has its own copy already".into()
            });
        }
        first
    }

    /// Writes the folder's regarding record into the activity even if the copy in the folder is a duplicate (R5).
    /// Within one run the first folder wins; a record that an earlier run took from a folder is replaced only by the
    /// same mailbox.
    fn regard_duplicate(
        &mut self,
        key: ActivityKey,
        rule: Option<&FolderRule>,
        mailbox: MailboxId,
        message: MessageNumber,
    ) {
        let Some(regarding) = rule.and_then(|rule| rule.regarding.as_ref()) else {
            return;
        };
        let path = &self.options.mailbox(mailbox).path;
        let activity = &mut self.decided.activities[key.number() as usize];
        match &activity.regarding_by {
            RegardingBy::Folder(_) => return,
            RegardingBy::FolderBefore(of) if **of != **path => return,
            _ => activity.regarding_by = RegardingBy::Folder(mailbox),
        }
        if activity.regarding.as_deref() == Some(regarding) {
            return;
        }
        let regarding = Arc::new(regarding.clone());
        activity.regarding = Some(regarding.clone());
        if activity.is_known {
            self.decided.updates.push(Update {
                activity: key,
                regarding,
                mailbox,
                message,
            });
        }
    }

    pub(super) fn correlate(
        &self,
        message: &Envelope,
        facts: &Facts<'_>,
        trace: &mut Trace,
    ) -> Correlated {
        let naming = Naming {
            activity: &|key| self.decided.activity(key).id.to_string(),
            identities: self.resolver.identities,
        };
        let subjects = &self.rules.subjects;
        self.correlation
            .correlate(message, facts, subjects, &naming, trace)
    }

    fn track(
        &mut self,
        decision: &mut Decision,
        mail: &'a Mail,
        author: Author<'a>,
        key: DuplicateKey,
        rule: Option<&FolderRule>,
        trace: &mut Trace,
    ) {
        let message = &mail.envelope;
        // Lines 7 and 11 may have reported the correlation already.
        let mut told = Trace::silent();
        let told = if trace.has_correlation() {
            &mut told
        } else {
            &mut *trace
        };
        let facts = Facts::of_message(message, &author, &self.options.correlation);
        let correlated = self.correlate(message, &facts, told);
        let of_folder = rule.and_then(|rule| rule.regarding.clone()).map(Arc::new);
        let inherited = || {
            correlated
                .activity
                .and_then(|found| self.decided.activity(found).regarding.clone())
        };
        let regarding = of_folder.clone().or_else(inherited);
        if let Some(regarding) = &regarding {
            let from = if of_folder.is_some() {
                "the folder's rule"
            } else {
                "the activity that it was correlated to"
            };
            trace.note(|| Step::Note {
                text: format!("regarding {regarding}, from {from}"),
            });
        }
        let activity = Activity {
            id: ActivityId::Derived(self.id_of(key)),
            regarding,
            regarding_by: match of_folder {
                Some(_) => RegardingBy::Folder(decision.receiving),
                None => RegardingBy::Other,
            },
            is_known: false,
        };
        let activity = self.push(activity, || Some(mail.source.name()));
        self.first.add(key, activity);
        self.correlation.add(&facts, activity);
        decision.correlated = Some(correlated);
        decision.activity = Some(activity);
        self.create(decision, message, author, activity, trace);
    }

    fn create(
        &mut self,
        decision: &mut Decision,
        message: &Envelope,
        author: Author<'_>,
        activity: ActivityKey,
        trace: &mut Trace,
    ) {
        let Some(mailbox) = decision.accepting else {
            return;
        };
        let of = Considering {
            message,
            author,
            mailbox,
            direction: decision.direction,
            sender: decision.sender,
            moment: self.moment(decision.ordinal),
        };
        let considered = self.creation.consider(&of, trace);
        let not_created: Box<[(Box<str>, Why)]> = considered
            .refuse
            .iter()
            .map(|(party, why)| (party.written(self.resolver.addresses).into(), *why))
            .collect();
        let over_limit = considered.refuse.iter();
        let over_limit = over_limit.filter(|(_, why)| *why == Why::Limit);
        let addresses = over_limit.filter_map(|(party, _)| party.address);
        self.decided.over_limit.extend(addresses);
        let mut created = Vec::new();
        for (party, address) in considered.create {
            let record = self.record(decision, message, party, address, activity, mailbox);
            created.push(self.decided.created.add(record, self.resolver.addresses));
        }
        let has_created = !created.is_empty();
        if has_created || !not_created.is_empty() {
            let created = created.into();
            decision.outcome = Some(Box::new(Outcome {
                created,
                not_created,
            }));
        }
        let has_found = !considered.found.is_empty();
        for (party, address, found) in considered.found {
            let mut record = self.record(decision, message, party, address, activity, mailbox);
            record.found = Some(found.clone());
            self.decided.created.add(record, self.resolver.addresses);
        }
        if has_found || has_created {
            let judge = self.judge_of(mailbox, message, author, decision.ordinal);
            let sender = judge.sender();
            decision.sender = sender.and_then(|sender| sender.record);
        }
    }

    fn record(
        &self,
        decision: &Decision,
        message: &Envelope,
        party: Party<'_>,
        address: AddressId,
        activity: ActivityKey,
        mailbox: MailboxId,
    ) -> CreatedRecord {
        let options = self.options.mailbox(mailbox);
        let kind = kind_of(options);
        let text = self.resolver.addresses.get(address);
        CreatedRecord {
            kind,
            address,
            written: party.written(self.resolver.addresses).into(),
            mailbox,
            owner: self.resolver.record_owner(mailbox).cloned(),
            created_on: message.received_on.get(),
            activity,
            ordinal: decision.ordinal,
            details: Details {
                id: match self.tells {
                    true => new_id(self.resolver.book, kind, text),
                    false => "".into(),
                },
                ..Details::default()
            },
            found: None,
        }
    }

    fn id_of(&self, (identity, direction): DuplicateKey) -> Uuid {
        let identities = self.resolver.identities;
        match direction {
            None => identities.activity_id(identity),
            Some(_) => activity_id(identities.get(identity), direction),
        }
    }

    pub(super) fn push(
        &mut self,
        activity: Activity,
        source: impl FnOnce() -> Option<Cow<'a, str>>,
    ) -> ActivityKey {
        self.decided.activities.push(activity);
        if self.tells {
            self.sources.push(source());
        }
        ActivityKey::new((self.decided.activities.len() - 1) as u32)
    }

    fn line(
        &self,
        trace: &mut Trace,
        mailbox: MailboxId,
        line: u8,
        applies: bool,
        inputs: impl FnOnce() -> String,
    ) {
        trace.note(|| Step::Line {
            line,
            mailbox: mailbox_words(self.options, mailbox),
            applies,
            condition: crate::decide::track::condition(line),
            inputs: inputs(),
        });
    }
}
