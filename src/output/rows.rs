//! Makes the rows of the output tables from decisions.

use super::row::{
    ActivityParty, Contact, DecisionRow, DuplicateRow, EmailActivity, Further, Lead, NotCreated,
    UpdateRow, mask,
};
use crate::base::reference::Reference;
use crate::base::small_set::Seen;
use crate::decide::class::Class;
use crate::decide::correlate::conversation_index;
use crate::decide::correlate::method::ActivityKey;
use crate::decide::created::CreatedRecord;
use crate::decide::decision::{Decided, Decision, Update};
use crate::decide::duplicates::duplicate::Duplicate;
use crate::decide::resolve::matches::{Match, RecordKey};
use crate::decide::resolve::{AsOf, Author, Resolver};
use crate::decide::vcards;
use crate::decide::vcards::{Card, Cards};
use crate::mail::direction::Direction;
use crate::mail::envelope::party::Party;
use crate::mail::envelope::{AddressId, Parties};
use crate::mail::identity::ActivityId;
use crate::mail::intake::Mail;
use crate::mail::message::mime::Body;
use crate::mail::rules::Rules;
use crate::options::fields::Pair;
use crate::options::{MailboxId, Options};

/// Makes rows from decisions.
pub struct OutputRows<'a> {
    /// Resolves addresses to records.
    pub resolver: &'a Resolver<'a>,
    /// The decisions.
    pub decided: &'a Decided,
    /// The messages, by number.
    pub mail: &'a [Mail],
    /// Word lists and patterns.
    pub rules: &'a Rules,
    /// The vCards, if the run was given any.
    pub cards: Option<&'a Cards>,
}

