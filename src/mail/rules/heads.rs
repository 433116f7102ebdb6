//! Classifies messages by their header section: patterns for header fields (R11).
//!
//! Compiling a pattern is expensive, and most mail has few of the fields that the patterns apply to. So the patterns of
//! a field are compiled when a message first has that field, into one set that is matched once.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use serde::Deserialize;

use crate::base::text_place::LineColumn;
use crate::mail::message::name_is;
use crate::mail::rules::file::{RulesError, RulesFile, toml_file};

/// Patterns for header fields: automated mail, bulk mail, meeting invitations (R11).
#[derive(Debug)]
pub struct HeadRules {
    rules: Vec<HeadRule>,
    by_field: Vec<FieldRules>,
    /// Indexed by the length of a field's name: the first letter of the name, and the index into `by_field`.
    by_length: Vec<Vec<(u8, usize)>>,
}

/// The class of messages that a pattern recognizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadClass {
    /// Sent by a machine.
    Automated,
    /// A mailing list or newsletter.
    Bulk,
    /// A meeting invitation or an answer to one.
    Invitation,
}

/// A pattern for a header field.
#[derive(Debug)]
pub struct HeadRule {
    /// Its name in explanations.
    pub name: Box<str>,
    /// The class that it recognizes.
    pub class: HeadClass,
    matches: String,
    unless: Option<Exception>,
}

/// A pattern that prevents a rule from applying.
#[derive(Debug)]
struct Exception {
    text: String,
    pattern: OnceLock<Option<Regex>>,
}

/// The rules for one header field.
#[derive(Debug)]
pub struct FieldRules {
    field: String,
    numbers: Vec<u16>,
    patterns: OnceLock<RegexSet>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadFile {
    #[serde(default)]
    automated: Vec<HeadEntry>,
    #[serde(default)]
    bulk: Vec<HeadEntry>,
    #[serde(default)]
    invitation: Vec<HeadEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadEntry {
    name: String,
    header: String,
    matches: String,
    unless: Option<String>,
}

impl HeadRules {
    /// Parses the rules. Unless they are known to be valid, all patterns are compiled, each separately and those of a
    /// field together.
    pub(super) fn parse(file: &RulesFile, is_sound: bool) -> Result<HeadRules, RulesError> {
        let read: HeadFile = toml_file(file)?;
        let classes = [
            (HeadClass::Automated, read.automated),
            (HeadClass::Bulk, read.bulk),
            (HeadClass::Invitation, read.invitation),
        ];
        let mut heads = HeadRules {
            rules: Vec::new(),
            by_field: Vec::new(),
            by_length: Vec::new(),
        };
        for (class, entries) in classes {
            for entry in entries {
                if !is_sound {
                    check(file, &entry)?;
                }
                heads.add(class, entry);
            }
        }
        if !is_sound {
            for field in &heads.by_field {
                let built = heads.patterns(field).map_err(|error| {
                    let name = &field.field;
                    let problem =
                        format!("the patterns of `{name}` are too much together: {error}");
                    file.error(1, problem)
                })?;
                field.patterns.get_or_init(|| built);
            }
        }
        Ok(heads)
    }

    fn add(&mut self, class: HeadClass, entry: HeadEntry) {
        let number = self.rules.len() as u16;
        let at = self.place_of(entry.header);
        self.by_field[at].numbers.push(number);
        self.rules.push(HeadRule {
            name: entry.name.into(),
            class,
            matches: entry.matches,
            unless: entry.unless.map(|text| Exception {
                text,
                pattern: OnceLock::new(),
            }),
        });
    }

    /// Returns the index of the rules of a field, and adds an entry if there is none.
    fn place_of(&mut self, field: String) -> usize {
        if let Some(known) = self.place(field.as_bytes()) {
            return known;
        }
        let at = self.by_field.len();
        if self.by_length.len() <= field.len() {
            self.by_length.resize_with(field.len() + 1, Vec::new);
        }
        self.by_length[field.len()].push((first_letter(field.as_bytes()), at));
        self.by_field.push(FieldRules {
            field,
            numbers: Vec::new(),
            patterns: OnceLock::new(),
        });
        at
    }

    /// Returns the index of the rules of a field. Most of the about thirty fields of a message are excluded by length
    /// and first letter.
    fn place(&self, field: &[u8]) -> Option<usize> {
        let first = first_letter(field);
        let is_it = |&&(letter, at): &&(u8, usize)| {
            letter == first && name_is(field, &self.by_field[at].field)
        };
        let found = self.by_length.get(field.len())?.iter().find(is_it);
        found.map(|&(_, at)| at)
    }

    /// Returns the rule with that number.
    pub fn get(&self, number: u16) -> &HeadRule {
        &self.rules[usize::from(number)]
    }

    /// Returns the rules for a header field.
    pub fn of_field(&self, name: &[u8]) -> Option<&FieldRules> {
        self.place(name).map(|at| &self.by_field[at])
    }

    /// Returns the numbers of the field's rules that match its decoded value, in ascending order.
    pub fn applying<'a>(
        &'a self,
        field: &'a FieldRules,
        value: &'a str,
    ) -> impl Iterator<Item = u16> + 'a {
        // Patterns that are not compiled yet are known to be valid.
        let patterns = field
            .patterns
            .get_or_init(|| self.patterns(field).unwrap_or_default());
        // Few values match any pattern, and that is faster to find out than which ones match.
        let found = patterns
            .is_match(value)
            .then(|| patterns.matches(value).into_iter());
        let numbers = found.into_iter().flatten().map(|at| field.numbers[at]);
        numbers.filter(move |&number| {
            let unless = self.get(number).unless.as_ref();
            !unless.is_some_and(|unless| unless.holds(value))
        })
    }

