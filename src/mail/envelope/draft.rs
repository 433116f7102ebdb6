//! Reads envelopes from header sections. An envelope needs the body only if the message has no Message-ID (R1) or is a
//! meeting invitation (R11).

use crate::mail::message::folding::unfold;
use std::borrow::Cow;

use hashbrown::HashSet;
use sha1::{Digest as _, Sha1};

use super::reading::{Envelope, When};
use super::{AddressId, Distinct, EnvelopeBuilder};
use crate::base::interner::{Step, SymbolHash};
use crate::mail::address::mailbox::Mailbox as AddressMailbox;
use crate::mail::address::{Address, Normal, parse_list, without_folds_in_brackets};
use crate::mail::envelope::party::PartyField;
use crate::mail::envelope::party::is_on_behalf;
use crate::mail::identity::{Identities, Identity, IdentityId};
use crate::mail::journal;
use crate::mail::message;
use crate::mail::message::invitation;
use crate::mail::message::message_id;
use crate::mail::message::mime;
use crate::mail::message::{Field, name_is};
use crate::mail::rules::{FieldRules, HeadClass, Rules};

/// An envelope whose addresses and ids are not interned yet.
#[derive(Debug)]
pub(crate) struct EnvelopeDraft {
    envelope: Envelope,
    texts: DraftTexts,
    own: Own,
    wants_calendar: bool,
    /// Whether its header section marks it as a journal report.
    pub is_marked_report: bool,
    /// Whether it is a `multipart/mixed` message, as every journal report is.
    pub is_mixed: bool,
}

/// The addresses in normal form and the message ids of a header section, concatenated.
#[derive(Clone, Debug, Default)]
struct DraftTexts<T = Box<str>, E = Box<[DraftText]>> {
    text: T,
    all: E,
}

/// One of these texts.
#[derive(Clone, Copy, Debug)]
struct DraftText {
    /// Its end in the concatenated text.
    end: u32,
    /// The hash of its bytes. It is computed in parallel, when the header section is read; interning is sequential.
    hash: SymbolHash,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    Address,
    Id,
}

impl<T: AsRef<str>, E: AsRef<[DraftText]>> DraftTexts<T, E> {
    fn get(&self, number: u32) -> (&str, SymbolHash) {
        let (at, all) = (number as usize, self.all.as_ref());
        let start = at.checked_sub(1).map_or(0, |before| all[before].end);
        let DraftText { end, hash, .. } = all[at];
        (&self.text.as_ref()[start as usize..end as usize], hash)
    }
}

impl DraftTexts<String, Vec<DraftText>> {
    /// Adds a text and returns its number.
    fn add(&mut self, what: What, text: &str) -> u32 {
        let number = self.all.len() as u32;
        self.text.push_str(text);
        self.all.push(DraftText {
            end: self.text.len() as u32,
            hash: SymbolHash::of(text.as_bytes()),
            what,
        });
        number
    }

    fn kept(&self) -> DraftTexts {
        DraftTexts {
            text: self.text.as_str().into(),
            all: self.all.as_slice().into(),
        }
    }

    fn of(texts: DraftTexts) -> Self {
        DraftTexts {
            text: texts.text.into(),
            all: texts.all.into(),
        }
    }
}

/// What the identity of the message is made from.
#[derive(Debug)]
enum Own {
    /// The number of its Message-ID among the texts.
    MessageId(u32),
    /// The message has no Message-ID: a hash over its header section (R1), to which the body must still be added.
    Head(Box<Sha1>),
    /// The hash over header section and body.
    Content([u8; 20]),
}

/// Reads header sections one after the other, and reuses its buffers: a run reads a million of them.
#[derive(Debug, Default)]
pub(crate) struct HeaderReader {
    writing: EnvelopeBuilder,
    texts: DraftTexts<String, Vec<DraftText>>,
    taken: FieldsSeen,
}

/// The properties of a header section that are read so far and count only once.
#[derive(Debug, Default)]
struct FieldsSeen {
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
    /// Reads the envelope from a message's header section. `None` if there is no header field.
    pub(crate) fn read(head: &[u8], rules: &Rules) -> Option<EnvelopeDraft> {
        HeaderReader::default().read(head, rules)
    }

    /// Returns whether the body is needed to complete the envelope.
    pub(crate) fn wants_body(&self) -> bool {
        matches!(self.own, Own::Head(_)) || self.wants_calendar
    }

