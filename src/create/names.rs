//! Which display name an address gets: of all that the run's messages have for it, the best (R11, *whose name*).

use std::cmp::Reverse;

use hashbrown::HashMap;

use super::name;
use crate::envelope::{AddressId, Envelope, Party};

/// How often a name was met, and where.
#[derive(Debug, Default)]
struct Count {
    /// In the address's own From headers.
    own: u32,
    /// Anywhere else.
    others: u32,
    /// The place of the first time, in the order of decisions.
    first: u32,
}

/// The display names of addresses, gathered over the messages of a run.
#[derive(Debug, Default)]
pub struct Names<'a> {
    by_address: HashMap<AddressId, HashMap<&'a str, Count>>,
}

impl<'a> Names<'a> {
    /// Gathers the names of the addresses that `wanted` asks for. The messages stand in the order of decisions.
    pub fn gather(
        messages: impl Iterator<Item = &'a Envelope>,
        wanted: impl Fn(AddressId) -> bool,
    ) -> Names<'a> {
        let mut names = Names::default();
        let mut place = 0;
        for message in messages {
            let own = message.from.iter().chain(message.organizer.as_deref());
            let others = message.to.iter().chain(&message.cc).chain(&message.bcc);
            let parties = own
                .map(|party| (party, true))
                .chain(others.map(|party| (party, false)));
            for (party, is_own) in parties {
                names.add(party, is_own, place, &wanted);
                place += 1;
            }
        }
        names
    }

    fn add(
        &mut self,
        party: &'a Party,
        is_own: bool,
        place: u32,
        wanted: &impl Fn(AddressId) -> bool,
    ) {
        let (Some(address), Some(name)) = (party.address, party.name.as_deref()) else {
            return;
        };
        if !wanted(address) {
            return;
        }
        let counts = self.by_address.entry(address).or_default();
        let count = counts.entry(name).or_insert_with(|| Count {
            first: place,
            ..Count::default()
        });
        if is_own {
            count.own += 1;
        } else {
            count.others += 1;
        }
    }

    /// Adds a name that an earlier run found to be the best.
    pub fn know(&mut self, address: AddressId, name: &'a str) {
        let count = self
            .by_address
            .entry(address)
            .or_default()
            .entry(name)
            .or_default();
        count.own = u32::MAX / 2;
    }

    /// The best name of an address, cleaned; `None` where none is known.
    ///
    /// Names that are no good are passed over where there is another; then names from the address's own From headers
    /// come first; of these the most frequent, then most words, then longest, then earliest.
    pub fn best(&self, address: AddressId) -> Option<String> {
        let mut cleaned: HashMap<String, Count> = HashMap::new();
        #[allow(
            clippy::iter_over_hash_type,
            reason = "sums and minima do not depend on the order"
        )]
        for (name, count) in self.by_address.get(&address)? {
            let Some(name) = name::clean(name) else {
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

    fn message(from: &str, to: &[&str]) -> Envelope {
        let party = |name: &str, number| Party {
            name: (!name.is_empty()).then(|| name.into()),
            written: "".into(),
            address: Some(AddressId(number)),
        };
        Envelope {
            from: [party(from, if from.is_empty() { 1 } else { 0 })].into(),
            to: to.iter().map(|name| party(name, 0)).collect(),
            ..Envelope::default()
        }
    }

    #[test]
    fn prefers_own_and_frequent_names() {
        type Case<'a> = (&'a str, &'a [(&'a str, &'a [&'a str])], Option<&'a str>);
        let cases: [Case<'_>; 9] = [
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
            ("doubtful where alone", &[("??", &[])], Some("??")),
        ];
        for (case, messages, want) in cases {
            let messages: Vec<Envelope> = messages
                .iter()
                .map(|(from, to)| message(from, to))
                .collect();
            let names = Names::gather(messages.iter(), |address| address == AddressId(0));
            assert_eq!(names.best(AddressId(0)).as_deref(), want, "{case}");
        }
    }
}
