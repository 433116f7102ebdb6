//! *Rules* are words and patterns that are data and not code: the files of `rules/`, built into the program, or
//! read from another folder in their place.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::Path;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use crate::address::{Address, normal_domain};
use crate::create::name::NameRules;
use crate::initials::Initials;
use crate::options::{DomainSet, place_of};

/// A file of `rules/` that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {message}")]
pub struct RulesError {
    file: String,
    message: String,
}

/// All word lists and patterns.
#[derive(Debug)]
pub struct Rules {
    /// Local parts that are nobody's name (R11).
    pub role: RoleAccounts,
    /// Domains of free-mail providers (R11).
    pub free_mail: DomainSet,
    /// What a head says of a message.
    pub heads: HeadRules,
    /// Subject prefixes.
    pub subjects: Subjects,
    /// How names are parted.
    pub names: NameRules,
}

/// Reads one file of the rules by its name.
type Fetch<'a> = &'a dyn Fn(&str) -> Result<RulesFile, RulesError>;

/// A file of the rules: what errors call it, and what it says.
struct RulesFile {
    name: String,
    text: String,
}

impl RulesFile {
    fn error(&self, place: impl fmt::Display, message: String) -> RulesError {
        RulesError {
            file: format!("{}:{place}", self.name),
            message,
        }
    }
}

impl Rules {
    /// The rules that ship with the program.
    ///
    /// # Errors
    /// None in practice: a test holds the shipped files good.
    pub fn built_in() -> Result<Rules, RulesError> {
        Rules::read(&|name| {
            let text = match name {
                "role-accounts.txt" => include_str!("../rules/role-accounts.txt"),
                "free-mail-domains.txt" => include_str!("../rules/free-mail-domains.txt"),
                "automated.toml" => include_str!("../rules/automated.toml"),
                "subjects.toml" => include_str!("../rules/subjects.toml"),
                _ => include_str!("../rules/names.toml"),
            };
            Ok(RulesFile {
                name: name.into(),
                text: text.into(),
            })
        })
    }

    /// The rules of another folder, which must hold all five files.
    ///
    /// # Errors
    /// Where a file is missing, unreadable or wrong.
    pub fn from_folder(folder: &Path) -> Result<Rules, RulesError> {
        Rules::read(&|name| {
            let path = folder.join(name);
            let name = path.display().to_string();
            let read = std::fs::read_to_string(&path);
            let text = read.map_err(|error| RulesError {
                file: name.clone(),
                message: format!(
                    "cannot be read: {error}; a rules folder holds the same files as `rules/`"
                ),
            })?;
            Ok(RulesFile { name, text })
        })
    }

    fn read(fetch: Fetch<'_>) -> Result<Rules, RulesError> {
        Ok(Rules {
            role: RoleAccounts::parse(&fetch("role-accounts.txt")?.text),
            free_mail: domains(&fetch("free-mail-domains.txt")?)?,
            heads: HeadRules::parse(&fetch("automated.toml")?)?,
            subjects: toml_file(&fetch("subjects.toml")?)?,
            names: toml_file(&fetch("names.toml")?)?,
        })
    }
}

fn toml_file<T: serde::de::DeserializeOwned>(file: &RulesFile) -> Result<T, RulesError> {
    toml::from_str(&file.text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        file.error(
            place_of(&file.text, start),
            error.message().replace('\n', "; "),
        )
    })
}

/// The entries of a word list: one a line, what follows `#` is a comment.
fn entries(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.split('#').next().unwrap_or("").trim()))
        .filter(|(_, entry)| !entry.is_empty())
}

fn domains(file: &RulesFile) -> Result<DomainSet, RulesError> {
    entries(&file.text)
        .map(|(line, entry)| {
            normal_domain(entry).ok_or_else(|| file.error(line, format!("`{entry}` is no domain")))
        })
        .collect::<Result<Vec<_>, _>>()
        .map(|all| all.into_iter().collect())
}

/// Local parts of addresses that belong to a function or a machine rather than to a person (R11).
#[derive(Debug, Default)]
pub struct RoleAccounts {
    exact: HashSet<Box<str>>,
    /// What an entry that ends in `*` begins with, by its first byte.
    prefixes: HashMap<u8, Vec<Box<str>>>,
    /// An entry `*` covers everything.
    all: bool,
}

impl RoleAccounts {
    fn parse(text: &str) -> RoleAccounts {
        let mut accounts = RoleAccounts::default();
        for (_, entry) in entries(text) {
            let entry = entry.to_lowercase();
            match entry.strip_suffix('*') {
                Some(prefix) => match prefix.bytes().next() {
                    Some(first) => {
                        accounts
                            .prefixes
                            .entry(first)
                            .or_default()
                            .push(prefix.into());
                    }
                    None => accounts.all = true,
                },
                None => drop(accounts.exact.insert(entry.into())),
            }
        }
        accounts
    }

    /// Whether the address's local part, without a `+tag`, is on the list.
    pub fn covers(&self, address: &Address) -> bool {
        let local = address.local();
        let local = match local.split_once('+') {
            Some((bare, _)) if !bare.is_empty() => bare,
            _ => local,
        };
        let alike = local.bytes().next().and_then(|it| self.prefixes.get(&it));
        let mut prefixes = alike.into_iter().flatten();
        self.all
            || self.exact.contains(local)
            || prefixes.any(|prefix| local.starts_with(&**prefix))
    }
}

/// Subject prefixes (R8).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Subjects {
    forward_prefixes: HashSet<String>,
    reply_prefixes: HashSet<String>,
}

impl Subjects {
    /// Whether the subject, after list tags such as `[sales]`, begins with a forward prefix.
    pub fn is_forward(&self, subject: &str) -> bool {
        prefix(subject).is_some_and(|word| self.forward_prefixes.contains(&word))
    }

