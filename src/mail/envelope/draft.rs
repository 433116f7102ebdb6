//! Reading envelopes. Bodies are read for an envelope only where a message has no Message-ID (R1) or is a meeting
//! invitation (R11).

use crate::mail::message::folding::unfold;
use std::borrow::Cow;

use hashbrown::HashSet;
use sha1::{Digest as _, Sha1};

use super::reading::{Envelope, When};
use super::{AddressId, Distinct, EnvelopeBuilder};
use crate::base::interner::{Step, SymbolHash};
use crate::mail::address::mailbox::Mailbox as AddressMailbox;
use crate::mail::address::{Address, Normal, parse_list, without_folds_in_brackets};
use crate::mail::envelope::party::Role;
use crate::mail::envelope::party::is_in_others_name;
use crate::mail::identity::{Identities, Identity, IdentityId};
use crate::mail::journal;
use crate::mail::message;
use crate::mail::message::invitation;
use crate::mail::message::message_id;
use crate::mail::message::mime;
use crate::mail::message::{Field, name_is};
use crate::mail::rules::{FieldRules, HeadClass, Rules};

/// An envelope whose addresses and ids are not yet numbered with those of the other messages.
#[derive(Debug)]
pub(crate) struct EnvelopeDraft {
    envelope: Envelope,
    texts: Texts,
    own: Own,
    wants_calendar: bool,
    /// Whether its head says that it is a journal report.
    pub is_marked_report: bool,
    /// Whether it is a `multipart/mixed` message, as every journal report is.
    pub is_mixed: bool,
}

/// Addresses in normal form and ids of messages that a head names, one after another.
#[derive(Clone, Debug, Default)]
struct Texts<T = Box<str>, E = Box<[Named]>> {
    text: T,
    all: E,
}

/// One of the texts.
#[derive(Clone, Copy, Debug)]
struct Named {
    /// Where in the text it ends.
    end: u32,
    /// The hash of its bytes: heads are read on all threads, and searched for on one.
    hash: SymbolHash,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    Address,
    Id,
}

impl<T: AsRef<str>, E: AsRef<[Named]>> Texts<T, E> {
    fn get(&self, number: u32) -> (&str, SymbolHash) {
        let (at, all) = (number as usize, self.all.as_ref());
        let start = at.checked_sub(1).map_or(0, |before| all[before].end);
        let Named { end, hash, .. } = all[at];
        (&self.text.as_ref()[start as usize..end as usize], hash)
    }
}

impl Texts<String, Vec<Named>> {
    /// Adds a text; its number.
    fn add(&mut self, what: What, text: &str) -> u32 {
        let number = self.all.len() as u32;
        self.text.push_str(text);
        self.all.push(Named {
            end: self.text.len() as u32,
            hash: SymbolHash::of(text.as_bytes()),
            what,
        });
        number
    }

    fn kept(&self) -> Texts {
        Texts {
            text: self.text.as_str().into(),
            all: self.all.as_slice().into(),
        }
    }

    fn of(texts: Texts) -> Self {
        Texts {
            text: texts.text.into(),
            all: texts.all.into(),
        }
    }
}

/// By what the message of a draft will be known again.
#[derive(Debug)]
enum Own {
    /// The number of its Message-ID among the texts.
    MessageId(u32),
    /// Without a Message-ID: a hash over the head (R1), to which the body is to come.
    Head(Box<Sha1>),
    /// The hash over the head and the body.
    Content([u8; 20]),
}

/// Reads heads, one after another. What room one takes serves the next: a run reads a million.
#[derive(Debug, Default)]
pub(crate) struct HeaderReader {
    writing: EnvelopeBuilder,
    texts: Texts<String, Vec<Named>>,
    taken: Taken,
}

/// What of a head has been taken that counts once.
#[derive(Debug, Default)]
struct Taken {
    /// The number of the Message-ID among the texts.
    own: Option<u32>,
    has_received: bool,
    has_in_reply_to: bool,
    has_subject: bool,
    has_conversation_index: bool,
    wants_calendar: bool,
    is_marked_report: bool,
    is_mixed: bool,
}

impl EnvelopeDraft {
    /// Takes the envelope from a message's head. `None` if there is no header at all.
    pub(crate) fn read(head: &[u8], rules: &Rules) -> Option<EnvelopeDraft> {
        HeaderReader::default().read(head, rules)
    }