    /// Completes the envelope with the body, which begins at `body_start` in `message`.
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
            let mut texts = DraftTexts::of(std::mem::take(&mut self.texts));
            let address = Address::parse(&organizer.address);
            let address = address.as_ref().map(Address::as_str);
            let address = address.map(|text| (AddressId(texts.add(What::Address, text)), text));
            self.texts = texts.kept();
            let name = organizer.name.as_deref();
            writing.party(PartyField::Organizer, name, &organizer.address, address);
        }
        self.envelope = writing.finish();
    }

    /// Returns the finished envelope, with its addresses and ids interned in `all`.
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

    /// Prefetches for drafts that will be finished soon. Drafts are finished one after the other, and without
    /// prefetching each would wait for memory at every address and id that it looks up. Each step reads what the step
    /// before it fetched, so it is done a few messages later.
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
    /// Like [`EnvelopeDraft::read`].
    pub(crate) fn read(&mut self, head: &[u8], rules: &Rules) -> Option<EnvelopeDraft> {
        self.read_with(head, rules, |_| ())
    }

    /// Like [`EnvelopeDraft::read`], for a message within a journal report. Recipients that the report names but no
    /// field of the message become Bcc.
    pub(crate) fn read_reported(
        &mut self,
        head: &[u8],
        recipients: &[String],
        rules: &Rules,
    ) -> Option<EnvelopeDraft> {
        self.read_with(head, rules, |drafting| {
            drafting.writing.envelope.is_journaled = true;
            drafting.add_bcc(recipients);
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

    /// Adds the recipients that no field names as Bcc.
    fn add_bcc(&mut self, recipients: &[String]) {
        let named = |at| self.texts.get(at).0.to_owned();
        let mut known: HashSet<String> = (0..self.texts.all.len() as u32).map(named).collect();
        for recipient in recipients {
            for mailbox in parse_list(recipient, &|words| words.to_owned()) {
                let is_new = |address: &Normal<'_>| known.insert(address.as_str().to_owned());
                if mailbox.address.as_ref().is_some_and(is_new) {
                    self.take_party(&mailbox, PartyField::Bcc);
                }
            }
        }
    }

    /// Clears everything but the buffers. The last header section may have caused a panic halfway.
    fn forget(&mut self) {
        self.writing.clear();
        self.texts.text.clear();
        self.texts.all.clear();
        self.taken = FieldsSeen::default();
    }

    /// Takes from a header field what decisions and rules need. Most fields are needed by neither.
    fn take_field(&mut self, field: Field<'_>, rules: &Rules) {
        let known = KnownField::of(field.name);
        let of_field = rules.heads.of_field(field.name);
        let text = Text(field.value);
        match (known, of_field) {
            (None, None) => (),
            (Some(KnownField::Subject), _) => {
                // Usually both need the subject, so it is decoded once.
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

    /// Takes a header field that decisions need. Those that only rules need are listed in `automated.toml`.
    fn take_known(&mut self, field: KnownField, text: Text<'_>) {
        let envelope = &mut self.writing.envelope;
        match field {
            KnownField::From => self.take_parties(text, PartyField::From),
            KnownField::To => self.take_parties(text, PartyField::To),
            KnownField::Cc => self.take_parties(text, PartyField::Cc),
            KnownField::Bcc => self.take_parties(text, PartyField::Bcc),
            KnownField::OriginalFrom => self.take_parties(text, PartyField::OriginalFrom),
            KnownField::OriginalSender => self.take_parties(text, PartyField::OriginalSender),
            KnownField::ReplyTo => self.take_parties(text, PartyField::ReplyTo),
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

    fn take_parties(&mut self, text: Text<'_>, role: PartyField) {
        let value = without_folds_in_brackets(text.0);
        let value = unfold(&value);
        let decode = |words: &str| message::decode_words(words).into_owned();
        for mailbox in parse_list(&value, &decode) {
            self.take_party(&mailbox, role);
        }
    }

    fn take_party(&mut self, mailbox: &AddressMailbox<'_>, role: PartyField) {
        let address = mailbox.address.as_ref().map(Normal::as_str);
        let address = address.map(|it| (AddressId(self.texts.add(What::Address, it)), it));
        let name = mailbox.name.as_deref();
        let envelope = &mut self.writing.envelope;
        if role == PartyField::From {
            envelope.is_in_others_name |= name.is_some_and(is_on_behalf);
        } else if role > PartyField::Organizer {
            envelope.may_have_another_author |= address.is_some();
        }
        self.writing.party(role, name, &mailbox.written, address);
    }

    /// Adds the message ids in a value, and returns their numbers.
    fn number_ids(&mut self, value: &str) -> std::ops::Range<u32> {
        let first = self.texts.all.len() as u32;
        message_id::each_of_list(value, |id| {
            self.texts.add(What::Id, id);
        });
        first..self.texts.all.len() as u32
    }

    /// Evaluates the rules of a field. If several rules of one class apply, the first one counts.
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

/// The raw value of a field.
#[derive(Clone, Copy)]
struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    fn unfolded(self) -> Cow<'a, str> {
        unfold(self.0)
    }
}

/// The header fields that decisions need.
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
    /// Returns the known field with that name. Most of the about thirty fields of a message are not known, and length
    /// and first letter leave at most one name to compare.
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

/// Starts the identity of a message without a Message-ID with these fields (R1). Each value is followed by its length,
/// so that different header sections cannot yield the same bytes.
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
