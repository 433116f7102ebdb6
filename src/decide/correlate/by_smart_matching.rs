//! Correlation by smart matching (R8, code 6): similar words in the subject and shared addresses, within some weeks.

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

/// If subjects may differ in at most this many words, candidates are found by the subject without those words. Above
/// it, the index would be too large, and every activity with the same addresses is compared.
const LEFT_OUT_MAX: usize = 2;

/// An activity is indexed under at most this many keys. One with a long subject and many addresses would have thousands
/// (0.4 MB for 20 words, 20 addresses and a difference of two words), and a sender controls both. Beyond the limit,
/// fewer words of its subject are left out, and some messages do not find it.
const KEYS_MAX: usize = 512;

/// A message looks up at most this many keys, which bounds the cost of a high `max_words` in the options.
const KEYS_LOOKED_FOR_MAX: usize = 8_192;

/// A message is compared with at most this many activities of one key, the newest. Without a limit, mail of one address
/// that never matches would take quadratic time.
const COMPARED_MAX: usize = 2_000;

/// Index into [`BySmartMatching::entries`].
type EntryId = u32;

/// The tracked activities by subject and address.
///
/// Two sets of words differ in at most *d* words exactly if they become equal by leaving out *i* words of the one and
/// *j* of the other, with *i* + *j* at most *d*. So an activity is indexed under each of its subject's reduced sets,
/// combined with each of its addresses, and a message looks up its own reduced sets.
#[derive(Debug)]
pub(super) struct BySmartMatching<'o> {
    options: &'o Smart,
    entries: Vec<ComparedActivity>,
    /// Each list is in the order of received time, then of processing.
    lists: HashMap<u64, SmallVec<[EntryId; 2]>>,
    /// The number of searches and additions that a limit above cut short, so that a match may have been missed.
    cut: Cell<u64>,
}

/// The properties of an activity that are compared.
#[derive(Debug)]
struct ComparedActivity {
    activity: ActivityKey,
    likeness: Likeness,
}

#[derive(Debug)]
struct Likeness {
    received_on: Timestamp,
    /// The hashes of the subject's words, sorted and distinct.
    words: Vec<u64>,
    addresses: Vec<AddressId>,
}

/// The search stopped at [`COMPARED_MAX`].
struct Cut;

/// A subject with some words left out: the sum of the hashes of its other words, and the number left out.
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

    /// Returns how often a limit applied: an activity was indexed under fewer keys than it has, or a message was not
    /// compared with every candidate.
    pub(super) fn cut(&self) -> u64 {
        self.cut.get()
    }

    fn count_cut(&self, is_cut: bool) {
        self.cut.set(self.cut.get() + u64::from(is_cut));
    }

    /// Adds an activity. One without words in its subject or without a time never matches, and is not stored.
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
        self.entries.push(ComparedActivity { activity, likeness });
        for key in keys {
            let list = self.lists.entry(key).or_default();
            // Mail is added in the order of time, so this is nearly always the end.
            let at = list.partition_point(|&id| time_of(&self.entries, id) <= Some(received_on));
            list.insert(at, number);
        }
    }

    /// Returns the newest activity that matches the message.
    pub(super) fn find(&self, facts: &Facts<'_>) -> Option<ActivityKey> {
        let message = self.likeness(facts)?;
        // An activity that shares at least `addresses_min` addresses shares at least one of any `enough` of them.
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
                // The shortest lists first: nearly every activity may have the user's own address, and few the
                // correspondent's.
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

    /// Returns the newest entry of a list that matches the message.
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

    /// Returns `None` if the activity or message can never match.
    fn likeness(&self, facts: &Facts<'_>) -> Option<Likeness> {
        let received_on = facts.received_on?;
        let words: BTreeSet<u64> = self.subject_words(facts.subject).iter().map(hash).collect();
        (!words.is_empty()).then(|| Likeness {
            received_on,
            words: words.into_iter().collect(),
            addresses: facts.addresses.clone(),
        })
    }

    /// Returns the words of a subject that are compared (R8).
    fn subject_words(&self, subject: &str) -> Vec<String> {
        let bare = self.options.noise.replace_all(subject, "").to_lowercase();
        let words = bare.split_whitespace().take(self.options.words_max);
        words.map(Into::into).collect()
    }

    /// Returns how many words the options want left out of a subject.
    fn out_wanted(&self) -> usize {
        let delta = self.options.subject_delta;
        if delta > LEFT_OUT_MAX { 0 } else { delta }
    }

    /// Returns how many words can be left out with at most `keys` keys.
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

    /// Returns the subject with every choice of up to `out_max` words left out. If `subject_delta` is above
    /// [`LEFT_OUT_MAX`], the only result is empty, so that addresses alone select the candidates.
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

    /// Describes what is looked up, for `explain`.
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

fn time_of(entries: &[ComparedActivity], id: EntryId) -> Option<Timestamp> {
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