    /// Whether the subject, after list tags, begins with a reply prefix.
    pub fn is_reply(&self, subject: &str) -> bool {
        prefix(subject).is_some_and(|word| self.reply_prefixes.contains(&word))
    }
}

/// The lower-case word before the first colon, where the subject begins with one word and a colon; `Fw[2]:` counts.
fn prefix(subject: &str) -> Option<String> {
    let mut rest = subject.trim_start();
    while let Some((_, after)) = rest
        .strip_prefix('[')
        .and_then(|tagged| tagged.split_once(']'))
    {
        rest = after.trim_start();
    }
    let (word, _) = rest.split_once([':', '：'])?;
    let word = word.trim_end();
    let word = match word.find(['[', '(']) {
        Some(at) if word.ends_with([']', ')']) => word[..at].trim_end(),
        _ => word,
    };
    (!word.contains(char::is_whitespace)).then(|| word.to_lowercase())
}

/// Patterns over header fields: automated mail, bulk mail, meeting invitations (R11).
#[derive(Debug)]
pub struct HeadRules {
    rules: Vec<HeadRule>,
    /// The numbers of the rules that look at each header field.
    by_header: Vec<(Box<str>, Vec<u16>)>,
    initials: Initials,
}

/// What a pattern says of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadClass {
    /// Sent by a machine.
    Automated,
    /// A mailing list or newsletter.
    Bulk,
    /// A meeting invitation or an answer to one.
    Invitation,
}

/// One pattern.
#[derive(Debug)]
pub struct HeadRule {
    /// What explanations call it.
    pub name: Box<str>,
    /// The header field that it looks at, lower case.
    pub header: Box<str>,
    /// What it says.
    pub class: HeadClass,
    matches: Regex,
    unless: Option<Regex>,
}

impl HeadRule {
    /// Whether the field's decoded value bears the pattern.
    pub fn applies(&self, value: &str) -> bool {
        self.matches.is_match(value)
            && !self
                .unless
                .as_ref()
                .is_some_and(|unless| unless.is_match(value))
    }
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
    fn parse(file: &RulesFile) -> Result<HeadRules, RulesError> {
        let read: HeadFile = toml_file(file)?;
        let classes = [
            (HeadClass::Automated, read.automated),
            (HeadClass::Bulk, read.bulk),
            (HeadClass::Invitation, read.invitation),
        ];
        let mut rules = Vec::new();
        for (class, entries) in classes {
            for entry in entries {
                rules.push(HeadRule {
                    matches: pattern(file, &entry.name, &entry.matches)?,
                    unless: entry
                        .unless
                        .as_deref()
                        .map(|text| pattern(file, &entry.name, text))
                        .transpose()?,
                    header: entry.header.to_ascii_lowercase().into(),
                    name: entry.name.into(),
                    class,
                });
            }
        }
        let mut by_header: Vec<(Box<str>, Vec<u16>)> = Vec::new();
        for (number, rule) in (0u16..).zip(&rules) {
            match by_header
                .iter_mut()
                .find(|(header, _)| *header == rule.header)
            {
                Some((_, numbers)) => numbers.push(number),
                None => by_header.push((rule.header.clone(), vec![number])),
            }
        }
        let headers = rules.iter().map(|rule| &*rule.header);
        let initials = headers.fold(Initials::NONE, Initials::with);
        Ok(HeadRules {
            rules,
            by_header,
            initials,
        })
    }

    /// The rule of that number.
    pub fn get(&self, number: u16) -> &HeadRule {
        &self.rules[usize::from(number)]
    }

    /// The numbers of the rules that look at a header field.
    pub fn of_field(&self, name: &str) -> &[u16] {
        if !self.initials.may_have(name) {
            return &[];
        }
        let found = self
            .by_header
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map_or(&[], |(_, numbers)| numbers)
    }
}

fn pattern(file: &RulesFile, name: &str, text: &str) -> Result<Regex, RulesError> {
    let built = RegexBuilder::new(text).case_insensitive(true).build();
    built.map_err(|error| {
        let place = place_of(&file.text, file.text.find(text).unwrap_or(0));
        let cause = error.to_string();
        let cause = cause
            .lines()
            .last()
            .unwrap_or("")
            .trim()
            .trim_start_matches("error: ");
        file.error(
            place,
            format!("the pattern `{text}` of `{name}` is no regular expression: {cause}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        Rules::built_in().unwrap()
    }

    #[test]
    fn role_accounts_are_no_people() {
        let rules = rules();
        let cases = [
            ("no-reply@x.example", true),
            ("noreply@x.example", true),
            ("NoReply+abc@x.example", true),
            ("mailer-daemon@x.example", true),
            ("postmaster@x.example", true),
            ("bounces+12-ab@x.example", true),
            ("ann@x.example", false),
            ("newsom@x.example", false),
            ("sales@x.example", false),
            ("+@x.example", false),
        ];
        for (address, want) in cases {
            let address = Address::parse(address).unwrap();
            assert_eq!(rules.role.covers(&address), want, "{}", address.as_str());
        }
    }

    #[test]
    fn forward_prefixes_stand_after_list_tags() {
        let rules = rules();
        let cases = [
            ("Fwd: x", true),
            ("FW:x", true),
            ("[sales] [x] WG: Angebot", true),
            ("Fw[2]: x", true),
            ("TR : devis", true),
            ("Re: Fwd: x", false),
            ("Forward march: x", false),
            ("x", false),
            ("", false),
            ("[unclosed fw: x", false),
        ];
        for (subject, want) in cases {
            assert_eq!(rules.subjects.is_forward(subject), want, "{subject}");
        }
        assert!(rules.subjects.is_reply("AW: Angebot"));
    }
}
