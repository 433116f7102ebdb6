//! Correlation by smart matching (R8, code 6): like words in the subject and addresses in common, in the same weeks.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use hashbrown::HashMap;
use jiff::Timestamp;
use smallvec::SmallVec;

use super::{ActivityKey, Facts};
use crate::envelope::AddressId;
use crate::options::Smart;
use crate::terminal::counted;

/// Up to so many words by which subjects may differ they are found by what is left without these words; for more that
/// would be too much to keep, and all mail of the same addresses is compared.
const LEFT_OUT_MAX: usize = 2;

/// The number of an entry.
type EntryId = u32;

/// The tracked activities by subject and address.
///
/// Two sets of words differ in at most *d* words exactly where leaving out *i* words of the one and *j* of the other,
/// *i* + *j* at most *d*, leaves the same. So an activity is kept under everything that is left of its subject, together
/// with each of its addresses, and a message looks for everything that is left of its own.
#[derive(Debug)]
pub(super) struct BySmartMatching<'o> {
    options: &'o Smart,
    entries: Vec<Entry>,
    /// Each list in the order of time, then of processing.
    lists: HashMap<u64, SmallVec<[EntryId; 2]>>,
}

/// What is compared of an activity.
#[derive(Debug)]
struct Entry {
    activity: ActivityKey,
    likeness: Likeness,
}

#[derive(Debug)]
struct Likeness {
    received_on: Timestamp,
    /// The hashes of the subject's words, a set in order.
    words: Vec<u64>,
    addresses: Vec<AddressId>,
}

/// What is left of a subject when some words are left out: the sum of its words' hashes, and how many are out.
#[derive(Clone, Copy, Debug)]
struct Left {
    sum: u64,
    out: usize,
}