    /// Whether the envelope is complete only with the message's body.
    pub(crate) fn wants_body(&self) -> bool {
        matches!(self.own, Own::Head(_)) || self.wants_calendar
    }

    /// Completes the envelope; `body_start` is where the body begins in `message`.
    pub(crate) fn read_body(&mut self, message: &[u8], body_start: usize) {
        if let Own::Head(hash) = &self.own {
            let body = message.get(body_start..).unwrap_or_default();
            let hash = Sha1::clone(hash).chain_update(body);
            self.own = Own::Content(hash.finalize().into());
        }
        let request = if self.wants_calendar {
            mime::calendar(message)
        } else {
            None
        };
        let Some(organizer) = request.as_deref().and_then(invitation::invitation) else {
            return;
        };
        let mut writing = EnvelopeBuilder::of(std::mem::take(&mut self.envelope));
        writing.envelope.is_invitation = true;
        writing.envelope.automated = None;
        if let Some(organizer) = organizer {
            let mut texts = Texts::of(std::mem::take(&mut self.texts));
            let address = Address::parse(&organizer.address);
            let address = address.as_ref().map(Address::as_str);
            let address = address.map(|text| (AddressId(texts.add(What::Address, text)), text));
            self.texts = texts.kept();
            let name = organizer.name.as_deref();
            writing.party(Role::Organizer, name, &organizer.address, address);
        }
        self.envelope = writing.finish();
    }

    /// The finished envelope, its addresses and ids numbered with all others.
    pub(crate) fn finish(self, all: &mut Distinct) -> Envelope {
        let mut envelope = self.envelope;
        let text = |number: u32| self.texts.get(number);
        let Distinct {
            addresses,
            identities,
        } = all;
        let id = |identities: &mut Identities, number: u32| {
            let (text, hash) = text(number);
            identities.intern_hashed(Identity::MessageId(text), hash)
        };
        envelope.identity = match self.own {
            Own::MessageId(own) => id(identities, own),
            Own::Content(hash) => identities.intern(Identity::Content(hash)),
            Own::Head(hash) => identities.intern(Identity::Content(hash.finalize().into())),
        };
        let address = |own: AddressId| {
            let (text, hash) = text(own.0);
            addresses.intern_hashed(Normal::again(text), hash)
        };
        envelope.number(address, |own| id(identities, own.0));
        envelope
    }

    /// The drafts of many messages are finished one after another, and each would wait for every address and id that it
    /// looks for. Has the processor fetch what those will look at that come in a while: each step tells where the next is to
    /// be found, so that it comes some messages after the one before.
    pub(crate) fn prefetch<'d>(later: impl Fn(usize) -> Option<&'d EnvelopeDraft>, all: &Distinct) {
        for (ahead, step) in [(12, Step::Slot), (8, Step::Record), (4, Step::Text)] {
            for named in later(ahead).iter().flat_map(|draft| &*draft.texts.all) {
                match named.what {
                    What::Address => all.addresses.prefetch(named.hash, step),
                    What::Id => all.identities.prefetch(named.hash, step),
                }
            }
        }
    }
}

impl HeaderReader {
    /// As [`EnvelopeDraft::read`].
    pub(crate) fn read(&mut self, head: &[u8], rules: &Rules) -> Option<EnvelopeDraft> {
        self.read_with(head, rules, |_| ())
    }

    /// As [`EnvelopeDraft::read`], of a message that a journal report carries. Recipients that the report names and no field of
    /// the message does are Bcc.
    pub(crate) fn read_reported(
        &mut self,
        head: &[u8],
        recipients: &[String],
        rules: &Rules,
    ) -> Option<EnvelopeDraft> {
        self.read_with(head, rules, |drafting| {
            drafting.writing.envelope.is_journaled = true;
            drafting.take_blind(recipients);
        })
    }

    fn read_with(
        &mut self,
        head: &[u8],
        rules: &Rules,
        add: impl FnOnce(&mut HeaderReader),
    ) -> Option<EnvelopeDraft> {
        self.forget();
        let mut fields = message::fields(head).peekable();
        fields.peek()?;
        for field in fields {
            self.take_field(field, rules);
        }
        add(self);
        let envelope = &mut self.writing.envelope;
        if envelope.received_on == When::NONE {
            envelope.received_on = envelope.sent_on;
        }
        Some(EnvelopeDraft {
            envelope: self.writing.finish(),
            texts: self.texts.kept(),
            own: match self.taken.own {
                Some(id) => Own::MessageId(id),
                None => Own::Head(head_hash(head).into()),
            },
            wants_calendar: self.taken.wants_calendar,
            is_marked_report: self.taken.is_marked_report,
            is_mixed: self.taken.is_mixed,
        })
    }

