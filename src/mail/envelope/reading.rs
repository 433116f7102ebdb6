//! Reads an envelope through views of its packed bytes.

use crate::mail::envelope::addresses::AddressId;
use crate::mail::envelope::party::{Party, PartyField};
use jiff::Timestamp;

use super::packed::Packed;
use crate::base::memory;
use crate::mail::envelope::packed::text;
use crate::mail::identity::IdentityId;

/// An optional time from a header section, in whole seconds. It takes less memory than an optional `Timestamp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct When(i64);

impl When {
    /// No time.
    pub const NONE: When = When(i64::MIN);

    /// Returns the time; `None` if there is none.
    pub fn get(self) -> Option<Timestamp> {
        let second = Some(self.0).filter(|_| self != When::NONE)?;
        Timestamp::from_second(second).ok()
    }

    /// Returns a sort key that is greater for later times, and greatest if there is no time.
    pub fn rank(self) -> i64 {
        match self {
            When::NONE => i64::MAX,
            When(second) => second,
        }
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
    /// The identity of the message (R1).
    pub identity: IdentityId,
    /// The time of the topmost `Received` field, else of `Date` (R2).
    pub received_on: When,
    /// The time of `Date`.
    pub sent_on: When,
    /// The number of the first rule that classifies the message as automated.
    pub automated: Option<u16>,
    /// The number of the first rule that classifies the message as bulk mail.
    pub bulk: Option<u16>,
    /// Whether it is a meeting invitation with `METHOD:REQUEST`.
    pub is_invitation: bool,
    /// Whether a journal report carried the message (R1); then its Bcc has the actual recipients.
    pub is_journaled: bool,
    /// Whether a field other than From has an address that may be the author's (R3).
    pub may_have_another_author: bool,
    /// Whether the display name in From says that the address sends on behalf of others (`Ann Beck via X`, R11).
    pub is_in_others_name: bool,
    pub(super) packed: Box<[u8]>,
}

impl Envelope {
    /// Returns the decoded subject.
    pub fn subject(&self) -> Option<&str> {
        self.texts().optional().map(text)
    }

    /// Returns the Thread-Index, in base64.
    pub fn conversation_index(&self) -> Option<&str> {
        let mut texts = self.texts();
        texts.optional();
        texts.optional().map(text)
    }

    /// Returns what follows the parties.
    fn texts(&self) -> Packed<'_> {
        let mut all = self.by_role();
        all.by_ref().for_each(drop);
        all.rest
    }

    pub(super) fn by_role(&self) -> ByRole<'_> {
        let mut rest = Packed(&self.packed);
        let counts = rest.counts();
        rest.ids(counts.in_reply_to + counts.references);
        ByRole {
            left: counts.parties,
            rest,
        }
    }

    /// Returns the parties of a field.
    pub fn of(&self, role: PartyField) -> Parties<'_> {
        let mut all = self.by_role();
        loop {
            let here = all;
            match all.next() {
                None => return Parties::NONE,
                Some((before, _)) if before < role => (),
                Some(_) => return Parties { all: here, role },
            }
        }
    }

    /// Returns the parties of From.
    pub fn from(&self) -> Parties<'_> {
        self.of(PartyField::From)
    }

    /// Returns the parties of To.
    pub fn to(&self) -> Parties<'_> {
        self.of(PartyField::To)
    }

    /// Returns the parties of Cc.
    pub fn cc(&self) -> Parties<'_> {
        self.of(PartyField::Cc)
    }

    /// Returns the parties of Bcc.
    pub fn bcc(&self) -> Parties<'_> {
        self.of(PartyField::Bcc)
    }

    /// Returns the parties of To and Cc, and with `with_bcc` those of Bcc, in one pass.
    pub fn recipients(&self, with_bcc: bool) -> impl Iterator<Item = Party<'_>> {
        let last = if with_bcc {
            PartyField::Bcc
        } else {
            PartyField::Cc
        };
        self.by_role()
            .skip_while(|(role, _)| *role < PartyField::To)
            .take_while(move |(role, _)| *role <= last)
            .map(|(_, party)| party)
    }

    /// Returns the organizer of a meeting invitation (R11).
    pub fn organizer(&self) -> Option<Party<'_>> {
        self.of(PartyField::Organizer).first()
    }

    /// Returns every party of the envelope.
    pub fn parties(&self) -> impl Iterator<Item = Party<'_>> {
        self.by_role().map(|(_, party)| party)
    }

    /// Returns the ids of In-Reply-To.
    pub fn in_reply_to(&self) -> Ids<'_> {
        let mut rest = Packed(&self.packed);
        let counts = rest.counts();
        Ids(rest.ids(counts.in_reply_to))
    }

    /// Returns the ids of References.
    pub fn references(&self) -> Ids<'_> {
        let mut rest = Packed(&self.packed);
        let counts = rest.counts();
        rest.ids(counts.in_reply_to);
        Ids(rest.ids(counts.references))
    }

    /// Returns the ids of In-Reply-To, then those of References.
    pub fn named(&self) -> Ids<'_> {
        let mut rest = Packed(&self.packed);
        let counts = rest.counts();
        Ids(rest.ids(counts.in_reply_to + counts.references))
    }

    /// Prefetches the packed bytes.
    pub fn prefetch(&self) {
        memory::prefetch_value(&*self.packed);
    }

    /// Renumbers its addresses and ids.
    pub(super) fn number(
        &mut self,
        address: impl FnMut(AddressId) -> AddressId,
        id: impl FnMut(IdentityId) -> IdentityId,
    ) {
        crate::mail::envelope::packer::number(&mut self.packed, address, id);
    }
}

