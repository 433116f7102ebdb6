//! An *envelope* is what the decision needs of a message: a few hundred bytes taken from its head. Bodies are read
//! for an envelope only where a message has no Message-ID (R1) or is a meeting invitation (R11).

use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};
use jiff::Timestamp;
use sha1::{Digest as _, Sha1};
use smallvec::SmallVec;

use crate::address::{Address, parse_list};
use crate::calendar;
use crate::identity::{Identities, Identity, IdentityId};
use crate::initials::Initials;
use crate::message::{self, Field};
use crate::message_id;
use crate::mime;
use crate::rules::{HeadClass, Rules};

/// The number of a distinct address; while an envelope is a [`Draft`], one of the draft's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AddressId(pub u32);

/// A mailbox of an address field.
#[derive(Clone, Debug, PartialEq)]
pub struct Party {
    /// The display name, decoded.
    pub name: Option<Box<str>>,
    /// The address as the message writes it.
    pub written: Box<str>,
    /// The address in normal form; `None` where there is no usable one.
    pub address: Option<AddressId>,
}

/// What the decision needs of a message.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    /// By what it is known again (R1).
    pub identity: IdentityId,
    /// The time of the topmost `Received:`, else of `Date:` (R2).
    pub received_on: Option<Timestamp>,
    /// The time of `Date:`.
    pub sent_on: Option<Timestamp>,
    /// The subject, decoded.
    pub subject: Option<Box<str>>,
    /// From.
    pub from: Box<[Party]>,
    /// To.
    pub to: Box<[Party]>,
    /// Cc.
    pub cc: Box<[Party]>,
    /// Bcc.
    pub bcc: Box<[Party]>,
    /// Of a meeting invitation: who invites (R11).
    pub organizer: Option<Box<Party>>,
    /// The ids of In-Reply-To.
    pub in_reply_to: Box<[IdentityId]>,
    /// The ids of References.
    pub references: Box<[IdentityId]>,
    /// Thread-Index, base64.
    pub conversation_index: Option<Box<str>>,
    /// The number of the first rule that tells automated mail.
    pub automated: Option<u16>,
    /// The number of the first rule that tells bulk mail.
    pub bulk: Option<u16>,
    /// Whether it is a meeting invitation with `METHOD:REQUEST`.
    pub is_invitation: bool,
}

impl Envelope {
    /// The sender: the first usable From address (R3).
    pub fn sender(&self) -> Option<&Party> {
        self.from.iter().find(|party| party.address.is_some())
    }

    /// Every party of the envelope.
    pub fn parties(&self) -> impl Iterator<Item = &Party> {
        let fields = [&self.from, &self.to, &self.cc, &self.bcc];
        fields
            .into_iter()
            .flat_map(|field| field.iter())
            .chain(self.organizer.as_deref())
    }

    fn parties_mut(&mut self) -> impl Iterator<Item = &mut Party> {
        let fields = [&mut self.from, &mut self.to, &mut self.cc, &mut self.bcc];
        fields
            .into_iter()
            .flat_map(|field| field.iter_mut())
            .chain(self.organizer.as_deref_mut())
    }
}

/// An envelope whose addresses and ids are not yet numbered with those of the other messages.
#[derive(Debug)]
pub struct Draft {
    envelope: Envelope,
    addresses: Vec<Address>,
    /// The ids that it names, one after another.
    ids: String,
    /// Where in `ids` each of them ends.
    id_ends: Vec<u32>,
    own: Own,
    wants_calendar: bool,
}

/// By what the message of a draft will be known again.
#[derive(Debug)]
enum Own {
    MessageId(Box<str>),
    /// Without a Message-ID: a hash over the head (R1), to which the body is to come.
    Head(Sha1),
    /// The hash over the head and the body.
    Content([u8; 20]),
}

impl Draft {
    /// Takes the envelope from a message's head. `None` where there is no header at all.
    pub fn read(head: &[u8], rules: &Rules) -> Option<Draft> {
        let fields = message::fields(head)?;
        let is_id = |field: &&Field<'_>| KnownField::of(field.name) == Some(KnownField::MessageId);
        let values = fields.iter().filter(is_id);
        let own = values
            .map(|field| message::unfold(field.value))
            .find_map(|value| message_id::identity(&value).map(|id| Own::MessageId(id.into())));
        let mut draft = Draft {
            envelope: Envelope::default(),
            addresses: Vec::new(),
            ids: String::new(),
            id_ends: Vec::new(),
            own: own.unwrap_or_else(|| Own::Head(head_hash(&fields))),
            wants_calendar: false,
        };
        draft.take_fields(&fields);
        draft.take_classes(&fields, rules);
        Some(draft)
    }

