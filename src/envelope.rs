//! An *envelope* is what the decision needs of a message: a few hundred bytes taken from its head.
//!
//! A run keeps the envelopes of all its mail. Each is one piece of text, in which its names, addresses and its subject stand
//! one after another, and two short lists: of parties and of ids.

mod addresses;
mod draft;

use jiff::Timestamp;

pub use addresses::{AddressId, Addresses, Distinct};
pub use draft::{Draft, Drafting};

use crate::identity::IdentityId;
use crate::map;

/// A mailbox of an address field. Most ask only for its address, and its text is looked at only by those who ask for it.
#[derive(Clone, Copy, Debug)]
pub struct Party<'e> {
    /// The number of the address in normal form; `None` where there is no usable one.
    pub address: Option<AddressId>,
    text: &'e str,
    stored: &'e Stored,
}

impl<'e> Party<'e> {
    /// The display name, decoded; never empty.
    pub fn name(self) -> Option<&'e str> {
        let span = Span {
            start: self.stored.start,
            length: self.stored.name_length,
        };
        (span.length > 0).then(|| span.of(self.text))
    }

    /// The address as the message writes it.
    pub fn written(self) -> &'e str {
        let span = Span {
            start: self.stored.start + self.stored.name_length,
            length: self.stored.written_length,
        };
        span.of(self.text)
    }
}

/// The field that a party stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// From.
    From,
    /// To.
    To,
    /// Cc.
    Cc,
    /// Bcc.
    Bcc,
    /// Of a meeting invitation: who invites (R11).
    Organizer,
}

/// A time of a head, or none: whole seconds, as they are written there. It takes less memory than the library's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct When(i64);

impl When {
    /// No time.
    pub const NONE: When = When(i64::MIN);

    /// The time.
    pub fn get(self) -> Option<Timestamp> {
        let second = Some(self.0).filter(|_| self != When::NONE)?;
        Timestamp::from_second(second).ok()
    }
}

impl Default for When {
    fn default() -> When {
        When::NONE
    }
}

impl From<Option<Timestamp>> for When {
    fn from(time: Option<Timestamp>) -> When {
        time.map_or(When::NONE, |time| When(time.as_second()))
    }
}

/// What the decision needs of a message.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    /// By what it is known again (R1).
    pub identity: IdentityId,
    /// The time of the topmost `Received:`, else of `Date:` (R2).
    pub received_on: When,
    /// The time of `Date:`.
    pub sent_on: When,
    /// The number of the first rule that tells automated mail.
    pub automated: Option<u16>,
    /// The number of the first rule that tells bulk mail.
    pub bulk: Option<u16>,
    /// Whether it is a meeting invitation with `METHOD:REQUEST`.
    pub is_invitation: bool,
    text: Box<str>,
    subject: Option<Span>,
    conversation_index: Option<Span>,
    parties: Box<[Stored]>,
    /// Where the parties of each role end.
    ends: [u32; 5],
    ids: Box<[IdentityId]>,
    /// How many of the ids are those of In-Reply-To; the others are those of References.
    in_reply_to: u32,
}

impl Envelope {
    /// The subject, decoded.
    pub fn subject(&self) -> Option<&str> {
        self.subject.map(|span| span.of(&self.text))
    }

    /// Thread-Index, base64.
    pub fn conversation_index(&self) -> Option<&str> {
        self.conversation_index.map(|span| span.of(&self.text))
    }

