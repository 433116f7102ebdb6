//! The explanation of one decision.

use serde::Serialize;

use crate::base::terminal::counted;
use crate::book::index::record::RecordState;
use crate::decide::decision::Decision;
use crate::decide::resolve::matches::{Match, RecordKey, SenderRule};
use crate::decide::resolve::{AsOf, Author, AuthorField, Scope};
use crate::decide::trace::{CandidateStep, Step};
use crate::decide::track::{DecisionTable, mailbox_words};
use crate::mail::direction::Direction;
use crate::mail::envelope::party::Party;
use crate::mail::envelope::{Addresses, Parties};
use crate::mail::rules::Rules;
use crate::options::{MailboxId, SeveralRecipients};
use crate::output::{ActivityParty, DecisionRow, EmailActivity, OutputRows};

/// Maximum number of recipients that are explained individually.
const RECIPIENTS_MAX: usize = 200;

/// Everything that led to one decision.
#[derive(Debug, Serialize)]
pub(crate) struct Explanation<'a> {
    /// The decision as in `decisions.jsonl`.
    pub decision: DecisionRow<'a>,
    /// The header fields.
    pub headers: Headers<'a>,
    /// The steps of the decision, in order.
    pub steps: Vec<Step>,
    /// The activity as in `emails.jsonl`, without its body.
    pub email: Option<EmailActivity<'a>>,
    /// Its parties as in `activityparties.jsonl`.
    pub parties: Vec<serde_json::Value>,
}

/// The header fields of the message.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names are those of the header fields")]
pub(crate) struct Headers<'a> {
    pub from: Vec<String>,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub bcc: Vec<String>,
    pub subject: Option<&'a str>,
    pub received: Option<String>,
    pub date: Option<String>,
    pub message_id: Option<&'a str>,
    pub in_reply_to: Vec<&'a str>,
    pub references: Vec<&'a str>,
    pub folder: &'a str,
    pub mailbox: String,
    pub automated: Option<&'a str>,
    pub bulk: Option<&'a str>,
    pub invitation: bool,
}

impl<'a> Explanation<'a> {
    /// Creates the explanation of a decision; `steps` is its trace.
    pub(crate) fn new(
        rows: &OutputRows<'a>,
        decision: &'a Decision,
        steps: Vec<Step>,
        rules: &'a Rules,
    ) -> Explanation<'a> {
        let mail = rows.mail(decision);
        let envelope = &mail.envelope;
        let addresses = rows.resolver.addresses;
        let words = |party: Party<'_>| party_words(party, addresses);
        let shown = |field: Parties<'_>| field.iter().map(words).collect();
        let named = |rule: Option<u16>| rule.map(|number| &*rules.heads.get(number).name);
        let mut parties = Vec::new();
        rows.parties(decision, &mut |party: &ActivityParty<'_>| {
            parties.extend(serde_json::to_value(party))
        });
        let mut all = addresses_of(rows, decision);
        all.extend(steps);
        let identities = rows.resolver.identities;
        Explanation {
            decision: rows.decision(decision),
            headers: Headers {
                from: shown(envelope.from()),
                to: shown(envelope.to()),
                cc: shown(envelope.cc()),
                bcc: shown(envelope.bcc()),
                subject: envelope.subject(),
                received: envelope.received_on.get().map(|time| time.to_string()),
                date: envelope.sent_on.get().map(|time| time.to_string()),
                message_id: identities.message_id(envelope.identity),
                in_reply_to: identities.message_ids(envelope.in_reply_to().iter()),
                references: identities.message_ids(envelope.references().iter()),
                folder: mail.source.folder(),
                mailbox: mailbox_words(rows.resolver.options, decision.receiving),
                automated: named(envelope.automated),
                bulk: named(envelope.bulk),
                invitation: envelope.is_invitation,
            },
            steps: all,
            email: rows.email(decision, None),
            parties,
        }
    }
}

fn party_words(party: Party<'_>, addresses: &Addresses) -> String {
    let written = party.written(addresses);
    match party.name() {
        Some(name) => format!("{name} <{written}>"),
        None => written.to_string(),
    }
}