    /// Whether the envelope is complete only with the message's body.
    pub fn wants_body(&self) -> bool {
        matches!(self.own, Own::Head(_)) || self.wants_calendar
    }

    /// Completes the envelope; `body_start` is where the body begins in `message`.
    pub fn read_body(&mut self, message: &[u8], body_start: usize) {
        if let Own::Head(hash) = &self.own {
            let body = message.get(body_start..).unwrap_or_default();
            self.own = Own::Content(hash.clone().chain_update(body).finalize().into());
        }
        let request = if self.wants_calendar {
            mime::calendar(message)
        } else {
            None
        };
        let Some(organizer) = request.as_deref().and_then(calendar::invitation) else {
            return;
        };
        self.envelope.is_invitation = true;
        self.envelope.automated = None;
        if let Some(organizer) = organizer {
            let address = Address::parse(&organizer.address).map(|address| self.number(address));
            self.envelope.organizer = Some(Box::new(Party {
                name: organizer.name.map(Into::into),
                written: organizer.address.into(),
                address,
            }));
        }
    }

    /// The finished envelope, its addresses and ids numbered with all others.
    pub fn finish(self, all: &mut Distinct) -> Envelope {
        let addresses = self.addresses.into_iter();
        let addresses: SmallVec<[AddressId; 8]> =
            addresses.map(|it| all.addresses.intern(it)).collect();
        let mut envelope = self.envelope;
        for party in envelope.parties_mut() {
            party.address = party
                .address
                .and_then(|own| addresses.get(own.0 as usize).copied());
        }
        envelope.identity = all.identities.intern(match &self.own {
            Own::MessageId(id) => Identity::MessageId(id),
            Own::Head(hash) => Identity::Content(hash.clone().finalize().into()),
            Own::Content(hash) => Identity::Content(*hash),
        });
        let named = [&mut envelope.in_reply_to, &mut envelope.references];
        for id in named.into_iter().flat_map(|ids| ids.iter_mut()) {
            let own = id.0 as usize;
            let start = own.checked_sub(1).map_or(0, |before| self.id_ends[before]);
            let text = &self.ids[start as usize..self.id_ends[own] as usize];
            *id = all.identities.intern(Identity::MessageId(text));
        }
        envelope
    }