    /// The parties of a field.
    pub fn of(&self, role: Role) -> Parties<'_> {
        let start = match role {
            Role::From => 0,
            later => self.ends[later as usize - 1],
        };
        let end = self.ends[role as usize];
        Parties {
            text: &self.text,
            stored: &self.parties[start as usize..end as usize],
        }
    }

    /// From.
    pub fn from(&self) -> Parties<'_> {
        self.of(Role::From)
    }

    /// To.
    pub fn to(&self) -> Parties<'_> {
        self.of(Role::To)
    }

    /// Cc.
    pub fn cc(&self) -> Parties<'_> {
        self.of(Role::Cc)
    }

    /// Bcc.
    pub fn bcc(&self) -> Parties<'_> {
        self.of(Role::Bcc)
    }

    /// Of a meeting invitation: who invites (R11).
    pub fn organizer(&self) -> Option<Party<'_>> {
        self.of(Role::Organizer).first()
    }

    /// The sender: the first usable From address (R3).
    pub fn sender(&self) -> Option<Party<'_>> {
        self.from().iter().find(|party| party.address.is_some())
    }

    /// Every party of the envelope.
    pub fn parties(&self) -> impl Iterator<Item = Party<'_>> {
        let all = Parties {
            text: &self.text,
            stored: &self.parties,
        };
        all.iter()
    }

    /// The ids of In-Reply-To.
    pub fn in_reply_to(&self) -> &[IdentityId] {
        &self.ids[..self.in_reply_to as usize]
    }

    /// The ids of References.
    pub fn references(&self) -> &[IdentityId] {
        &self.ids[self.in_reply_to as usize..]
    }

    /// Has the processor fetch what the decision looks at beside the envelope itself.
    pub fn prefetch(&self) {
        map::prefetch_value(&*self.parties);
        map::prefetch_value(&*self.ids);
    }

    /// Has the processor fetch what rows say beside that.
    pub fn prefetch_text(&self) {
        map::prefetch_value(&*self.text);
    }

    /// Gives each of its addresses and ids another number.
    fn number(
        &mut self,
        mut address: impl FnMut(AddressId) -> AddressId,
        mut id: impl FnMut(IdentityId) -> IdentityId,
    ) {
        for stored in &mut self.parties {
            if stored.address != Stored::NO_ADDRESS {
                stored.address = address(stored.address);
            }
        }
        for own in &mut self.ids {
            *own = id(*own);
        }
    }
}

/// The parties of a field, in their order.
#[derive(Clone, Copy, Debug)]
pub struct Parties<'e> {
    text: &'e str,
    stored: &'e [Stored],
}

impl<'e> Parties<'e> {
    /// Of no field.
    pub const NONE: Parties<'static> = Parties {
        text: "",
        stored: &[],
    };

    /// How many there are.
    pub fn len(self) -> usize {
        self.stored.len()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.stored.is_empty()
    }

    /// The first one.
    pub fn first(self) -> Option<Party<'e>> {
        self.iter().next()
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Party<'e>> {
        self.stored.iter().map(move |stored| stored.of(self.text))
    }
}

/// A part of an envelope's text.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: u32,
    length: u32,
}

impl Span {
    fn of(self, text: &str) -> &str {
        &text[self.start as usize..][..self.length as usize]
    }
}

/// A party as it is kept: its name, then its address as it is written, in the envelope's text.
#[derive(Clone, Copy, Debug)]
struct Stored {
    start: u32,
    /// 0 where it has none.
    name_length: u32,
    written_length: u32,
    address: AddressId,
}

impl Stored {
    /// In the place of an address.
    const NO_ADDRESS: AddressId = AddressId(u32::MAX);

    fn of<'e>(&'e self, text: &'e str) -> Party<'e> {
        Party {
            address: (self.address != Stored::NO_ADDRESS).then_some(self.address),
            text,
            stored: self,
        }
    }
}

/// An envelope that is being written; what it has gathered room for serves the next one too.
#[derive(Debug, Default)]
pub struct Writing {
    /// What of it is neither text nor a list.
    pub envelope: Envelope,
    text: String,
    parties: Vec<(Role, Stored)>,
    in_reply_to: Vec<IdentityId>,
    references: Vec<IdentityId>,
}

impl Writing {
    /// Goes on with an envelope that was finished.
    pub fn of(mut envelope: Envelope) -> Writing {
        let roles = [Role::From, Role::To, Role::Cc, Role::Bcc, Role::Organizer];
        let of = |role| envelope.of(role).stored.iter().map(move |&it| (role, it));
        Writing {
            parties: roles.into_iter().flat_map(of).collect(),
            in_reply_to: envelope.in_reply_to().into(),
            references: envelope.references().into(),
            text: std::mem::take(&mut envelope.text).into_string(),
            envelope,
        }
    }

    /// Gives it its subject, decoded.
    pub fn subject(&mut self, subject: &str) {
        self.envelope.subject = Some(self.push(subject));
    }