/// Returns each address of the message with all its candidate records, from the view of the mailbox that decided.
fn addresses_of(rows: &OutputRows<'_>, decision: &Decision) -> Vec<Step> {
    let mailbox = decision.accepting.unwrap_or(decision.receiving);
    let view = ExplainedRows {
        rows,
        decision,
        mailbox,
    };
    let envelope = &rows.mail(decision).envelope;
    let mut steps = Vec::new();
    let author = rows.author(decision);
    let elsewhere = author.party.filter(|_| author.field != AuthorField::From);
    let from = envelope.from().iter().chain(elsewhere);
    steps.extend(from.map(|party| view.sender("sender", party, &author)));
    let organizer = envelope.organizer();
    steps.extend(organizer.map(|party| view.sender("organizer", party, &author)));
    let bcc = match decision.direction {
        Direction::Incoming if !envelope.is_journaled => Parties::NONE,
        _ => envelope.bcc(),
    };
    let fields = [("to", envelope.to()), ("cc", envelope.cc()), ("bcc", bcc)];
    let recipients = fields
        .into_iter()
        .flat_map(|(role, field)| field.iter().map(move |party| (role, party)));
    steps.extend(
        recipients
            .take(RECIPIENTS_MAX)
            .map(|(role, party)| view.recipient(role, party)),
    );
    let count = DecisionTable::recipients(envelope, decision.direction).count();
    if count > RECIPIENTS_MAX {
        steps.push(Step::Note {
            text: format!(
                "... and {}",
                counted(
                    (count - RECIPIENTS_MAX) as u64,
                    "more recipient",
                    "more recipients"
                )
            ),
        });
    }
    steps
}

struct ExplainedRows<'r, 'a> {
    rows: &'r OutputRows<'a>,
    decision: &'r Decision,
    mailbox: MailboxId,
}