    /// The header fields that matter to the decision. (Those that matter to the rules are named in `automated.toml`.)
    fn take_fields(&mut self, fields: &[Field<'_>]) {
        let mut received = None;
        let mut lists: [Vec<Party>; 4] = Default::default();
        let mut references = Vec::new();
        for field in fields {
            let value = || message::unfold(field.value);
            let once = |slot: &Option<Box<str>>| slot.is_none();
            let envelope = &mut self.envelope;
            match KnownField::of(field.name) {
                Some(KnownField::From) => self.take_parties(&value(), &mut lists[0]),
                Some(KnownField::To) => self.take_parties(&value(), &mut lists[1]),
                Some(KnownField::Cc) => self.take_parties(&value(), &mut lists[2]),
                Some(KnownField::Bcc) => self.take_parties(&value(), &mut lists[3]),
                Some(KnownField::Subject) if once(&envelope.subject) => {
                    envelope.subject = Some(message::decode_words(&value()).into());
                }
                Some(KnownField::InReplyTo) if envelope.in_reply_to.is_empty() => {
                    self.envelope.in_reply_to = self.number_ids(&value()).collect();
                }
                Some(KnownField::References) => {
                    references.extend(self.number_ids(&value()));
                }
                Some(KnownField::Date) if envelope.sent_on.is_none() => {
                    envelope.sent_on = message::time(field.value)
                }
                Some(KnownField::Received) if received.is_none() => {
                    received = Some(message::time(field.value))
                }
                Some(KnownField::ThreadIndex) if once(&envelope.conversation_index) => {
                    let index: String = value().split_whitespace().collect();
                    envelope.conversation_index = (!index.is_empty()).then(|| index.into());
                }
                _ => (),
            }
        }
        let [from, to, cc, bcc] = lists.map(Vec::into_boxed_slice);
        let envelope = &mut self.envelope;
        (envelope.from, envelope.to, envelope.cc, envelope.bcc) = (from, to, cc, bcc);
        envelope.references = references.into();
        envelope.received_on = received.flatten().or(envelope.sent_on);
    }

    fn take_parties(&mut self, value: &str, to: &mut Vec<Party>) {
        let mailboxes = parse_list(value, &|words: &str| {
            message::decode_words(words).into_owned()
        });
        to.reserve_exact(mailboxes.len());
        to.extend(mailboxes.into_iter().map(|mailbox| Party {
            name: mailbox.name.map(Into::into),
            written: mailbox.written.into(),
            address: mailbox.address.map(|address| self.number(address)),
        }));
    }

    fn number(&mut self, address: Address) -> AddressId {
        self.addresses.push(address);
        AddressId((self.addresses.len() - 1) as u32)
    }

    /// Numbers the ids that a value names.
    fn number_ids(&mut self, value: &str) -> impl Iterator<Item = IdentityId> + use<> {
        let first = self.id_ends.len() as u32;
        for id in message_id::list(value) {
            self.ids.push_str(id);
            self.id_ends.push(self.ids.len() as u32);
        }
        (first..self.id_ends.len() as u32).map(IdentityId)
    }

    /// What the rules say of the head; of several rules of one class the first stays.
    fn take_classes(&mut self, fields: &[Field<'_>], rules: &Rules) {
        let first = |slot: &mut Option<u16>, number: u16| {
            *slot = Some(slot.map_or(number, |known| known.min(number)))
        };
        for field in fields {
            let numbers = rules.heads.of_field(field.name);
            if numbers.is_empty() {
                continue;
            }
            let text = message::unfold(field.value);
            let value = message::decode_words(&text);
            for &number in numbers {
                let rule = rules.heads.get(number);
                if !rule.applies(&value) {
                    continue;
                }
                match rule.class {
                    HeadClass::Automated => first(&mut self.envelope.automated, number),
                    HeadClass::Bulk => first(&mut self.envelope.bulk, number),
                    HeadClass::Invitation => self.wants_calendar = true,
                }
            }
        }
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
}

impl KnownField {
    const NAMES: [(&'static str, KnownField); 11] = [
        ("From", KnownField::From),
        ("To", KnownField::To),
        ("Cc", KnownField::Cc),
        ("Bcc", KnownField::Bcc),
        ("Subject", KnownField::Subject),
        ("Date", KnownField::Date),
        ("Message-ID", KnownField::MessageId),
        ("In-Reply-To", KnownField::InReplyTo),
        ("References", KnownField::References),
        ("Received", KnownField::Received),
        ("Thread-Index", KnownField::ThreadIndex),
    ];

    const INITIALS: Initials = {
        let mut all = Initials::NONE;
        let mut at = 0;
        while at < KnownField::NAMES.len() {
            all = all.with(KnownField::NAMES[at].0);
            at += 1;
        }
        all
    };

    fn of(name: &str) -> Option<KnownField> {
        if !KnownField::INITIALS.may_have(name) {
            return None;
        }
        KnownField::NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|&(_, field)| field)
    }
}

/// The identity of a message without a Message-ID begins with these fields (R1); each is closed by its length, so
/// that no two heads read alike.
fn head_hash(fields: &[Field<'_>]) -> Sha1 {
    use KnownField::{Cc, Date, From, Subject, To};
    let mut hash = Sha1::new();
    for wanted in [From, To, Cc, Date, Subject] {
        for field in fields
            .iter()
            .filter(|field| KnownField::of(field.name) == Some(wanted))
        {
            let value = message::unfold(field.value);
            hash.update(value.as_bytes());
            hash.update((value.len() as u64).to_le_bytes());
        }
        hash.update([0xFF]);
    }
    hash
}

/// What is distinct in the mail of a run: addresses, and ids of messages.
#[derive(Debug, Default)]
pub struct Distinct {
    /// Every address.
    pub addresses: Addresses,
    /// Every identity of a message, and every id that one names.
    pub identities: Identities,
}

/// Every distinct address of a run, numbered in the order in which it was met.
#[derive(Debug, Default)]
pub struct Addresses {
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
    all: Vec<Address>,
}

impl Addresses {
    /// The address's number.
    pub fn intern(&mut self, address: Address) -> AddressId {
        let Addresses {
            numbers,
            hasher,
            all,
        } = self;
        let hash = hasher.hash_one(address.as_str());
        if let Some(&known) = numbers.find(hash, |&number| all[number as usize] == address) {
            return AddressId(known);
        }
        let number = all.len() as u32;
        all.push(address);
        numbers.insert_unique(hash, number, |&number| {
            hasher.hash_one(all[number as usize].as_str())
        });
        AddressId(number)
    }

    /// The address of that number.
    pub fn get(&self, id: AddressId) -> &Address {
        &self.all[id.0 as usize]
    }

    /// The number of an address that was met.
    pub fn find(&self, address: &Address) -> Option<AddressId> {
        let hash = self.hasher.hash_one(address.as_str());
        let is_it = |&number: &u32| self.all[number as usize] == *address;
        self.numbers
            .find(hash, is_it)
            .map(|&number| AddressId(number))
    }

    /// All of them, by number.
    pub fn all(&self) -> &[Address] {
        &self.all
    }
}