    fn patterns(&self, field: &FieldRules) -> Result<RegexSet, regex::Error> {
        let texts = field
            .numbers
            .iter()
            .map(|&number| &self.get(number).matches);
        RegexSetBuilder::new(texts)
            .case_insensitive(true)
            // Each pattern by itself is within the default limit.
            .size_limit(usize::MAX)
            .build()
    }
}

/// Returns the first letter in lower case; 0 for an empty name.
fn first_letter(name: &[u8]) -> u8 {
    name.first().map_or(0, u8::to_ascii_lowercase)
}

impl Exception {
    fn holds(&self, value: &str) -> bool {
        let pattern = self.pattern.get_or_init(|| pattern(&self.text).ok());
        pattern.as_ref().is_some_and(|it| it.is_match(value))
    }
}

fn pattern(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).case_insensitive(true).build()
}

fn check(file: &RulesFile, entry: &HeadEntry) -> Result<(), RulesError> {
    for text in [Some(&entry.matches), entry.unless.as_ref()]
        .into_iter()
        .flatten()
    {
        pattern(text).map_err(|error| {
            let place = LineColumn::of(&file.text, file.text.find(text).unwrap_or(0));
            let cause = error.to_string();
            let cause = cause.lines().last().unwrap_or("").trim();
            let cause = cause.trim_start_matches("error: ");
            let name = &entry.name;
            let problem = "is not a regular expression";
            file.error(
                place,
                format!("the pattern `{text}` of `{name}` {problem}: {cause}"),
            )
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> RulesFile {
        RulesFile {
            name: "automated.toml".into(),
            text: include_str!("../../../rules/automated.toml").into(),
        }
    }

    #[test]
    fn the_shipped_patterns_are_sound() {
        let heads = HeadRules::parse(&file(), false).unwrap();
        for field in &heads.by_field {
            let set = heads.patterns(field).unwrap();
            assert_eq!(set.len(), field.numbers.len(), "{}", field.field);
        }
    }

    #[test]
    fn all_patterns_of_a_field_say_what_each_says() {
        let heads = HeadRules::parse(&file(), true).unwrap();
        let values = [
            "",
            " ",
            "yes",
            "no",
            "no; x",
            "auto-replied",
            "bulk",
            "List",
            "<>",
            "<a@b>",
            "multipart/report; report-type=delivery-status",
            "text/calendar",
            "[x] Out of office: y",
            "Réponse automatique : z",
            "RE: Automatic reply: z",
            "undelivered mail returned to sender",
        ];
        let mut found = 0;
        for field in &heads.by_field {
            for value in values {
                let each = field.numbers.iter().copied().filter(|&number| {
                    let rule = heads.get(number);
                    let unless = rule.unless.as_ref();
                    pattern(&rule.matches).unwrap().is_match(value)
                        && !unless.is_some_and(|it| pattern(&it.text).unwrap().is_match(value))
                });
                let each: Vec<u16> = each.collect();
                found += each.len();
                let all: Vec<u16> = heads.applying(field, value).collect();
                assert_eq!(all, each, "{} {value}", field.field);
            }
        }
        assert!(found > 20);
    }
}
