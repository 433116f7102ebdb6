//! Chooses the display name of an address: the best of all that the run's messages have for it (R11, *whose name*).

use std::cmp::Reverse;

use hashbrown::HashMap;

use super::display_name::clean;
use super::name;
use crate::base::interner::{Interner, SymbolHash};
use crate::decide::resolve::Author;
use crate::mail::address::Address;
use crate::mail::envelope::party::Party;
use crate::mail::envelope::{AddressId, Envelope, Parties};

/// The number of occurrences of a name by kind of header field, and the position of the first.
#[derive(Clone, Debug, Default)]
struct Count {
    /// In the address's own From header fields.
    own: u32,
    /// Anywhere else.
    others: u32,
    /// The position of the first occurrence, in the order of decisions.
    first: u32,
}

/// A display name of an address.
#[derive(Debug)]
struct GatheredName<'a> {
    address: AddressId,
    name: &'a str,
    count: Count,
    /// Index of the name of the same address that was added before this one.
    before: Option<u32>,
}

impl<'a> GatheredName<'a> {
    fn key(&self) -> (AddressId, &'a str) {
        (self.address, self.name)
    }
}

/// The display names of addresses, gathered from the messages of a run.
#[derive(Debug, Default)]
pub(crate) struct Names<'a> {
    entries: Vec<GatheredName<'a>>,
    /// The index of each entry, by address and name.
    places: Interner,
    /// The index of each address's last entry.
    last: HashMap<AddressId, u32>,
}