impl<'a> OutputRows<'a> {
    /// Returns the message of a decision.
    pub fn mail(&self, decision: &Decision) -> &'a Mail {
        &self.mail[decision.message.index()]
    }

    fn options(&self) -> &'a Options {
        self.resolver.options
    }

    fn owner(&self, mailbox: MailboxId) -> Option<&'a Reference> {
        self.options().mailbox(mailbox).owner.as_ref()
    }

    fn record_owner(&self, mailbox: MailboxId) -> Option<&'a Reference> {
        self.resolver.record_owner(mailbox)
    }

    fn message_id(&self, mail: &Mail) -> Option<&'a str> {
        self.resolver.identities.message_id(mail.envelope.identity)
    }

    /// Returns the author of the message from the view of the accepting mailbox, else of the receiving mailbox.
    pub fn author(&self, decision: &Decision) -> Author<'a> {
        let mailbox = decision.accepting.unwrap_or(decision.receiving);
        self.resolver.author(mailbox, &self.mail(decision).envelope)
    }

    fn sender(&self, author: &Author<'a>, mail: &'a Mail) -> Option<&'a str> {
        let sender = author.party.or(mail.envelope.from().first());
        sender.map(|party| party.written(self.resolver.addresses))
    }

    /// Returns whether an address belongs to a function or a machine, or writes in others' names (R11, `role`).
    pub fn is_role(&self, address: AddressId) -> bool {
        self.rules.role.covers(self.resolver.addresses.get(address))
            || self.decided.writing_for_others.contains(&address)
    }

    /// Returns the row of a decision.
    pub fn decision(&self, decision: &'a Decision) -> DecisionRow<'a> {
        let mail = self.mail(decision);
        let created = &self.decided.created;
        let author = self.author(decision);
        DecisionRow {
            source: mail.source.name(),
            messageid: self.message_id(mail),
            receivedon: mail.envelope.received_on.get(),
            direction: decision.direction,
            tracked: decision.reason.is_tracked(),
            reason: decision.reason,
            mailbox: &self.options().mailbox(decision.receiving).path,
            acceptingentityid: decision
                .accepting
                .and_then(|accepting| self.owner(accepting)),
            sender: self.sender(&author, mail),
            senderrecord: decision
                .sender
                .map(|record| self.resolver.view(record, created)),
            correlationmethod: decision
                .correlated
                .map(|correlated| correlated.method.code()),
            activityid: decision.activity.map(|key| &self.decided.activity(key).id),
            created: decision
                .created()
                .iter()
                .map(|&id| self.resolver.view(RecordKey::Created(id), created))
                .collect(),
            notcreated: decision
                .not_created()
                .iter()
                .map(|(address, why)| NotCreated { address, why: *why })
                .collect(),
            authorfrom: author.field,
            class: Class::of(&mail.envelope, || {
                author.address().is_some_and(|it| self.is_role(it))
            }),
        }
    }

    /// Returns the row of a tracked message's activity; `None` if the message is not tracked. `body` is `None` if
    /// bodies are not read.
    pub fn email(
        &self,
        decision: &'a Decision,
        body: Option<Body<'a>>,
    ) -> Option<EmailActivity<'a>> {
        let (correlated, activity, accepting) = (
            decision.correlated?,
            decision.activity?,
            decision.accepting?,
        );
        let mail = self.mail(decision);
        let envelope = &mail.envelope;
        let activity = self.decided.activity(activity);
        let id_of = |key: ActivityKey| &self.decided.activity(key).id;
        let ids = self.resolver.identities;
        let token = &self.options().correlation.token;
        let subject = envelope.subject();
        let addresses = self.resolver.addresses;
        let to = envelope.to().iter().map(|it| it.written(addresses));
        let to: Vec<&str> = to.collect();
        let (mimetype, description, attachments) = match body {
            Some(body) => (body.mimetype, body.text, Some(body.attachments)),
            None => (None, None, None),
        };
        Some(EmailActivity {
            activityid: &activity.id,
            source: mail.source.name(),
            folder: mail.source.folder(),
            mailbox: &self.options().mailbox(decision.receiving).path,
            messageid: self.message_id(mail),
            subject,
            senton: envelope.sent_on.get(),
            receivedon: envelope.received_on.get(),
            directioncode: decision.direction == Direction::Outgoing,
            sender: self.sender(&self.author(decision), mail),
            torecipients: to.join(";"),
            inreplyto: (!envelope.in_reply_to().is_empty())
                .then(|| ids.message_ids(envelope.in_reply_to().iter()).join(" ")),
            references: ids.message_ids(envelope.references().iter()),
            conversationindex: envelope
                .conversation_index()
                .filter(|index| conversation_index::decode(index).is_some()),
            trackingtoken: subject
                .and_then(|subject| token.tokens(subject).first().copied())
                .map(|first| token.written(first)),
            correlationmethod: correlated.method.code(),
            correlatedactivityid: correlated.activity.map(id_of),
            parentactivityid: correlated.parent().map(id_of),
            regardingobjectid: activity.regarding.as_deref(),
            ownerid: self.record_owner(accepting),
            acceptingentityid: self.owner(accepting),
            receivingmailboxid: self.owner(decision.receiving),
            reason: decision.reason,
            mimetype,
            description,
            attachments,
        })
    }

    /// Passes the rows of a tracked message's parties to `take`: From, To, Cc, Bcc, Regarding, Owner.
    pub fn parties(&self, decision: &'a Decision, take: &mut impl FnMut(&ActivityParty<'_>)) {
        let (Some(key), Some(mailbox)) = (decision.activity, decision.accepting) else {
            return;
        };
        let activity = self.decided.activity(key);
        let envelope = &self.mail(decision).envelope;
        self.from(decision, mailbox, &activity.id, take);
        let bcc = match decision.direction {
            Direction::Incoming if !envelope.is_journaled => Parties::NONE,
            _ => envelope.bcc(),
        };
        for (field, mask) in [
            (envelope.to(), mask::TO),
            (envelope.cc(), mask::CC),
            (bcc, mask::BCC),
        ] {
            self.recipients(decision, mailbox, &activity.id, field, mask, take);
        }
        let named = [
            (activity.regarding.as_deref(), mask::REGARDING),
            (self.record_owner(mailbox), mask::OWNER),
        ];
        for (record, participationtypemask) in named {
            if let Some(record) = record {
                take(&ActivityParty {
                    participationtypemask,
                    partyid: Some(record.view()),
                    partyidname: self
                        .resolver
                        .book
                        .find(record)
                        .and_then(|id| self.resolver.book.name(id)),
                    ..ActivityParty::none(&activity.id)
                });
            }
        }
    }

    fn moment(&self, decision: &Decision) -> AsOf<'a> {
        AsOf {
            created: &self.decided.created,
            ordinal: decision.ordinal,
        }
    }

    fn from(
        &self,
        decision: &'a Decision,
        mailbox: MailboxId,
        id: &ActivityId,
        take: &mut impl FnMut(&ActivityParty<'_>),
    ) {
        let author = self.author(decision);
        let Some(party) = author.party.or(self.mail(decision).envelope.from().first()) else {
            return;
        };
        let matches = party.address.map(|address| {
            self.resolver
                .matches(mailbox, address, self.moment(decision))
        });
        let matches = matches.unwrap_or_default();
        match decision.sender {
            Some(record) => {
                let equivalence = matches
                    .iter()
                    .find(|it| it.record == record)
                    .and_then(|it| it.equivalence.label());
                take(&self.resolved(id, mask::FROM, party, record, equivalence));
            }
            None => take(&ActivityParty {
                unresolvedpartyname: author
                    .name()
                    .or(party.name())
                    .or(Some(party.written(self.resolver.addresses))),
                ..self.unresolved(id, mask::FROM, party, mailbox, &matches)
            }),
        }
    }

    fn recipients(
        &self,
        decision: &'a Decision,
        mailbox: MailboxId,
        id: &ActivityId,
        field: Parties<'a>,
        mask: u8,
        take: &mut impl FnMut(&ActivityParty<'_>),
    ) {
        let mut records = Seen::new(field.len());
        let mut addresses = Seen::new(field.len());
        for party in field.iter() {
            let Some(address) = party.address else {
                take(&self.unresolved(id, mask, party, mailbox, &[]));
                continue;
            };
            if !addresses.insert(address) {
                continue;
            }
            let matches = self
                .resolver
                .matches(mailbox, address, self.moment(decision));
            let found = self.resolver.recipients(mailbox, &matches);
            if found.is_empty() {
                take(&self.unresolved(id, mask, party, mailbox, &matches));
            }
            for it in found.iter().filter(|it| records.insert(it.record)) {
                take(&self.resolved(id, mask, party, it.record, it.equivalence.label()));
            }
        }
    }

    fn resolved<'r>(
        &'r self,
        id: &'r ActivityId,
        mask: u8,
        party: Party<'r>,
        record: RecordKey,
        equivalence: Option<&'static str>,
    ) -> ActivityParty<'r> {
        ActivityParty {
            participationtypemask: mask,
            addressused: Some(party.written(self.resolver.addresses)),
            partyid: Some(self.resolver.view(record, &self.decided.created)),
            partyidname: self.name(record),
            equivalence,
            ..ActivityParty::none(id)
        }
    }

    fn unresolved<'r>(
        &'r self,
        id: &'r ActivityId,
        mask: u8,
        party: Party<'r>,
        mailbox: MailboxId,
        matches: &[Match],
    ) -> ActivityParty<'r> {
        let written = party.written(self.resolver.addresses);
        ActivityParty {
            participationtypemask: mask,
            addressused: Some(written),
            unresolvedpartyname: Some(party.name().unwrap_or(written)),
            outofscope: self.resolver.is_hidden(mailbox, matches),
            ..ActivityParty::none(id)
        }
    }

    fn name(&self, record: RecordKey) -> Option<&str> {
        self.resolver.name(record, &self.decided.created)
    }

    /// Returns the row of a changed regarding record.
    pub fn update(&self, update: &'a Update) -> UpdateRow<'a> {
        UpdateRow {
            activityid: &self.decided.activity(update.activity).id,
            regardingobjectid: &update.regarding,
            source: self.mail[update.message.index()].source.name(),
        }
    }

    /// Returns the row of a duplicate.
    pub fn duplicate(&self, duplicate: &'a Duplicate) -> DuplicateRow<'a> {
        let record = |id| self.decided.created.get(id).view();
        DuplicateRow {
            certainty: duplicate.certainty,
            record: duplicate.record.map(record),
            equals: &duplicate.equals,
            emailaddress1: &duplicate.written,
            fullname: &duplicate.full_name,
            companyname: duplicate.company.as_deref(),
            activityid: &self.decided.activity(duplicate.activity).id,
        }
    }

    /// Returns the row of a created contact.
    pub fn contact(&self, record: &'a CreatedRecord) -> Contact<'a> {
        Contact {
            contactid: &record.details.id,
            fullname: self.if_synchronized(record, "fullname", Some(&record.details.name.full)),
            firstname: self.if_synchronized(
                record,
                "firstname",
                record.details.name.first.as_deref(),
            ),
            lastname: &record.details.name.last,
            emailaddress1: &record.written,
            parentcustomerid: self.if_synchronized(
                record,
                "parentcustomerid",
                record.details.account.as_ref(),
            ),
            ownerid: record.owner.as_ref(),
            createdon: record.created_on,
            activityid: &self.decided.activity(record.activity).id,
            further: self.further(record, Contact::SYNCHRONIZED),
        }
    }

    /// Returns the row of a created lead.
    pub fn lead(&self, record: &'a CreatedRecord) -> Lead<'a> {
        Lead {
            leadid: &record.details.id,
            subject: record.details.topic.as_deref(),
            fullname: self.if_synchronized(record, "fullname", Some(&record.details.name.full)),
            firstname: self.if_synchronized(
                record,
                "firstname",
                record.details.name.first.as_deref(),
            ),
            lastname: &record.details.name.last,
            companyname: self.if_synchronized(record, "companyname", self.company(record)),
            emailaddress1: &record.written,
            ownerid: record.owner.as_ref(),
            createdon: record.created_on,
            activityid: &self.decided.activity(record.activity).id,
            further: self.further(record, Lead::SYNCHRONIZED),
        }
    }

    /// Returns `value` if a synchronized field passes the column to the CRM.
    fn if_synchronized<T>(
        &self,
        record: &CreatedRecord,
        column: &str,
        value: Option<T>,
    ) -> Option<T> {
        let fields = &self.options().mailbox(record.mailbox).fields;
        value.filter(|_| fields.reaches_crm(record.kind, column))
    }

    fn pairs(&self, record: &CreatedRecord) -> &'a [Pair] {
        let mailbox = self.options().mailbox(record.mailbox);
        mailbox.fields.of(record.kind)
    }

    fn card(&self, record: &CreatedRecord) -> Option<&'a Card> {
        self.cards?.of(self.resolver.addresses.get(record.address))
    }

    /// Returns the company of a lead: that of a vCard takes precedence over the one derived from the address.
    fn company(&self, record: &'a CreatedRecord) -> Option<&'a str> {
        let mut pairs = self.pairs(record).iter();
        let pair =
            pairs.find(|pair| &*pair.column == "companyname" && pair.direction.reaches_crm());
        let of_card = self.card(record).zip(pair);
        of_card
            .and_then(|(card, pair)| card.value(pair.property))
            .or(record.details.company.as_deref())
    }

    /// Returns the columns that only vCards fill; none if the run was given no vCards.
    fn further(&self, record: &CreatedRecord, usual: &[&str]) -> Further<'a> {
        if self.cards.is_none() {
            return Further::default();
        }
        let address = self.resolver.addresses.get(record.address);
        let own = vcards::further(self.card(record), address, self.pairs(record), usual);
        // Every row has the columns of all mailboxes, in the same order.
        let mut columns: Vec<(&str, Option<&str>)> = Vec::new();
        for mailbox in &self.options().mailboxes {
            for (name, _) in vcards::further(None, address, mailbox.fields.of(record.kind), usual) {
                if columns.iter().all(|(known, _)| *known != name) {
                    let value = own.iter().find(|(own, _)| *own == name);
                    columns.push((name, value.and_then(|(_, value)| *value)));
                }
            }
        }
        Further(columns)
    }
}