/// Message ids, in the order of the field.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ids<'e>(&'e [[u8; 4]]);

impl<'e> Ids<'e> {
    /// Returns whether there are no ids.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Returns the ids after the first `passed` ones.
    pub fn from(self, passed: usize) -> Ids<'e> {
        Ids(self.0.get(passed..).unwrap_or_default())
    }

    /// Returns an iterator over the ids.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = IdentityId> + use<'e> {
        let number = |&bytes| IdentityId(u32::from_le_bytes(bytes));
        self.0.iter().map(number)
    }
}

/// An iterator over the remaining parties of an envelope, each with its role.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ByRole<'e> {
    left: usize,
    rest: Packed<'e>,
}

impl<'e> Iterator for ByRole<'e> {
    type Item = (PartyField, Party<'e>);

    fn next(&mut self) -> Option<(PartyField, Party<'e>)> {
        self.left = self.left.checked_sub(1)?;
        self.rest.party()
    }
}

/// The parties of a field, in the order of the field.
#[derive(Clone, Copy, Debug)]
pub struct Parties<'e> {
    all: ByRole<'e>,
    role: PartyField,
}

impl<'e> Parties<'e> {
    /// No parties.
    pub const NONE: Parties<'static> = Parties {
        all: ByRole {
            left: 0,
            rest: Packed(&[]),
        },
        role: PartyField::From,
    };

    /// Returns the number of parties.
    pub fn len(self) -> usize {
        self.iter().count()
    }

    /// Returns whether there are no parties.
    pub fn is_empty(self) -> bool {
        self.first().is_none()
    }

    /// Returns the first party.
    pub fn first(self) -> Option<Party<'e>> {
        self.iter().next()
    }

    /// Returns an iterator over the parties.
    pub fn iter(self) -> impl Iterator<Item = Party<'e>> {
        let Parties { all, role } = self;
        all.take_while(move |(its, _)| *its == role)
            .map(|(_, party)| party)
    }
}

#[cfg(test)]
mod tests {
    use crate::mail::envelope::Addresses;
    use proptest::prelude::*;

    use super::*;
    use crate::mail::address::Normal;
    use crate::mail::envelope::EnvelopeBuilder;

