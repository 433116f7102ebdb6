//! The word lists and patterns, read from the files of `rules/`.

use crate::mail::rules::file::{RulesError, RulesFile, toml_file};
use crate::mail::rules::heads::HeadRules;
use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde::Deserialize;

use crate::base::disk;
use crate::mail::address::domain_set::DomainSet;
use crate::mail::address::{Address, normal_domain};
use crate::mail::rules::names::NameRules;

/// All word lists and patterns.
#[derive(Debug)]
pub struct Rules {
    /// Local parts of addresses that do not belong to one person (R11).
    pub role: RoleAccounts,
    /// Domains of free-mail providers (R11).
    pub free_mail: DomainSet,
    /// Patterns for header fields.
    pub heads: HeadRules,
    /// Subject prefixes.
    pub subjects: Subjects,
    /// Words with a meaning in names.
    pub names: NameRules,
}

/// Reads one file of the rules by its name.
type Fetch<'a> = &'a dyn Fn(&str) -> Result<RulesFile, RulesError>;

impl Rules {
    /// Returns the rules that are built into the program.
    ///
    /// # Errors
    /// If a built-in file is invalid; tests check that all are valid.
    pub fn built_in() -> Result<Rules, RulesError> {
        let fetch = |name: &str| {
            let text = match name {
                "role-accounts.txt" => include_str!("../../../rules/role-accounts.txt"),
                "free-mail-domains.txt" => include_str!("../../../rules/free-mail-domains.txt"),
                "automated.toml" => include_str!("../../../rules/automated.toml"),
                "subjects.toml" => include_str!("../../../rules/subjects.toml"),
                _ => include_str!("../../../rules/names.toml"),
            };
            Ok(RulesFile {
                name: name.into(),
                text: text.into(),
            })
        };
        Rules::read(&fetch, true)
    }

    /// Reads the rules from a folder, which must contain all five files.
    ///
    /// # Errors
    /// If a file is missing, unreadable or invalid.
    pub fn from_folder(folder: &Path) -> Result<Rules, RulesError> {
        let fetch = |name: &str| {
            let path = folder.join(name);
            let name = path.display().to_string();
            let read = disk::read_text(&path, disk::TEXT_BYTES_MAX);
            let text = read.map_err(|error| RulesError {
                file: name.clone(),
                message: format!(
                    "cannot be read: {error}; a rules folder holds the same files as `rules/`"
                ),
            })?;
            Ok(RulesFile { name, text })
        };
        Rules::read(&fetch, false)
    }

    /// Reads all files. With `is_sound`, the patterns are known to be valid regular expressions.
    fn read(fetch: Fetch<'_>, is_sound: bool) -> Result<Rules, RulesError> {
        Ok(Rules {
            role: RoleAccounts::parse(&fetch("role-accounts.txt")?.text),
            free_mail: domains(&fetch("free-mail-domains.txt")?)?,
            heads: HeadRules::parse(&fetch("automated.toml")?, is_sound)?,
            subjects: toml_file(&fetch("subjects.toml")?)?,
            names: toml_file(&fetch("names.toml")?)?,
        })
    }
}

/// Returns the entries of a word list, each with its line number. There is one entry per line; text after `#` is a
/// comment.
fn entries(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.split('#').next().unwrap_or("").trim()))
        .filter(|(_, entry)| !entry.is_empty())
}

fn domains(file: &RulesFile) -> Result<DomainSet, RulesError> {
    entries(&file.text)
        .map(|(line, entry)| {
            normal_domain(entry)
                .ok_or_else(|| file.error(line, format!("`{entry}` is not a domain")))
        })
        .collect::<Result<Vec<_>, _>>()
        .map(|all| all.into_iter().collect())
}