impl<'a> Names<'a> {
    /// Gathers the names of the addresses for which `wanted` returns true. The messages are in the order of decisions,
    /// each with its author if that is not the address in From.
    pub(crate) fn gather(
        messages: impl Iterator<Item = (&'a Envelope, Option<Author<'a>>)>,
        wanted: impl Fn(AddressId) -> bool,
    ) -> Names<'a> {
        let mut names = Names::default();
        let mut place = 0;
        for (message, author) in messages {
            let from = match author {
                Some(_) => Parties::NONE,
                None => message.from(),
            };
            let named = |party: Party<'a>| (party.address, party.name());
            let author = author.map(|author| (author.address(), author.name()));
            let own = author
                .into_iter()
                .chain(from.iter().chain(message.organizer()).map(named));
            let others = message.recipients(true).map(named);
            let parties = own
                .map(|party| (party, true))
                .chain(others.map(|party| (party, false)));
            for ((address, name), is_own) in parties {
                if let (Some(address), Some(name)) = (address.filter(|&it| wanted(it)), name) {
                    names.add(address, name, is_own, place);
                }
                place += 1;
            }
        }
        names
    }

    fn add(&mut self, address: AddressId, name: &'a str, is_own: bool, place: u32) {
        let count = self.count(address, name, place);
        if is_own {
            count.own += 1;
        } else {
            count.others += 1;
        }
    }

    /// Returns the count of an address's name; `place` is its first occurrence if the name is new.
    fn count(&mut self, address: AddressId, name: &'a str, place: u32) -> &mut Count {
        let Names {
            entries,
            places,
            last,
        } = self;
        let key = (address, name);
        let is_it = |at: u32| entries[at as usize].key() == key;
        let known = places.find_or_add(SymbolHash::of(key), entries.len() as u32, is_it);
        let at = known.unwrap_or_else(|new| {
            entries.push(GatheredName {
                address,
                name,
                count: Count {
                    first: place,
                    ..Count::default()
                },
                before: last.insert(address, new),
            });
            new
        });
        &mut entries[at as usize].count
    }

    /// Adds a name that an earlier run chose as the best.
    pub(crate) fn add_earlier(&mut self, address: AddressId, name: &'a str) {
        self.count(address, name, 0).own = u32::MAX / 2;
    }

    fn of(&self, address: AddressId) -> impl Iterator<Item = &GatheredName<'a>> {
        let entry = |at: Option<u32>| self.entries.get(at? as usize);
        let last = self.last.get(&address).copied();
        std::iter::successors(entry(last), move |it| entry(it.before))
    }

    /// Returns the best name of an address, cleaned; `None` if none is known. `text` is the address in normal form.
    ///
    /// Doubtful names come last, then names from the address's own From header fields first; of these the most
    /// frequent, then the one with the most words, then the longest, then the earliest.
    pub(crate) fn best(&self, address: AddressId, text: &Address) -> Option<String> {
        let mut all = self.of(address);
        if let (Some(only), None) = (all.next(), all.next()) {
            return clean(only.name, text);
        }
        let mut cleaned: HashMap<String, Count> = HashMap::new();
        for GatheredName { name, count, .. } in self.of(address) {
            let Some(name) = clean(name, text) else {
                continue;
            };
            let sum = cleaned.entry(name).or_insert_with(|| Count {
                first: count.first,
                ..Count::default()
            });
            sum.own += count.own;
            sum.others += count.others;
            sum.first = sum.first.min(count.first);
        }
        cleaned
            .into_iter()
            .min_by_key(|(name, count)| {
                let frequency = if count.own > 0 {
                    count.own
                } else {
                    count.others
                };
                let words = name.split_whitespace().count();
                let length = name.chars().count();
                (
                    name::is_doubtful(name),
                    count.own == 0,
                    (
                        Reverse(frequency),
                        Reverse(words),
                        Reverse(length),
                        count.first,
                    ),
                )
            })
            .map(|(name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::envelope::EnvelopeBuilder;
    use crate::mail::envelope::party::PartyField;

    fn message(from: &str, to: &[&str]) -> Envelope {
        let mut writing = EnvelopeBuilder::default();
        let mut party = |role, name: &str, number| {
            let name = (!name.is_empty()).then_some(name);
            writing.party(role, name, "", Some((AddressId(number), "")));
        };
        party(PartyField::From, from, if from.is_empty() { 1 } else { 0 });
        to.iter().for_each(|name| party(PartyField::To, name, 0));
        writing.finish()
    }

    #[test]
    fn prefers_own_and_frequent_names() {
        type Case<'a> = (&'a str, &'a [(&'a str, &'a [&'a str])], Option<&'a str>);
        let cases: [Case<'_>; 11] = [
            ("none", &[("", &[""])], None),
            (
                "own before others",
                &[("Ann", &[]), ("", &["Ann Beck", "Ann Beck"])],
                Some("Ann"),
            ),
            (
                "others where no own",
                &[("", &["Ann Beck"])],
                Some("Ann Beck"),
            ),
            (
                "most frequent",
                &[("Ann Beck", &[]), ("A. Beck", &[]), ("A. Beck", &[])],
                Some("A. Beck"),
            ),
            (
                "most words",
                &[("Annabella", &[]), ("A B", &[])],
                Some("A B"),
            ),
            (
                "longest",
                &[("Ann Beck", &[]), ("Anna Beck", &[])],
                Some("Anna Beck"),
            ),
            (
                "earliest",
                &[("Ann Beck", &[]), ("Bea Bock", &[])],
                Some("Ann Beck"),
            ),
            (
                "doubtful passed over",
                &[("a: b", &["Ann Beck"]), ("a: b", &[])],
                Some("Ann Beck"),
            ),
            ("doubtful if alone", &[("A??", &[])], Some("A??")),
            ("no letter", &[("??", &[])], None),
            (
                "the local part",
                &[("a.b", &["Ann Beck"])],
                Some("Ann Beck"),
            ),
        ];
        for (case, messages, want) in cases {
            let messages: Vec<Envelope> = messages
                .iter()
                .map(|(from, to)| message(from, to))
                .collect();
            let messages = messages.iter().map(|message| (message, None));
            let names = Names::gather(messages, |address| address == AddressId(0));
            let address = Address::parse("a.b@x.example").unwrap();
            let best = names.best(AddressId(0), &address);
            assert_eq!(best.as_deref(), want, "{case}");
        }
    }
}
