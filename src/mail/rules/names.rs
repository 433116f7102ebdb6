//! The rules for names of people and companies.

use crate::mail::rules::forms::Forms;

/// The words with a meaning in names (`names.toml`, rule R11). They are compared without regard to case and dots.
#[derive(serde::Deserialize, Debug, Clone)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NameRules {
    /// Words after a person's name that do not belong to the last name: `Jr.`, `PhD`.
    pub(crate) suffixes: Forms,
    /// Words at the end of a company's name: `GmbH`, `Inc.`, `GmbH & Co. KG`.
    pub(crate) companies: Forms,
    /// Words that belong to the last name after them: `von`, `de`, `la`.
    pub(crate) particles: Forms,
    /// Suffixes and company forms that are also surnames: `MA`, `SA`.
    #[serde(default)]
    pub(crate) surnames: Forms,
}

impl NameRules {
    pub(crate) fn is_suffix(&self, word: &str) -> bool {
        self.suffixes.have(&[word])
    }

    pub(crate) fn are_suffixes(&self, words: &[&str]) -> bool {
        self.suffixes.have(words) || words.iter().all(|word| self.is_suffix(word))
    }

    pub(crate) fn is_company(&self, words: &[&str]) -> bool {
        let Some((form, [one])) = words.split_last() else {
            return self.companies.end(words);
        };
        let is_shouted = [form, one]
            .iter()
            .all(|word| !word.contains(char::is_lowercase));
        self.companies.end(words) && !(is_shouted && self.surnames.have_word(form))
    }

    /// Returns the only one of several parts of a name that the local part is made from (see [`NameRules::makes`]);
    /// `None` if there is none or more than one.
    pub(crate) fn named_by(&self, user: &str, parts: &[Vec<&str>]) -> Option<usize> {
        let letters = user.replace(['.', '_', '-'], "");
        let mut named = (0..parts.len()).filter(|&at| self.makes(&parts[at], &letters));
        let first = named.next()?;
        named.next().is_none().then_some(first)
    }

    /// Returns whether the local part of an address, without separators, is made from these words: from the first word
    /// or its initial and the last word, in either order, or from all words. Suffixes and particles are ignored.
    pub(crate) fn makes(&self, words: &[&str], user: &str) -> bool {
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

    /// Returns the number of suffixes at the end of the words; 0 if all words are suffixes, because they are a name
    /// then.
    pub(crate) fn suffixes_at_end(&self, words: &[&str]) -> usize {
        let suffixes = words.iter().rev().take_while(|w| self.is_suffix(w)).count();
        match words.len() - suffixes {
            0 => 0,
            // The first suffix may be a surname in capitals: `JACK MA`.
            1 if suffixes > 0 && self.surnames.have_word(words[1]) => suffixes - 1,
            _ => suffixes,
        }
    }

    /// Splits words in their natural order into first and last name, without suffixes at the end.
    pub(crate) fn first_and_last(&self, words: &[&str]) -> (Option<String>, String) {
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