impl ExplainedRows<'_, '_> {
    fn moment(&self) -> AsOf<'_> {
        AsOf {
            created: &self.rows.decided.created,
            ordinal: self.decision.ordinal,
        }
    }

    fn step(
        &self,
        role: &'static str,
        party: Party<'_>,
        normalized: Option<&str>,
        records: Vec<String>,
        why: String,
        candidates: Vec<CandidateStep>,
    ) -> Step {
        Step::Address {
            role,
            address: party.written(self.rows.resolver.addresses).to_string(),
            normalized: normalized.map(Into::into),
            records,
            why,
            candidates,
        }
    }

    fn sender(&self, role: &'static str, party: Party<'_>, author: &Author<'_>) -> Step {
        let Some(address) = party.address else {
            return self.step(
                role,
                party,
                None,
                Vec::new(),
                "it is not a usable address".into(),
                Vec::new(),
            );
        };
        let normalized = self.rows.resolver.addresses.get(address).as_str();
        let is_the_sender =
            role == "organizer" || author.party.is_some_and(|author| author.is(party));
        if !is_the_sender {
            let why = match author.field {
                AuthorField::From => "of several From addresses the first usable one counts".into(),
                field => format!("it is not the author's: {} names the author", field.name()),
            };
            return self.step(role, party, Some(normalized), Vec::new(), why, Vec::new());
        }
        let sender = self
            .rows
            .resolver
            .sender(self.mailbox, address, self.moment());
        let created = &self.rows.decided.created;
        let is_new = |record: RecordKey| matches!(record, RecordKey::Created(id) if created.get(id).ordinal == self.decision.ordinal);
        let why = match sender.rule {
            _ if sender.record.is_some_and(is_new) => "no record had the address, so one was created".into(),
            SenderRule::Own => "it is an address of a mailbox, so it is the mailbox's owner".into(),
            SenderRule::None if sender.matches.is_empty() => "no record has the address".into(),
            SenderRule::None => "no record in scope has the address".into(),
            SenderRule::One => "exactly one record in scope has the address".into(),
            SenderRule::SeveralUnresolved => {
                "several records have it, and sender_with_several_matches = \"unresolved\"".into()
            }
            SenderRule::TooMany => "more than 100 records have it".into(),
            SenderRule::AllInactive => "several records have it, and all are inactive".into(),
            SenderRule::First => {
                "several records have it: owned by the mailbox's owner first, then by type (systemuser, contact, account, lead, equipment, team, businessunit, others by name), then the earliest created, then the smallest id".into()
            }
        };
        let chosen: Vec<RecordKey> = sender.record.into_iter().collect();
        let candidates = self.candidates(&sender.matches, &chosen, "chosen");
        self.step(
            role,
            party,
            Some(normalized),
            self.names(&chosen),
            why,
            candidates,
        )
    }

    fn recipient(&self, role: &'static str, party: Party<'_>) -> Step {
        let Some(address) = party.address else {
            return self.step(
                role,
                party,
                None,
                Vec::new(),
                "it is not a usable address".into(),
                Vec::new(),
            );
        };
        let resolver = self.rows.resolver;
        let normalized = resolver.addresses.get(address).as_str();
        let matches = resolver.matches(self.mailbox, address, self.moment());
        let found: Vec<RecordKey> = resolver
            .recipients(self.mailbox, &matches)
            .iter()
            .map(|it| it.record)
            .collect();
        let several = resolver
            .options
            .mailbox(self.mailbox)
            .address_book
            .recipients_with_several_matches;
        let why = if !found.is_empty() {
            "every active record in scope is a party"
        } else if matches.is_empty() {
            "no record has the address"
        } else if several == SeveralRecipients::Unresolved
            && resolver.active(self.mailbox, &matches).len() > 1
        {
            "several records have it, and recipients_with_several_matches = \"unresolved\""
        } else {
            "no active record in scope has the address"
        };
        let candidates = self.candidates(&matches, &found, "a party");
        self.step(
            role,
            party,
            Some(normalized),
            self.names(&found),
            why.into(),
            candidates,
        )
    }

    fn names(&self, records: &[RecordKey]) -> Vec<String> {
        let created = &self.rows.decided.created;
        records
            .iter()
            .map(|&record| self.rows.resolver.reference(record, created).to_string())
            .collect()
    }

    fn candidates(&self, matches: &[Match], chosen: &[RecordKey], won: &str) -> Vec<CandidateStep> {
        let created = &self.rows.decided.created;
        let resolver = self.rows.resolver;
        let one = |it: &Match| CandidateStep {
            record: match it.scope {
                Scope::LeftOut => "(left out)".into(),
                _ => resolver.reference(it.record, created).to_string(),
            },
            name: resolver.name(it.record, created).map(Into::into),
            scope: it.scope == Scope::In,
            active: it.state == RecordState::Active,
            owned: it.owned,
            createdon: resolver
                .created_on(it.record, created)
                .map(|time| time.to_string()),
            equivalence: it.equivalence.label(),
            outcome: outcome(self.rows, it, matches, chosen, won),
        };
        matches.iter().map(one).collect()
    }
}

/// Returns why a record was chosen or not.
fn outcome(
    rows: &OutputRows<'_>,
    it: &Match,
    all: &[Match],
    chosen: &[RecordKey],
    won: &str,
) -> String {
    let exact_counts = all
        .iter()
        .any(|other| other.counts() && other.equivalence.is_exact());
    let winner = all
        .iter()
        .find(|other| chosen.first() == Some(&other.record));
    if chosen.contains(&it.record) {
        won.into()
    } else if it.scope != Scope::In {
        it.scope.words().into()
    } else if it.state == RecordState::Disabled {
        "a disabled user never matches".into()
    } else if !it.equivalence.is_exact() && exact_counts {
        "an exact match wins over a weaker one".into()
    } else if it.state == RecordState::Inactive {
        "inactive".into()
    } else {
        winner.map_or("several are left unresolved".into(), |winner| {
            later(rows, it, winner)
        })
    }
}

/// Returns what puts a sender's record after the one that was chosen (R7).
fn later(rows: &OutputRows<'_>, it: &Match, winner: &Match) -> String {
    let (resolver, created) = (rows.resolver, &rows.decided.created);
    let name = resolver.reference(winner.record, created);
    let (own, won) = (
        resolver.kind(it.record, created),
        resolver.kind(winner.record, created),
    );
    if winner.owned && !it.owned {
        format!("the mailbox's owner owns {name}, not this one")
    } else if own != won {
        format!("a {own} comes after a {won}")
    } else if resolver.created_on(it.record, created) != resolver.created_on(winner.record, created)
    {
        format!("{name} was created earlier")
    } else {
        format!("{name} has the smaller id")
    }
}
