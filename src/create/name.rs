//! The names of contacts and leads that are made from mail (rule R11).
//!
//! A display name goes through [`clean`] first; where none is left, [`from_address`] makes one.
//!
//! Choices made where the rule is silent:
//! - A surname of several words before the comma is not kept together unless particles do it:
//!   `lastname` is the last word of `fullname`, as the rule says.
//! - A third part that is no suffix (`Smith, John, Sales`) is dropped.
//! - A form of two or three letters that is listed in capitals (`SA`, `MA`) is not seen in a word written as
//!   a name is: `Ricardo Sa` and `Jack Ma` are people, `Acme S.A.` and `Acme SA` are companies.
//! - In a name of two words the first one is no particle if it has a capital: `Van Morrison`.

use super::forms::Forms;
use crate::address::Address;

/// How many layers of quotes and endings are taken away: more than people write, few enough for text
/// that is made of nothing else to be done with soon.
const MOST_LAYERS: usize = 8;

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
}

/// A display name without what is no name in it (rule R11): control characters, outer quotes, and
/// endings `(Company)` and `via X`; white space single.
///
/// `None` where nothing is left or where the name is an address.
pub fn clean(display: &str) -> Option<String> {
    let visible = |c: &char| !c.is_control() || c.is_whitespace();
    let text: String = display.chars().filter(visible).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut name = text.as_str();
    for _ in 0..MOST_LAYERS {
        let inner = without_ending(without_quotes(name));
        if inner.len() == name.len() {
            break;
        }
        name = inner;
    }
    let is_address = name.contains('@') && Address::parse(name).is_some();
    let good = !name.is_empty() && !is_address;
    good.then(|| name.to_owned())
}

fn is_double_quote(c: char) -> bool {
    "\"“”„‟«»″＂".contains(c)
}

/// Takes away one pair of outer quotes, or a double quote that has no partner. A lone apostrophe stays,
/// as in `'t Hooft`.
fn without_quotes(name: &str) -> &str {
    let is_quote = |c: char| is_double_quote(c) || "'`´‘’‚‛‹›＇".contains(c);
    let name = name.trim();
    if name.chars().all(is_quote) {
        return "";
    }
    let inner = name.strip_prefix(is_quote);
    if let Some(inner) = inner.and_then(|n| n.strip_suffix(is_quote)) {
        return inner.trim();
    }
    let lone = name.chars().filter(|&c| is_double_quote(c)).count() == 1;
    if lone {
        name.trim_matches(is_double_quote).trim()
    } else {
        name
    }
}

/// Takes away an ending `(Company)` or `via X`; brackets around the whole name only go themselves.
fn without_ending(name: &str) -> &str {
    if let Some(open) = last_bracket(name) {
        let (before, bracket) = name.split_at_checked(open).unwrap_or((name, ""));
        return match before.trim() {
            "" => bracket.trim_matches(['(', ')', '（', '）']).trim(),
            before => before,
        };
    }
    if name == "via" || name.starts_with("via ") {
        return "";
    }
    // In lower case only: `Via` is a surname as well.
    name.split_once(" via ").map_or(name, |(before, _)| before)
}

/// Where the bracket opens that closes at the end of the name.
fn last_bracket(name: &str) -> Option<usize> {
    if !name.ends_with([')', '）']) {
        return None;
    }
    let mut depth = 0_usize;
    for (place, c) in name.char_indices().rev() {
        match c {
            ')' | '）' => depth += 1,
            '(' | '（' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return Some(place);
        }
    }
    None
}

/// Whether a name is passed over where there is another (rule R11): it holds `@`, `:`, `??` or U+FFFD, or
/// more than five words.
pub fn is_doubtful(name: &str) -> bool {
    name.contains(['@', ':', '\u{FFFD}'])
        || name.contains("??")
        || name.split_whitespace().nth(5).is_some()
}

/// Parts a name, cleaned before with [`clean`], into first and last name (rule R11).
///
/// `last` is empty only where the name holds nothing but commas and white space.
pub fn split(name: &str, rules: &NameRules) -> PersonName {
    let parts: Vec<Vec<&str>> = name
        .split(',')
        .map(|part| part.split_whitespace().collect::<Vec<_>>())
        .filter(|part| !part.is_empty())
        .collect();
    let text: Vec<String> = parts.iter().map(|part| part.join(" ")).collect();
    if rules.companies.end(&parts.concat()) {
        let full = text.join(", ");
        return PersonName {
            last: full.clone(),
            first: None,
            full,
        };
    }
    let Some((family, others)) = parts.split_first() else {
        return PersonName {
            full: String::new(),
            first: None,
            last: String::new(),
        };
    };
    let (suffixes, others): (Vec<_>, Vec<_>) =
        others.iter().partition(|part| rules.are_suffixes(part));
    let mut words = others.first().map_or(Vec::new(), |given| given.to_vec());
    words.extend(family);
    let mut full = words.join(" ");
    for suffix in suffixes {
        full.push_str(", ");
        full.push_str(&suffix.join(" "));
    }
    let (first, last) = rules.first_and_last(&words);
    PersonName { full, first, last }
}

/// The name that an address has in itself, where no display name is known (rule R11): `anna.ray@` is
/// Anna Ray; else the local part is the last name. A `+tag` is no part of the name.
pub fn from_address(address: &Address) -> PersonName {
    let local = address.local().trim_matches('"');
    let user = match local.split_once('+') {
        Some((user, _)) if !user.is_empty() => user,
        _ => local,
    };
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
    let mut names: Vec<String> = parts.into_iter().map(capitalised).collect();
    let full = names.join(" ");
    let last = names.pop().unwrap_or_default();
    PersonName {
        full,
        first: Some(names.join(" ")),
        last,
    }
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

    /// Parts words in their natural order, suffixes at the end left out. Words that are all suffixes are
    /// a name nevertheless.
    fn first_and_last(&self, words: &[&str]) -> (Option<String>, String) {
        let suffixes = words.iter().rev().take_while(|w| self.is_suffix(w)).count();
        let end = match words.len() - suffixes {
            0 => words.len(),
            end => end,
        };
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