    /// Adds those of some recipients as Bcc that no field names.
    fn take_blind(&mut self, recipients: &[String]) {
        let named = |at| self.texts.get(at).0.to_owned();
        let mut known: HashSet<String> = (0..self.texts.all.len() as u32).map(named).collect();
        for recipient in recipients {
            for mailbox in parse_list(recipient, &|words| words.to_owned()) {
                let is_new = |address: &Normal<'_>| known.insert(address.as_str().to_owned());
                if mailbox.address.as_ref().is_some_and(is_new) {
                    self.take_party(&mailbox, Role::Bcc);
                }
            }
        }
    }

    /// Of the head before nothing is kept but room; that may have been one over which the program has failed.
    fn forget(&mut self) {
        self.writing.clear();
        self.texts.text.clear();
        self.texts.all.clear();
        self.taken = Taken::default();
    }

    /// Takes what a header field says to the decision and to the rules. Most say nothing to either.
    fn take_field(&mut self, field: Field<'_>, rules: &Rules) {
        let known = KnownField::of(field.name);
        let of_field = rules.heads.of_field(field.name);
        let text = Text(field.value);
        match (known, of_field) {
            (None, None) => (),
            (Some(KnownField::Subject), _) => {
                // It is nearly always looked at twice, and decoded once.
                let subject = crate::mail::message::subject::subject(text.0);
                if !std::mem::replace(&mut self.taken.has_subject, true) {
                    self.writing.subject(&subject);
                }
                if let Some(of_field) = of_field {
                    self.take_classes(of_field, &subject, rules);
                }
            }
            (known, of_field) => {
                if let Some(known) = known {
                    self.take_known(known, text);
                }
                if let Some(of_field) = of_field {
                    let value = text.unfolded();
                    self.take_classes(of_field, &message::decode_words(&value), rules);
                }
            }
        }
    }

    /// A header field that matters to the decision. (Those that matter to the rules are named in `automated.toml`.)
    fn take_known(&mut self, field: KnownField, text: Text<'_>) {
        let envelope = &mut self.writing.envelope;
        match field {
            KnownField::From => self.take_parties(text, Role::From),
            KnownField::To => self.take_parties(text, Role::To),
            KnownField::Cc => self.take_parties(text, Role::Cc),
            KnownField::Bcc => self.take_parties(text, Role::Bcc),
            KnownField::OriginalFrom => self.take_parties(text, Role::OriginalFrom),
            KnownField::OriginalSender => self.take_parties(text, Role::OriginalSender),
            KnownField::ReplyTo => self.take_parties(text, Role::ReplyTo),
            KnownField::JournalReport => self.taken.is_marked_report = true,
            KnownField::ContentType => {
                let start = text.0.trim_ascii_start().get(..MIXED.len());
                self.taken.is_mixed |= start.is_some_and(|it| it.eq_ignore_ascii_case(MIXED));
            }
            KnownField::MessageId if self.taken.own.is_none() => {
                let value = text.unfolded();
                let id = message_id::identity(&value);
                self.taken.own = id.map(|id| self.texts.add(What::Id, &id));
            }
            KnownField::InReplyTo if !self.taken.has_in_reply_to => {
                let ids = self.number_ids(&text.unfolded());
                self.taken.has_in_reply_to = !ids.is_empty();
                self.writing.in_reply_to(ids.map(IdentityId));
            }
            KnownField::References => {
                let ids = self.number_ids(&text.unfolded());
                self.writing.references(ids.map(IdentityId));
            }
            KnownField::Date if envelope.sent_on == When::NONE => {
                envelope.sent_on = message::time(text.0).into();
            }
            KnownField::Received if !self.taken.has_received => {
                self.taken.has_received = true;
                envelope.received_on = message::time(text.0).into();
            }
            KnownField::ThreadIndex if !self.taken.has_conversation_index => {
                let index: String = text.unfolded().split_whitespace().collect();
                if !index.is_empty() {
                    self.taken.has_conversation_index = true;
                    self.writing.conversation_index(&index);
                }
            }
            _ => (),
        }
    }

    fn take_parties(&mut self, text: Text<'_>, role: Role) {
        let value = without_folds_in_brackets(text.0);
        let value = unfold(&value);
        let decode = |words: &str| message::decode_words(words).into_owned();
        for mailbox in parse_list(&value, &decode) {
            self.take_party(&mailbox, role);
        }
    }