impl<'o> BySmartMatching<'o> {
    pub(super) fn new(options: &'o Smart) -> BySmartMatching<'o> {
        BySmartMatching {
            options,
            entries: Vec::new(),
            lists: HashMap::new(),
        }
    }

    /// Adds an activity; one without words or time matches nothing.
    pub(super) fn add(&mut self, facts: &Facts<'_>, activity: ActivityKey) {
        let Some(likeness) = self.likeness(facts) else {
            return;
        };
        let number = self.entries.len() as EntryId;
        let keys: Vec<u64> = self
            .lefts(&likeness.words)
            .iter()
            .flat_map(|left| {
                likeness
                    .addresses
                    .iter()
                    .map(|&address| key(*left, address))
            })
            .collect();
        let received_on = likeness.received_on;
        self.entries.push(Entry { activity, likeness });
        for key in keys {
            let list = self.lists.entry(key).or_default();
            // Mail comes in the order of time, so that this is nearly always the end.
            let at = list.partition_point(|&id| time_of(&self.entries, id) <= Some(received_on));
            list.insert(at, number);
        }
    }

    /// The newest activity that is like the message.
    pub(super) fn find(&self, facts: &Facts<'_>) -> Option<ActivityKey> {
        let message = self.likeness(facts)?;
        // What has enough addresses in common has one of any so many of them.
        let enough = (message.addresses.len() + 1).checked_sub(self.options.addresses_min)?;
        let mut best: Option<(Timestamp, EntryId)> = None;
        for left in self.lefts(&message.words) {
            for out in 0..=self.out_max() - left.out {
                let other = Left { out, ..left };
                let list = |&address: &AddressId| self.lists.get(&key(other, address));
                let mut lists: Vec<&[EntryId]> = message
                    .addresses
                    .iter()
                    .map(|address| list(address).map_or(&[][..], |list| list))
                    .collect();
                // The shortest: nearly everything may have one's own address, and little the other's.
                lists.sort_by_key(|list| list.len());
                let found = lists.iter().take(enough);
                best = best.max(found.filter_map(|list| self.newest(list, &message)).max());
            }
        }
        let (_, id) = best?;
        self.entries.get(id as usize).map(|entry| entry.activity)
    }

    /// The newest entry of a list that is like the message.
    fn newest(&self, list: &[EntryId], message: &Likeness) -> Option<(Timestamp, EntryId)> {
        let window = self.options.window;
        let first = message.received_on.checked_sub(window);
        let first = first.unwrap_or(Timestamp::MIN);
        let last = message.received_on.checked_add(window);
        let last = last.unwrap_or(Timestamp::MAX);
        let end = list.partition_point(|&id| time_of(&self.entries, id) <= Some(last));
        list.get(..end)?
            .iter()
            .rev()
            .filter_map(|&id| Some((self.entries.get(id as usize)?, id)))
            .take_while(|(entry, _)| entry.likeness.received_on >= first)
            .find(|(entry, _)| self.are_alike(&entry.likeness, message))
            .map(|(entry, id)| (entry.likeness.received_on, id))
    }

    fn are_alike(&self, one: &Likeness, other: &Likeness) -> bool {
        let common =
            |a: &[u64], b: &[u64]| a.iter().filter(|it| b.binary_search(it).is_ok()).count();
        let same = common(&one.words, &other.words);
        let differing = one.words.len() + other.words.len() - 2 * same;
        let addresses = one
            .addresses
            .iter()
            .filter(|it| other.addresses.contains(it));
        differing <= self.options.subject_delta && addresses.count() >= self.options.addresses_min
    }

    /// `None` where nothing can be like it.
    fn likeness(&self, facts: &Facts<'_>) -> Option<Likeness> {
        let received_on = facts.received_on?;
        let words: BTreeSet<u64> = self.subject_words(facts.subject).iter().map(hash).collect();
        (!words.is_empty()).then(|| Likeness {
            received_on,
            words: words.into_iter().collect(),
            addresses: facts.addresses.clone(),
        })
    }

    /// The words of a subject, as R8 says.
    fn subject_words(&self, subject: &str) -> Vec<String> {
        let bare = self.options.noise.replace_all(subject, "").to_lowercase();
        let words = bare.split_whitespace().take(self.options.words_max);
        words.map(Into::into).collect()
    }

    /// So many words are left out.
    fn out_max(&self) -> usize {
        let delta = self.options.subject_delta;
        if delta > LEFT_OUT_MAX { 0 } else { delta }
    }

    /// Everything that is left of a subject when up to so many words are out; where more are allowed, nothing is kept
    /// of it.
    fn lefts(&self, words: &[u64]) -> Vec<Left> {
        if self.options.subject_delta > LEFT_OUT_MAX {
            return vec![Left { sum: 0, out: 0 }];
        }
        let sum = words
            .iter()
            .fold(0, |sum: u64, word| sum.wrapping_add(*word));
        let mut lefts = vec![(Left { sum, out: 0 }, 0)];
        let mut from = 0;
        for out in 1..=self.out_max() {
            let to = lefts.len();
            for at in from..to {
                let (left, next) = lefts[at];
                for (place, word) in words.iter().enumerate().skip(next) {
                    let sum = left.sum.wrapping_sub(*word);
                    lefts.push((Left { sum, out }, place + 1));
                }
            }
            from = to;
        }
        lefts.into_iter().map(|(left, _)| left).collect()
    }

    /// What is looked for, in plain words.
    pub(super) fn words(&self, facts: &Facts<'_>) -> String {
        let words = self.subject_words(facts.subject).join(" ");
        if words.is_empty() {
            return "the subject has no words".into();
        }
        if facts.received_on.is_none() {
            return "the message has no readable time".into();
        }
        format!(
            "the words `{words}` but for {}, {} of {}, {}",
            self.options.subject_delta,
            self.options.addresses_min,
            counted(facts.addresses.len() as u64, "address", "addresses"),
            counted(
                self.options.window.as_hours().unsigned_abs() / 24,
                "day",
                "days"
            ),
        )
    }
}

fn time_of(entries: &[Entry], id: EntryId) -> Option<Timestamp> {
    entries.get(id as usize).map(|it| it.likeness.received_on)
}

fn key(left: Left, address: AddressId) -> u64 {
    hash(&(left.sum, left.out, address))
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
#[path = "by_smart_matching_tests.rs"]
mod tests;