/// Local parts of addresses that belong to a function or a machine rather than to a person (R11).
#[derive(Debug, Default)]
pub struct RoleAccounts {
    exact: HashSet<Box<str>>,
    /// Entries that end in `*`, without it, by their first byte.
    prefixes: HashMap<u8, Vec<Box<str>>>,
    /// Entries that begin with `*`, without it, by their last byte.
    suffixes: HashMap<u8, Vec<Box<str>>>,
    /// Entries that begin and end with `*`, without both.
    parts: Vec<Box<str>>,
    /// Whether there is an entry `*`, which covers everything.
    all: bool,
}

impl RoleAccounts {
    fn parse(text: &str) -> RoleAccounts {
        let mut accounts = RoleAccounts::default();
        for (_, entry) in entries(text) {
            accounts.add(&entry.to_lowercase());
        }
        accounts
    }

    fn add(&mut self, entry: &str) {
        let text = entry.trim_matches('*');
        let (Some(first), Some(last)) = (text.bytes().next(), text.bytes().next_back()) else {
            self.all = true;
            return;
        };
        match (entry.starts_with('*'), entry.ends_with('*')) {
            (false, false) => drop(self.exact.insert(text.into())),
            (false, true) => self.prefixes.entry(first).or_default().push(text.into()),
            (true, false) => self.suffixes.entry(last).or_default().push(text.into()),
            (true, true) => self.parts.push(text.into()),
        }
    }

    /// Returns whether the address's local part, without a `+tag`, is on the list.
    pub fn covers(&self, address: &Address) -> bool {
        let local = address.local();
        let local = match local.split_once('+') {
            Some((bare, _)) if !bare.is_empty() => bare,
            _ => local,
        };
        let of =
            |all: &HashMap<u8, Vec<Box<str>>>, byte: Option<u8>, is_it: &dyn Fn(&str) -> bool| {
                let alike = byte.and_then(|byte| all.get(&byte));
                alike.into_iter().flatten().any(|entry| is_it(entry))
            };
        self.all
            || self.exact.contains(local)
            || of(&self.prefixes, local.bytes().next(), &|it| {
                local.starts_with(it)
            })
            || of(&self.suffixes, local.bytes().next_back(), &|it| {
                local.ends_with(it)
            })
            || self.parts.iter().any(|it| local.contains(&**it))
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
    /// Returns whether the subject begins with a forward prefix, after list tags such as `[sales]`.
    pub fn is_forward(&self, subject: &str) -> bool {
        prefix(subject).is_some_and(|word| self.forward_prefixes.contains(&word))
    }

    /// Returns whether the subject begins with a reply prefix, after list tags.
    pub fn is_reply(&self, subject: &str) -> bool {
        prefix(subject).is_some_and(|word| self.reply_prefixes.contains(&word))
    }
}

/// Returns the word before the colon in lower case, if the subject begins with one word and a colon; `Fw[2]:` counts
/// too.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        Rules::built_in().unwrap()
    }

    #[test]
    fn role_accounts_are_not_people() {
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
            ("orders-no-reply@x.example", true),
            ("news-noreply@x.example", true),
            ("service.noreply@x.example", true),
            ("shop_no_reply+1@x.example", true),
            ("team-donotreply@x.example", true),
            ("imceaex-_o=corp_ou=first_cn=ann@x.example", true),
            ("noreplyann.beck@x.example", true),
            ("ann.reply@x.example", false),
        ];
        for (address, want) in cases {
            let address = Address::parse(address).unwrap();
            assert_eq!(rules.role.covers(&address), want, "{}", address.as_str());
        }
    }

    #[test]
    fn an_entry_may_begin_or_end_in_a_star() {
        let accounts = RoleAccounts::parse("a*\n*b\n*mid*\nexact # a comment\n");
        for (local, want) in [
            ("a", true),
            ("alpha", true),
            ("tab", true),
            ("x-mid-y", true),
            ("exact", true),
            ("exactly", false),
            ("ba", false),
            ("other", false),
        ] {
            let address = Address::parse(&format!("{local}@x.example")).unwrap();
            assert_eq!(accounts.covers(&address), want, "{local}");
        }
        let all = RoleAccounts::parse("*");
        assert!(all.covers(&Address::parse("ann@x.example").unwrap()));
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