    fn take_party(&mut self, mailbox: &AddressMailbox<'_>, role: Role) {
        let address = mailbox.address.as_ref().map(Normal::as_str);
        let address = address.map(|it| (AddressId(self.texts.add(What::Address, it)), it));
        let name = mailbox.name.as_deref();
        let envelope = &mut self.writing.envelope;
        if role == Role::From {
            envelope.is_in_others_name |= name.is_some_and(is_in_others_name);
        } else if role > Role::Organizer {
            envelope.may_have_another_author |= address.is_some();
        }
        self.writing.party(role, name, &mailbox.written, address);
    }

    /// Numbers the ids that a value names.
    fn number_ids(&mut self, value: &str) -> std::ops::Range<u32> {
        let first = self.texts.all.len() as u32;
        message_id::each_of_list(value, |id| {
            self.texts.add(What::Id, id);
        });
        first..self.texts.all.len() as u32
    }

    /// What the rules say of a field; of several rules of one class the first stays.
    fn take_classes(&mut self, field: &FieldRules, value: &str, rules: &Rules) {
        let first = |slot: &mut Option<u16>, number: u16| {
            *slot = Some(slot.map_or(number, |known| known.min(number)))
        };
        let envelope = &mut self.writing.envelope;
        for number in rules.heads.applying(field, value) {
            match rules.heads.get(number).class {
                HeadClass::Automated => first(&mut envelope.automated, number),
                HeadClass::Bulk => first(&mut envelope.bulk, number),
                HeadClass::Invitation => self.taken.wants_calendar = true,
            }
        }
    }
}

/// A field's value as it stands.
#[derive(Clone, Copy)]
struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    fn unfolded(self) -> Cow<'a, str> {
        unfold(self.0)
    }
}

/// The header fields that matter to the decision, listed once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KnownField {
    From,
    To,
    Cc,
    Bcc,
    Subject,
    Date,
    MessageId,
    InReplyTo,
    References,
    Received,
    ThreadIndex,
    OriginalFrom,
    OriginalSender,
    ReplyTo,
    JournalReport,
    ContentType,
}

/// The media type of journal reports.
const MIXED: &[u8] = b"multipart/mixed";

impl KnownField {
    /// The field of that name. A message has some thirty fields, and few of them are of these: length and first letter leave
    /// one to compare, or none.
    fn of(name: &[u8]) -> Option<KnownField> {
        let (own, field) = match (name.len(), name.first()?.to_ascii_lowercase()) {
            (2, b'c') => ("Cc", KnownField::Cc),
            (2, b't') => ("To", KnownField::To),
            (3, b'b') => ("Bcc", KnownField::Bcc),
            (4, b'd') => ("Date", KnownField::Date),
            (4, b'f') => ("From", KnownField::From),
            (7, b's') => ("Subject", KnownField::Subject),
            (8, b'r') if matches!(name.get(2), Some(b'p' | b'P')) => {
                ("Reply-To", KnownField::ReplyTo)
            }
            (8, b'r') => ("Received", KnownField::Received),
            (10, b'm') => ("Message-ID", KnownField::MessageId),
            (10, b'r') => ("References", KnownField::References),
            (11, b'i') => ("In-Reply-To", KnownField::InReplyTo),
            (12, b'c') => ("Content-Type", KnownField::ContentType),
            (12, b't') => ("Thread-Index", KnownField::ThreadIndex),
            (15, b'x') => ("X-Original-From", KnownField::OriginalFrom),
            (17, b'x') => ("X-Original-Sender", KnownField::OriginalSender),
            (19, b'x') => (journal::MARK, KnownField::JournalReport),
            _ => return None,
        };
        name_is(name, own).then_some(field)
    }
}

/// The identity of a message without a Message-ID begins with these fields (R1); each is closed by its length, so
/// that no two heads read alike.
fn head_hash(head: &[u8]) -> Sha1 {
    use KnownField::{Cc, Date, From, Subject, To};
    let mut hash = Sha1::new();
    for wanted in [From, To, Cc, Date, Subject] {
        for field in message::fields(head).filter(|it| KnownField::of(it.name) == Some(wanted)) {
            let value = unfold(field.value);
            hash.update(value.as_bytes());
            hash.update((value.len() as u64).to_le_bytes());
        }
        hash.update([0xFF]);
    }
    hash
}
