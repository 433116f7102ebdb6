//! The names of contacts and leads that are created from mail (R11).
//!
//! A display name goes through [`clean`](super::display_name::clean) first; if nothing is left, [`from_address`] makes
//! a name.
//!
//! Choices that the rule leaves open:
//!
//! - A surname of several words before the comma is not kept together, except for particles: `lastname` is the last
//!   word of `fullname`, as the rule says.
//! - A third part that is not a suffix (`Smith, John, Sales`) is dropped.
//! - A form of two or three letters that is listed in capitals (`SA`, `MA`) is not recognized in a word that is written
//!   like a name: `Ricardo Sa` and `Jack Ma` are people, `Acme S.A.` and `Acme SA` are companies.
//! - Words that are surnames as well (`surnames` in `names.toml`) are not forms if only one word is left without them:
//!   a degree never (`Jack MA`), a company's form only if the name is not all in capitals (`RICARDO SA`).
//! - In a name of two words, the first is not a particle if it is capitalized: `Van Morrison`.

use crate::mail::address::Address;
use crate::mail::rules::names::NameRules;

/// A name, divided into the columns of a record (R11).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonName {
    /// `fullname`: in natural order even if written `Last, First`, with suffixes.
    pub full: String,
    /// `firstname`: the words before the last name, including titles.
    pub first: Option<String>,
    /// `lastname`: the last word with the particles before it, without suffixes; a company's name as a whole.
    pub last: String,
}

/// Returns whether a name is used only if there is no other (R11): it contains `@`, `:`, `??` or U+FFFD, or has more
/// than five words.
pub(crate) fn is_doubtful(name: &str) -> bool {
    name.contains(['@', ':', '\u{FFFD}'])
        || name.contains("??")
        || name.split_whitespace().nth(5).is_some()
}

/// Splits a cleaned name into first and last name (R11). `address` is the address that has the name, if known: its
/// local part distinguishes `Ann Beck, Fabrikam` from `Beck, Ann`.
///
/// `last` is empty only if the name consists of commas and white space.
pub(crate) fn split(name: &str, address: Option<&Address>, rules: &NameRules) -> PersonName {
    let mut parts: Vec<Vec<&str>> = name
        .split(',')
        .map(|part| part.split_whitespace().collect::<Vec<_>>())
        .filter(|part| !part.is_empty())
        .collect();
    let user = address.map(user);
    if parts.len() > 1
        && let Some(person) = rules.named_by(user.unwrap_or_default(), &parts)
    {
        // The other parts are a company or a function, except for suffixes.
        let person = parts.remove(person);
        parts.retain(|part| rules.are_suffixes(part));
        return rules.person(&person, &parts);
    }
    if rules.is_company(&parts.concat()) {
        let text: Vec<String> = parts.iter().map(|part| part.join(" ")).collect();
        let full = text.join(", ");
        return PersonName {
            last: full.clone(),
            first: None,
            full,
        };
    }
    let Some((family, others)) = parts.split_first() else {
        return PersonName::default();
    };
    let (suffixes, others): (Vec<_>, Vec<_>) = others
        .iter()
        .cloned()
        .partition(|part| rules.are_suffixes(part));
    let mut words = others.into_iter().next().unwrap_or_default();
    words.extend(family);
    rules.person(&words, &suffixes)
}

/// Returns the local part of an address without its `+tag`.
fn user(address: &Address) -> &str {
    let local = address.local().trim_matches('"');
    match local.split_once('+') {
        Some((user, _)) if !user.is_empty() => user,
        _ => local,
    }
}

/// Derives a name from an address, if no display name is known (R11): `anna.ray@` is Anna Ray, `piet.van.dam@` is Piet
/// van Dam; otherwise the local part without its `+tag` is the last name.
pub(crate) fn from_address(address: &Address, rules: &NameRules) -> PersonName {
    let user = user(address);
    let parts: Vec<&str> = user.split(['.', '_']).collect();
    let alphabetic = |part: &&str| !part.is_empty() && part.chars().all(char::is_alphabetic);
    if !(2..=3).contains(&parts.len()) || !parts.iter().all(alphabetic) {
        let whole = match user.trim() {
            "" => address.as_str(),
            user => user,
        };
        return PersonName {
            full: whole.to_owned(),
            first: None,
            last: whole.to_owned(),
        };
    }
    let is_particle = |at: usize| parts.len() > 2 && rules.particles.have_word(parts[at]);
    let names: Vec<String> = (0..parts.len())
        .map(|at| match is_particle(at) {
            true => parts[at].to_owned(),
            false => capitalised(parts[at]),
        })
        .collect();
    let words: Vec<&str> = names.iter().map(String::as_str).collect();
    rules.person(&words, &[])
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).collect()
}

impl NameRules {
    /// Returns the name of a person whose words are in natural order; `suffixes` followed the name, after commas.
    fn person(&self, words: &[&str], suffixes: &[Vec<&str>]) -> PersonName {
        let mut full = words.join(" ");
        for suffix in suffixes {
            full.push_str(", ");
            full.push_str(&suffix.join(" "));
        }
        let (first, last) = self.first_and_last(words);
        PersonName { full, first, last }
    }
}

#[cfg(test)]
#[path = "name_tests.rs"]
mod tests;
