//! Writes an envelope: collects the values of a header section in any order, and packs them at the end.

use super::AddressId;
use super::packed::Counts;
use super::packer::Packer;
use super::reading::Envelope;
use crate::mail::envelope::party::PartyField;
use crate::mail::identity::IdentityId;

/// A builder of envelopes; it reuses its buffers for the next envelope.
#[derive(Debug, Default)]
pub struct EnvelopeBuilder {
    /// The fields that are not packed.
    pub envelope: Envelope,
    text: String,
    subject: Option<Span>,
    conversation_index: Option<Span>,
    parties: Vec<(PartyField, Unpacked)>,
    in_reply_to: Vec<IdentityId>,
    references: Vec<IdentityId>,
    packer: Packer,
}

type Span = std::ops::Range<usize>;

/// A party that is not packed yet.
#[derive(Debug)]
struct Unpacked {
    address: Option<AddressId>,
    name: Span,
    /// `None` if the address is written in normal form.
    written: Option<Span>,
}

impl EnvelopeBuilder {
    /// Creates a builder that continues a finished envelope.
    pub fn of(envelope: Envelope) -> EnvelopeBuilder {
        let mut writing = EnvelopeBuilder::default();
        for (role, party) in envelope.by_role() {
            let unpacked = Unpacked {
                address: party.address,
                name: writing.push(party.texts.name()),
                written: party.texts.written().map(|it| writing.push(it)),
            };
            writing.parties.push((role, unpacked));
        }
        writing.in_reply_to(envelope.in_reply_to().iter());
        writing.references(envelope.references().iter());
        if let Some(subject) = envelope.subject() {
            writing.subject(subject);
        }
        if let Some(index) = envelope.conversation_index() {
            writing.conversation_index(index);
        }
        writing.envelope = envelope;
        writing
    }

    /// Sets the decoded subject.
    pub fn subject(&mut self, subject: &str) {
        self.subject = Some(self.push(subject));
    }

    /// Sets the Thread-Index, in base64.
    pub fn conversation_index(&mut self, index: &str) {
        self.conversation_index = Some(self.push(index));
    }

    /// Adds a party: its field, its name, its address as the message writes it, and that address's number and normal
    /// form.
    pub fn party(
        &mut self,
        role: PartyField,
        name: Option<&str>,
        written: &str,
        address: Option<(AddressId, &str)>,
    ) {
        let is_normal = address.is_some_and(|(_, normal)| normal == written);
        let unpacked = Unpacked {
            address: address.map(|(number, _)| number),
            name: self.push(name.unwrap_or_default()),
            written: (!is_normal).then(|| self.push(written)),
        };
        self.parties.push((role, unpacked));
    }

    /// Adds ids of In-Reply-To.
    pub fn in_reply_to(&mut self, ids: impl Iterator<Item = IdentityId>) {
        self.in_reply_to.extend(ids);
    }

    /// Adds ids of References.
    pub fn references(&mut self, ids: impl Iterator<Item = IdentityId>) {
        self.references.extend(ids);
    }

    fn push(&mut self, text: &str) -> Span {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    /// Returns the finished envelope, and clears the builder for the next one.
    pub fn finish(&mut self) -> Envelope {
        // The sort is stable, so parties of one field keep their order.
        self.parties.sort_by_key(|&(role, _)| role);
        let EnvelopeBuilder {
            text,
            parties,
            in_reply_to,
            references,
            packer,
            ..
        } = self;
        packer.counts(Counts {
            in_reply_to: in_reply_to.len(),
            references: references.len(),
            parties: parties.len(),
        });
        let ids = in_reply_to.iter().chain(references.iter());
        ids.for_each(|&id| packer.id(id));
        let text = |span: &Span| &text[span.clone()];
        for (role, party) in parties.iter() {
            let written = party.written.as_ref().map(text);
            packer.party(*role, party.address, text(&party.name), written);
        }
        packer.optional(self.subject.as_ref().map(text));
        packer.optional(self.conversation_index.as_ref().map(text));
        let envelope = Envelope {
            packed: packer.finish(),
            ..std::mem::take(&mut self.envelope)
        };
        self.clear();
        envelope
    }

    /// Clears everything but the buffers.
    pub(super) fn clear(&mut self) {
        self.envelope = Envelope::default();
        self.text.clear();
        self.subject = None;
        self.conversation_index = None;
        self.parties.clear();
        self.in_reply_to.clear();
        self.references.clear();
        self.packer.clear();
    }
}
