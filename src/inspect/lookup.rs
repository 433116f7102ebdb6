//! `resolve`: looks up the records of an address as a run would.

use std::io::{self, Read, Write};

use serde::Serialize;

use crate::base::reference::ReferenceView;
use crate::base::terminal::plain;
use crate::base::threads::Threads;
use crate::book::LookupResults;
use crate::book::index::record::RecordState;
use crate::decide::created::CreatedRecords;
use crate::decide::ordinal::Ordinal;
use crate::decide::resolve::matches::{Match, RecordKey};
use crate::decide::resolve::{AHEAD, AsOf, Resolver, Scope};
use crate::mail::address::Address;
use crate::options::MailboxId;
use crate::run::basis::Basis;
use crate::run::error::{RunError, incomplete, usage, wrong};

/// Number of addresses that one thread looks up at a time.
const BATCH: usize = 1024;

/// Bytes of standard input that are read together: about ten batches.
const BLOCK: usize = 1 << 20;

/// A line of `--json`.
#[derive(Serialize)]
struct AddressRow<'a> {
    address: &'a str,
    normalized: Option<String>,
    sender: Option<ReferenceView<'a>>,
    recipients: Vec<ReferenceView<'a>>,
    candidates: Vec<CandidateRow<'a>>,
    /// Whether records that an offline book leaves out have the address.
    #[serde(skip)]
    is_left_out: bool,
}

#[derive(Serialize)]
struct CandidateRow<'a> {
    record: ReferenceView<'a>,
    scope: bool,
    active: bool,
    owned: bool,
    createdon: Option<String>,
}

/// Looks up addresses for one mailbox.
pub(crate) struct Lookup<'a> {
    /// The options, rules and book.
    pub(crate) basis: &'a Basis,
    /// Resolves the addresses.
    pub(crate) resolver: &'a Resolver<'a>,
    /// The threads.
    pub(crate) threads: &'a Threads,
    /// The mailbox whose scope and owner apply.
    pub(crate) mailbox: MailboxId,
    /// Whether to write JSON objects instead of text.
    pub(crate) json: bool,
}

impl Lookup<'_> {
    /// Looks up one address per line of `input`, while the next lines are read.
    ///
    /// # Errors
    /// If the input cannot be read, the book is damaged, or `write` fails.
    pub(crate) fn answer_all<E: From<RunError>>(
        &self,
        mut input: impl Read + Send,
        mut write: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut lines = Vec::new();
        let mut rest = Vec::new();
        loop {
            let next = || read_lines(&mut input, &mut rest);
            let answer = || self.answer_lines(&lines);
            let (answers, next) = self.threads.both(answer, next);
            for answer in answers {
                write(&answer?)?;
            }
            lines =
                next.map_err(|error| wrong(format!("standard input cannot be read: {error}")))?;
            if lines.is_empty() {
                return Ok(());
            }
        }
    }

    fn answer_lines(&self, lines: &[u8]) -> Vec<Result<Vec<u8>, RunError>> {
        let text = String::from_utf8_lossy(lines);
        let addresses: Vec<&str> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        self.threads
            .chunks(&addresses, BATCH, |batch| self.answer(batch))
    }

    /// Returns the results for some addresses, one line each.
    ///
    /// # Errors
    /// If the book is damaged.
    pub(crate) fn answer(&self, texts: &[&str]) -> Result<Vec<u8>, RunError> {
        let mut found = LookupResults::default();
        self.basis.book.look_up(texts, &mut found);
        let mut out = Vec::with_capacity(texts.len() * 256);
        let none = CreatedRecords::default();
        for (number, text) in texts.iter().enumerate() {
            self.basis.book.fetch_ahead(&found, number + AHEAD);
            let row = self.row(text, &found, number, &none);
            if self.json {
                serde_json::to_writer(&mut out, &row).map_err(incomplete)?;
                out.push(b'\n');
            } else {
                writeln!(out, "{}", plain(&words(&row))).map_err(incomplete)?;
            }
        }
        match self.basis.book.damage() {
            Some(damage) => Err(usage(damage.clone())),
            None => Ok(out),
        }
    }

    fn row<'r>(
        &'r self,
        text: &'r str,
        found: &LookupResults,
        number: usize,
        none: &'r CreatedRecords,
    ) -> AddressRow<'r> {
        let moment = AsOf {
            created: none,
            ordinal: Ordinal::default(),
        };
        let parse = || Address::parse(text);
        let asked = self.resolver.query(self.mailbox, parse, found.of(number));
        let named = |record: RecordKey| self.resolver.view(record, none);
        let sender = self.resolver.sender_of(self.mailbox, asked, moment);
        let recipients = self.resolver.recipients(self.mailbox, &sender.matches);
        let candidate = |it: &Match| CandidateRow {
            record: named(it.record),
            scope: it.scope == Scope::In,
            active: it.state == RecordState::Active,
            owned: it.owned,
            createdon: self
                .resolver
                .created_on(it.record, none)
                .map(|time| time.to_string()),
        };
        let is_left_out = |it: &&Match| it.scope == Scope::LeftOut;
        AddressRow {
            address: text,
            normalized: normal(text),
            sender: sender.record.map(named),
            recipients: recipients.iter().map(|it| named(it.record)).collect(),
            candidates: sender
                .matches
                .iter()
                .filter(|it| !is_left_out(it))
                .map(candidate)
                .collect(),
            is_left_out: sender.matches.iter().any(|it| is_left_out(&it)),
        }
    }
}

fn normal(text: &str) -> Option<String> {
    if Address::is_plain(text) {
        return Some(text.to_ascii_lowercase());
    }
    Address::parse(text).map(|address| address.as_str().to_owned())
}

/// Reads about [`BLOCK`] bytes of whole lines; returns no bytes at the end. What follows the last line stays in `rest`.
fn read_lines(input: &mut impl Read, rest: &mut Vec<u8>) -> io::Result<Vec<u8>> {
    loop {
        let read = input.take(BLOCK as u64).read_to_end(rest)?;
        let end = match memchr::memrchr(b'\n', rest) {
            _ if read == 0 => rest.len(),
            Some(at) => at + 1,
            None => continue,
        };
        let after = rest.split_off(end);
        return Ok(std::mem::replace(rest, after));
    }
}

fn words(row: &AddressRow<'_>) -> String {
    let Some(normalized) = &row.normalized else {
        return format!("{}: no address `local@domain`", row.address);
    };
    let list = |records: Vec<String>| {
        if records.is_empty() {
            "none".to_owned()
        } else {
            records.join(", ")
        }
    };
    let sender = row
        .sender
        .as_ref()
        .map_or("none".to_owned(), ToString::to_string);
    let recipients = list(row.recipients.iter().map(ToString::to_string).collect());
    let mut others: Vec<String> = row
        .candidates
        .iter()
        .filter(|it| !it.scope || !it.active)
        .map(|it| {
            format!(
                "{} ({})",
                it.record,
                if it.scope { "inactive" } else { "out of scope" }
            )
        })
        .collect();
    if row.is_left_out {
        others.push("a record that the offline book has left out".into());
    }
    let others = if others.is_empty() {
        String::new()
    } else {
        format!("; not linked: {}", others.join(", "))
    };
    format!("{normalized}: as sender {sender}; as recipient {recipients}{others}")
}
