//! Correlation by smart matching (R8, code 6): like words in the subject and addresses in common, in the same weeks.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use hashbrown::HashMap;
use jiff::Timestamp;
use smallvec::SmallVec;

use super::facts::Facts;
use crate::base::terminal::counted;
use crate::decide::correlate::method::ActivityKey;
use crate::mail::envelope::AddressId;
use crate::options::Smart;

/// Up to so many words by which subjects may differ they are found by what is left without these words; for more that
/// would be too much to keep, and all mail of the same addresses is compared.
const LEFT_OUT_MAX: usize = 2;

/// An activity is kept under no more keys than this. One with a long subject and many addresses would be under thousands
/// (0.4 MB with 20 words, 20 addresses and a difference of two words), and whoever writes it chooses both. It is then found
/// with fewer of its own words left out.
const KEYS_MAX: usize = 512;

/// A message looks for no more keys than this, so that as many words as the options allow cost no more.
const KEYS_LOOKED_FOR_MAX: usize = 8_192;

/// A message is compared with no more activities of one key than this, the newest: if nothing is like it, all mail of an
/// address would be compared with all.
const COMPARED_MAX: usize = 2_000;

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
    /// How often one of the bounds above was met, so that something like it may have been missed.
    cut: Cell<u64>,
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

/// Not everything was compared.
struct Cut;

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
            cut: Cell::new(0),
        }
    }

    /// How many times a bound was met: an activity was kept under fewer keys than it has, or a message not compared with
    /// everything.
    pub(super) fn cut(&self) -> u64 {
        self.cut.get()
    }

    fn count_cut(&self, is_cut: bool) {
        self.cut.set(self.cut.get() + u64::from(is_cut));
    }

    /// Adds an activity; one without words or time matches nothing.
    pub(super) fn add(&mut self, facts: &Facts<'_>, activity: ActivityKey) {
        let Some(likeness) = self.likeness(facts) else {
            return;
        };
        let number = self.entries.len() as EntryId;
        let out_max = self.out_max(&likeness, KEYS_MAX);
        self.count_cut(out_max < self.out_wanted());
        let keys: Vec<u64> = self
            .lefts(&likeness.words, out_max)
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
        let out_max = self.out_max(&message, KEYS_LOOKED_FOR_MAX);
        let mut is_cut = out_max < self.out_wanted();
        for left in self.lefts(&message.words, out_max) {
            for out in 0..=self.out_wanted() - left.out {
                let other = Left { out, ..left };
                let list = |&address: &AddressId| self.lists.get(&key(other, address));
                let mut lists: Vec<&[EntryId]> = message
                    .addresses
                    .iter()
                    .map(|address| list(address).map_or(&[][..], |list| list))
                    .collect();
                // The shortest: nearly everything may have one's own address, and little the other's.
                lists.sort_by_key(|list| list.len());
                for list in lists.iter().take(enough) {
                    let found = self.newest(list, &message);
                    best = best.max(found.unwrap_or_else(|Cut| {
                        is_cut = true;
                        None
                    }));
                }
            }
        }
        self.count_cut(is_cut);
        let (_, id) = best?;
        self.entries.get(id as usize).map(|entry| entry.activity)
    }

    /// The newest entry of a list that is like the message.
    fn newest(
        &self,
        list: &[EntryId],
        message: &Likeness,
    ) -> Result<Option<(Timestamp, EntryId)>, Cut> {
        let window = self.options.window;
        let first = message.received_on.checked_sub(window);
        let first = first.unwrap_or(Timestamp::MIN);
        let last = message.received_on.checked_add(window);
        let last = last.unwrap_or(Timestamp::MAX);
        let end = list.partition_point(|&id| time_of(&self.entries, id) <= Some(last));
        let newest_first = list.iter().take(end).rev();
        let within = newest_first
            .filter_map(|&id| Some((self.entries.get(id as usize)?, id)))
            .take_while(|(entry, _)| entry.likeness.received_on >= first);
        for (number, (entry, id)) in within.enumerate() {
            if number == COMPARED_MAX {
                return Err(Cut);
            }
            if self.are_alike(&entry.likeness, message) {
                return Ok(Some((entry.likeness.received_on, id)));
            }
        }
        Ok(None)
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

    /// `None` if nothing can be like it.
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

    /// How many words are left out of a subject.
    fn out_wanted(&self) -> usize {
        let delta = self.options.subject_delta;
        if delta > LEFT_OUT_MAX { 0 } else { delta }
    }

    /// How many words may be left out so that there are at most `keys` keys.
    fn out_max(&self, of: &Likeness, keys: usize) -> usize {
        let words = of.words.len();
        let lefts = [
            1,
            1 + words,
            1 + words + words * words.saturating_sub(1) / 2,
        ];
        let fits = |out: &usize| lefts[*out].saturating_mul(of.addresses.len()) <= keys;
        (1..=self.out_wanted()).rev().find(fits).unwrap_or(0)
    }

    /// Everything that is left of a subject when up to `out_max` words are out. If more may differ than are left out,
    /// nothing of the subject is kept.
    fn lefts(&self, words: &[u64], out_max: usize) -> Vec<Left> {
        if self.options.subject_delta > LEFT_OUT_MAX {
            return vec![Left { sum: 0, out: 0 }];
        }
        let sum = words
            .iter()
            .fold(0, |sum: u64, word| sum.wrapping_add(*word));
        let mut lefts = vec![(Left { sum, out: 0 }, 0)];
        let mut from = 0;
        for out in 1..=out_max {
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