    /// Gives it its Thread-Index, base64.
    pub fn conversation_index(&mut self, index: &str) {
        self.envelope.conversation_index = Some(self.push(index));
    }

    /// Adds a party to those of a field: its name, its address as the message writes it, and the address's number.
    pub fn party(
        &mut self,
        role: Role,
        name: Option<&str>,
        written: &str,
        address: Option<AddressId>,
    ) {
        let name = self.push(name.unwrap_or_default());
        let written = self.push(written);
        let stored = Stored {
            start: name.start,
            name_length: name.length,
            written_length: written.length,
            address: address.unwrap_or(Stored::NO_ADDRESS),
        };
        self.parties.push((role, stored));
    }

    /// Adds ids to those of In-Reply-To.
    pub fn in_reply_to(&mut self, ids: impl Iterator<Item = IdentityId>) {
        self.in_reply_to.extend(ids);
    }

    /// Adds ids to those of References.
    pub fn references(&mut self, ids: impl Iterator<Item = IdentityId>) {
        self.references.extend(ids);
    }

    /// The text is of one head, and nobody reads one that is longer than 4 GiB.
    fn push(&mut self, text: &str) -> Span {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        Span {
            start,
            length: text.len() as u32,
        }
    }

    /// The whole envelope. What is written next is another.
    pub fn finish(&mut self) -> Envelope {
        // A stable sort: within a field in the order of the head.
        self.parties.sort_by_key(|&(role, _)| role);
        let mut envelope = std::mem::take(&mut self.envelope);
        envelope.ends = [0; 5];
        for &(role, _) in &self.parties {
            envelope.ends[role as usize] += 1;
        }
        for role in 1..envelope.ends.len() {
            envelope.ends[role] += envelope.ends[role - 1];
        }
        envelope.parties = self.parties.iter().map(|&(_, stored)| stored).collect();
        envelope.in_reply_to = self.in_reply_to.len() as u32;
        let ids = self.in_reply_to.iter().chain(&self.references);
        envelope.ids = ids.copied().collect();
        envelope.text = self.text.as_str().into();
        self.clear();
        envelope
    }

    /// Forgets what was written, and keeps the room.
    fn clear(&mut self) {
        self.envelope = Envelope::default();
        self.text.clear();
        self.parties.clear();
        self.in_reply_to.clear();
        self.references.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parties_are_kept_by_role_and_in_order() {
        let mut writing = Writing::default();
        let at = |number| Some(AddressId(number));
        writing.party(Role::Cc, None, "c@x", at(2));
        writing.party(Role::From, Some("Ann"), "nobody", None);
        writing.subject("ü");
        writing.party(Role::From, Some("Bö"), "b@x", at(1));
        writing.party(Role::Cc, Some("D"), "", None);
        writing.in_reply_to([IdentityId(1)].into_iter());
        writing.references([IdentityId(2), IdentityId(3)].into_iter());
        let mut envelope = writing.finish();
        assert_eq!(Writing::of(envelope.clone()).finish().parties().count(), 4);
        envelope.number(|own| AddressId(own.0 + 10), |own| IdentityId(own.0 + 20));
        let shown = |it: Party<'_>| format!("{:?} {} {:?}", it.name(), it.written(), it.address);
        let all: Vec<String> = envelope.parties().map(shown).collect();
        let want = [
            "Some(\"Ann\") nobody None",
            "Some(\"Bö\") b@x Some(AddressId(11))",
            "None c@x Some(AddressId(12))",
            "Some(\"D\")  None",
        ];
        assert_eq!(all, want);
        assert_eq!((envelope.from().len(), envelope.cc().len()), (2, 2));
        assert_eq!(envelope.sender().map(Party::written), Some("b@x"));
        assert!(envelope.to().is_empty() && envelope.bcc().is_empty());
        assert!(envelope.organizer().is_none());
        assert_eq!(envelope.subject(), Some("ü"));
        assert_eq!(envelope.conversation_index(), None);
        assert_eq!(envelope.in_reply_to(), [IdentityId(21)]);
        assert_eq!(envelope.references(), [IdentityId(22), IdentityId(23)]);
        let next = writing.finish();
        assert_eq!((next.parties().count(), next.subject()), (0, None));
        assert!(next.in_reply_to().is_empty() && next.references().is_empty());
    }
}
