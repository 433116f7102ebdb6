//! Interned identities: each distinct identity that a run's mail has or names is stored once, and compared by its
//! number. Messages name the same ids again and again, and each is looked up several times.

use uuid::Uuid;

use super::ids::{Identity, activity_id};
use crate::base::interner::{Interner, Step, SymbolHash};
use crate::base::memory;
use crate::base::threads::Threads;

/// The number of an identity. In a draft of an envelope, numbers are those of the draft.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdentityId(pub u32);

/// Number of identities whose activity ids one thread derives at a time.
const BATCH: usize = 1024;

/// The end of an identity in the concatenated bytes of all identities.
#[derive(Clone, Copy, Debug)]
struct End(u64);

impl End {
    /// Bit that marks a content hash, as opposed to a Message-ID.
    const CONTENT: u64 = 1 << 63;

    fn at(self) -> usize {
        (self.0 & !End::CONTENT) as usize
    }
}

/// Every distinct identity of a run, numbered in order of first occurrence.
#[derive(Debug, Default)]
pub struct Identities {
    numbers: Interner,
    bytes: Vec<u8>,
    ends: Vec<End>,
    /// The activity ids of the first identities.
    derived: Vec<Uuid>,
}

fn parts<'i>(identity: &'i Identity<'_>) -> (&'i [u8], bool) {
    match identity {
        Identity::MessageId(id) => (id.as_bytes(), false),
        Identity::Content(hash) => (hash, true),
    }
}

impl Identities {
    /// Returns the identity's number, and adds the identity if it is new.
    pub fn intern(&mut self, identity: Identity<'_>) -> IdentityId {
        self.intern_hashed(identity, SymbolHash::of(parts(&identity).0))
    }

    /// Like [`intern`](Identities::intern), with the hash of the identity's bytes.
    pub(crate) fn intern_hashed(&mut self, identity: Identity<'_>, hash: SymbolHash) -> IdentityId {
        let key = parts(&identity);
        let Identities {
            numbers,
            bytes,
            ends,
            ..
        } = self;
        let new = ends.len() as u32;
        let is_it = |number: u32| slice(bytes, ends, number) == key;
        if let Ok(known) = numbers.find_or_add(hash, new, is_it) {
            return IdentityId(known);
        }
        bytes.extend_from_slice(key.0);
        let kind = if key.1 { End::CONTENT } else { 0 };
        ends.push(End(bytes.len() as u64 | kind));
        IdentityId(new)
    }

    /// Returns the number of an identity, if it occurs in the mail.
    pub fn find(&self, identity: Identity<'_>) -> Option<IdentityId> {
        let key = parts(&identity);
        let is_it = |number: u32| slice(&self.bytes, &self.ends, number) == key;
        self.numbers
            .find(SymbolHash::of(key.0), is_it)
            .map(IdentityId)
    }

    /// Prefetches what one step of the search for an identity reads.
    pub(crate) fn prefetch(&self, hash: SymbolHash, step: Step) {
        let known = || self.numbers.likely(hash);
        match step {
            Step::Slot => self.numbers.prefetch(hash),
            Step::Record => known()
                .and_then(|number| self.ends.get(number as usize))
                .into_iter()
                .for_each(memory::prefetch_value),
            Step::Text => known().into_iter().for_each(|number| {
                memory::prefetch_value(slice(&self.bytes, &self.ends, number).0)
            }),
        }
    }

    /// Returns the identity with that number.
    pub fn get(&self, id: IdentityId) -> Identity<'_> {
        let (bytes, is_content) = slice(&self.bytes, &self.ends, id.0);
        match <[u8; 20]>::try_from(bytes) {
            Ok(hash) if is_content => Identity::Content(hash),
            // Message-IDs were added as text, so they are valid UTF-8.
            _ => Identity::MessageId(std::str::from_utf8(bytes).unwrap_or_default()),
        }
    }

    /// Returns the Message-ID of an identity, without `<` and `>`; `None` for a message without one.
    pub fn message_id(&self, id: IdentityId) -> Option<&str> {
        match self.get(id) {
            Identity::MessageId(text) => Some(text),
            Identity::Content(_) => None,
        }
    }

    /// Returns the Message-IDs of several identities.
    pub fn message_ids(&self, ids: impl Iterator<Item = IdentityId>) -> Vec<&str> {
        ids.filter_map(|id| self.message_id(id)).collect()
    }

    /// Returns the number of identities.
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// Derives the activity ids of all identities, on all threads.
    pub fn derive(&mut self, threads: &Threads) {
        let new: Vec<u32> = (self.derived.len() as u32..self.ends.len() as u32).collect();
        let derive = |part: &[u32]| -> Vec<Uuid> {
            let ids = part.iter().map(|&number| IdentityId(number));
            ids.map(|id| activity_id(self.get(id), None)).collect()
        };
        let derived = threads.chunks(&new, BATCH, derive).concat();
        self.derived.extend(derived);
    }

    /// Returns the activity id of a message with that identity.
    pub fn activity_id(&self, id: IdentityId) -> Uuid {
        let derived = self.derived.get(id.0 as usize).copied();
        derived.unwrap_or_else(|| activity_id(self.get(id), None))
    }
}

/// Returns an identity's bytes, and whether they are a content hash.
fn slice<'b>(bytes: &'b [u8], ends: &[End], number: u32) -> (&'b [u8], bool) {
    let at = number as usize;
    let start = at.checked_sub(1).map_or(0, |before| ends[before].at());
    let end = ends[at];
    (&bytes[start..end.at()], end.0 & End::CONTENT != 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hash_is_not_a_message_id_of_the_same_bytes() {
        let mut all = Identities::default();
        let text = all.intern(Identity::MessageId("12345678901234567890"));
        let hash = all.intern(Identity::Content(*b"12345678901234567890"));
        assert_ne!(text, hash);
        assert_eq!(all.message_id(text), Some("12345678901234567890"));
        assert_eq!(all.message_id(hash), None);
        let before = [text, hash].map(|id| all.activity_id(id));
        all.derive(&Threads::new(1).unwrap());
        assert_eq!([text, hash].map(|id| all.activity_id(id)), before);
    }

    proptest! {
        #[test]
        fn each_is_kept_once(texts in prop::collection::vec("[ab<é]{0,3}", 0..40)) {
            let mut all = Identities::default();
            let ids: Vec<IdentityId> = texts.iter().map(|text| all.intern(Identity::MessageId(text))).collect();
            for (text, &id) in texts.iter().zip(&ids) {
                prop_assert_eq!(all.message_id(id), Some(text.as_str()));
                prop_assert_eq!(all.find(Identity::MessageId(text)), Some(id));
            }
            let distinct: std::collections::BTreeSet<&String> = texts.iter().collect();
            prop_assert_eq!(all.count(), distinct.len());
        }
    }
}
