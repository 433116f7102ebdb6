//! The names of contacts and leads that are made from mail (rule R11).
//!
//! A display name goes through [`clean`](super::display_name::clean) first; if nothing is left, [`from_address`] makes
//! a name.
//!
//! Choices made where the rule is silent:
//! - A surname of several words before the comma is not kept together unless particles do it:
//!   `lastname` is the last word of `fullname`, as the rule says.
//! - A third part that is no suffix (`Smith, John, Sales`) is dropped.
//! - A form of two or three letters that is listed in capitals (`SA`, `MA`) is not seen in a word written as
//!   a name is: `Ricardo Sa` and `Jack Ma` are people, `Acme S.A.` and `Acme SA` are companies.
//! - Words that are surnames as well (`surnames` in `names.toml`) are not forms if only one word is left without them:
//!   a degree never (`Jack MA`), a company's form not if all of the name is in capitals (`RICARDO SA`).
//! - In a name of two words the first one is no particle if it has a capital: `Van Morrison`.

use crate::mail::address::Address;
use crate::mail::rules::forms::Forms;

/// A name in the parts a record has (rule R11).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonName {
    /// `fullname`: turned round where it was `Last, First`, with suffixes.
    pub full: String,
    /// `firstname`: what stands before the last name, titles included.
    pub first: Option<String>,
    /// `lastname`: the last word with the particles before it, without suffixes; a company as a whole.
    pub last: String,
}

/// The words that have a meaning in names (`names.toml`, rule R11). They match without regard to case
/// and dots.
#[derive(serde::Deserialize, Debug, Clone)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NameRules {
    /// What follows a person's name and is no part of the last name: `Jr.`, `PhD`.
    suffixes: Forms,
    /// What ends a company's name: `GmbH`, `Inc.`, `GmbH & Co. KG`.
    companies: Forms,
    /// What belongs to the last name it stands before: `von`, `de`, `la`.
    particles: Forms,
    /// Suffixes and company forms that are surnames too: `MA`, `SA`.
    #[serde(default)]
    surnames: Forms,
}

/// Whether a name is passed over where there is another (rule R11): it holds `@`, `:`, `??` or U+FFFD, or
/// more than five words.
pub fn is_doubtful(name: &str) -> bool {
    name.contains(['@', ':', '\u{FFFD}'])
        || name.contains("??")
        || name.split_whitespace().nth(5).is_some()
}

/// Divides a cleaned name into first and last name (rule R11). `address` is the address that it is a name of, if it is
/// known: its local part tells `Ann Beck, Fabrikam` from `Beck, Ann`.
///
/// `last` is empty only if the name holds nothing but commas and white space.
pub fn split(name: &str, address: Option<&Address>, rules: &NameRules) -> PersonName {
    let mut parts: Vec<Vec<&str>> = name
        .split(',')
        .map(|part| part.split_whitespace().collect::<Vec<_>>())
        .filter(|part| !part.is_empty())
        .collect();
    let user = address.map(user);
    if parts.len() > 1
        && let Some(person) = rules.named_by(user.unwrap_or_default(), &parts)
    {
        // The other parts are a company or a function, but for suffixes.
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

/// The local part of an address without a `+tag`.
fn user(address: &Address) -> &str {
    let local = address.local().trim_matches('"');
    match local.split_once('+') {
        Some((user, _)) if !user.is_empty() => user,
        _ => local,
    }
}

/// The name that an address has in itself, if no display name is known (rule R11): `anna.ray@` is Anna Ray,
/// `piet.van.dam@` Piet van Dam; else the local part without a `+tag` is the last name.
pub fn from_address(address: &Address, rules: &NameRules) -> PersonName {
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
    fn is_suffix(&self, word: &str) -> bool {
        self.suffixes.have(&[word])
    }

    fn are_suffixes(&self, words: &[&str]) -> bool {
        self.suffixes.have(words) || words.iter().all(|word| self.is_suffix(word))
    }

    fn is_company(&self, words: &[&str]) -> bool {
        let Some((form, [one])) = words.split_last() else {
            return self.companies.end(words);
        };
        let is_shouted = [form, one]
            .iter()
            .all(|word| !word.contains(char::is_lowercase));
        self.companies.end(words) && !(is_shouted && self.surnames.have_word(form))
    }

    /// The one of several parts of a name whose words the local part is made of: two at least, or one and the initial of
    /// another. `None` if that is none, or more than one.
    fn named_by(&self, user: &str, parts: &[Vec<&str>]) -> Option<usize> {
        let letters = user.replace(['.', '_', '-'], "");
        let mut named = (0..parts.len()).filter(|&at| self.makes(&parts[at], &letters));
        let first = named.next()?;
        named.next().is_none().then_some(first)
    }

    /// Whether the local part of an address, without dots and the like, is made of these words.
    fn makes(&self, words: &[&str], user: &str) -> bool {
        let words: Vec<String> = words
            .iter()
            .filter(|word| !self.particles.have_word(word) && !self.is_suffix(word))
            .map(|word| word.replace('.', "").to_lowercase())
            .collect();
        let [first, .., last] = words.as_slice() else {
            return false;
        };
        let initial = first.chars().next().map(String::from).unwrap_or_default();
        [first, &initial]
            .iter()
            .any(|first| user == format!("{first}{last}") || user == format!("{last}{first}"))
            || user == words.concat()
    }

    /// The name of a person, its words in their natural order; `suffixes` stood behind it, after commas.
    fn person(&self, words: &[&str], suffixes: &[Vec<&str>]) -> PersonName {
        let mut full = words.join(" ");
        for suffix in suffixes {
            full.push_str(", ");
            full.push_str(&suffix.join(" "));
        }
        let (first, last) = self.first_and_last(words);
        PersonName { full, first, last }
    }

    /// How many of the words are suffixes at the end. Words that are all suffixes are a name nevertheless.
    fn suffixes_at_end(&self, words: &[&str]) -> usize {
        let suffixes = words.iter().rev().take_while(|w| self.is_suffix(w)).count();
        match words.len() - suffixes {
            0 => 0,
            // The first of them may be a surname in capitals: `JACK MA`.
            1 if suffixes > 0 && self.surnames.have_word(words[1]) => suffixes - 1,
            _ => suffixes,
        }
    }

    /// Divides words in their natural order, suffixes at the end left out.
    fn first_and_last(&self, words: &[&str]) -> (Option<String>, String) {
        let end = words.len() - self.suffixes_at_end(words);
        let words = words.get(..end).unwrap_or(words);
        let mut start = end.saturating_sub(1);
        while start > 0
            && words
                .get(start - 1)
                .is_some_and(|w| self.particles.have_word(w))
        {
            start -= 1;
        }
        let capital = |w: &&str| w.chars().next().is_some_and(char::is_uppercase);
        if start == 0 && words.len() == 2 && words.first().is_some_and(capital) {
            start = 1;
        }
        let (first, last) = words.split_at_checked(start).unwrap_or((&[], words));
        let first = (!first.is_empty()).then(|| first.join(" "));
        (first, last.join(" "))
    }
}

#[cfg(test)]
#[path = "name_tests.rs"]
mod tests;