    #[test]
    fn parties_are_kept_by_role_and_in_order() {
        let mut writing = EnvelopeBuilder::default();
        let mut addresses = Addresses::default();
        let mut number = |text| addresses.intern(Normal::again(text));
        let [b, c] = ["b@x", "c@x"].map(&mut number);
        writing.party(PartyField::Cc, None, "c@x", Some((c, "c@x")));
        writing.party(PartyField::From, Some("Ann"), "nobody", None);
        writing.subject("ü");
        writing.party(PartyField::From, Some("Bö"), "B@x", Some((b, "b@x")));
        writing.party(PartyField::Cc, Some("D"), "", None);
        writing.in_reply_to([IdentityId(1)].into_iter());
        writing.references([IdentityId(2), IdentityId(3)].into_iter());
        let mut envelope = writing.finish();
        assert_eq!(
            EnvelopeBuilder::of(envelope.clone())
                .finish()
                .parties()
                .count(),
            4
        );
        envelope.number(|own| AddressId(1 - own.0), |own| IdentityId(own.0 + 20));
        let shown = |it: Party<'_>| {
            let at = it.address.map(|it| it.0);
            format!("{:?} {} {at:?}", it.name(), it.written(&addresses))
        };
        let all: Vec<String> = envelope.parties().map(shown).collect();
        let want = [
            "Some(\"Ann\") nobody None",
            "Some(\"Bö\") B@x Some(1)",
            "None b@x Some(0)",
            "Some(\"D\")  None",
        ];
        assert_eq!(all, want);
        assert_eq!((envelope.from().len(), envelope.cc().len()), (2, 2));
        let second = envelope.from().iter().nth(1).unwrap();
        let same: Vec<bool> = envelope.parties().map(|it| it.is(second)).collect();
        assert_eq!(same, [false, true, false, false]);
        assert!(envelope.to().is_empty() && envelope.bcc().is_empty());
        assert!(envelope.organizer().is_none());
        assert_eq!(envelope.subject(), Some("ü"));
        assert_eq!(envelope.conversation_index(), None);
        let numbers = |ids: Ids<'_>| ids.iter().map(|id| id.0).collect::<Vec<u32>>();
        assert_eq!(numbers(envelope.in_reply_to()), [21]);
        assert_eq!(numbers(envelope.references()), [22, 23]);
        assert_eq!(numbers(envelope.named()), [21, 22, 23]);
        let next = writing.finish();
        assert_eq!((next.parties().count(), next.subject()), (0, None));
        assert!(next.in_reply_to().is_empty() && next.references().is_empty());
    }

    /// A party of a test: its role, name, address as written, and whether that is one.
    type Given = (usize, String, String, bool);

    fn role(at: usize) -> PartyField {
        crate::mail::envelope::party::ROLES[at]
    }

    proptest! {
        #[test]
        fn what_is_packed_is_there(
            given in prop::collection::vec((0..8usize, "[aü]{0,3}|[aü]{200}", "[aAé]{1,3}|a{20000}", any::<bool>()), 0..6),
            ids in prop::collection::vec(any::<u32>(), 0..200),
            split in 0..200usize,
            subject in prop::option::of("[sü]{0,300}"),
            index in prop::option::of("[a-z]{1,30}"),
        ) {
            let (mut writing, mut addresses) = (EnvelopeBuilder::default(), Addresses::default());
            for (at, name, written, is_usable) in &given {
                let normal = written.to_lowercase();
                let number = is_usable.then(|| addresses.intern(Normal::again(&normal)));
                let name = Some(&**name).filter(|name| !name.is_empty());
                writing.party(role(*at), name, written, number.map(|number| (number, &*normal)));
            }
            let all: Vec<IdentityId> = ids.iter().map(|&id| IdentityId(id)).collect();
            let (in_reply_to, references) = all.split_at(split.min(all.len()));
            writing.in_reply_to(in_reply_to.iter().copied());
            writing.references(references.iter().copied());
            subject.iter().for_each(|text| writing.subject(text));
            index.iter().for_each(|text| writing.conversation_index(text));
            let once = writing.finish();
            for envelope in [EnvelopeBuilder::of(once.clone()).finish(), once] {
                for at in 0..8 {
                    let want: Vec<&Given> = given.iter().filter(|it| it.0 == at).collect();
                    let found = envelope.of(role(at));
                    prop_assert_eq!(found.len(), want.len());
                    for (party, (_, name, written, is_usable)) in found.iter().zip(want) {
                        prop_assert_eq!(party.name().unwrap_or_default(), name);
                        prop_assert_eq!(party.written(&addresses), written);
                        let normal = party.address.map(|it| addresses.get(it).as_str().to_owned());
                        prop_assert_eq!(normal, is_usable.then(|| written.to_lowercase()));
                    }
                }
                prop_assert!(envelope.in_reply_to().iter().eq(in_reply_to.iter().copied()));
                prop_assert!(envelope.references().iter().eq(references.iter().copied()));
                prop_assert!(envelope.named().iter().eq(all.iter().copied()));
                prop_assert_eq!(envelope.subject(), subject.as_deref());
                prop_assert_eq!(envelope.conversation_index(), index.as_deref());
            }
        }
    }
}
