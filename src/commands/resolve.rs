//! `mailtrack resolve`: addresses to records, as a run would link them.

use std::io::{self, BufRead as _, BufWriter, Write};

use mailtrack::address::Address;
use mailtrack::book::State;
use mailtrack::create::CreatedRecords;
use mailtrack::envelope::{AddressId, Addresses};
use mailtrack::options::{MailboxId, Options};
use mailtrack::reference::Reference;
use mailtrack::resolve::{Match, Moment, RecordKey, Resolver, Scope};
use mailtrack::terminal::plain;
use serde::Serialize;

use super::{CommandError, Ground, ground, wrong};
use crate::cli::ResolveArgs;

/// Addresses are looked up so many at a time.
const BATCH: usize = 4096;

/// A line of `--json`.
#[derive(Serialize)]
struct Row<'a> {
    address: &'a str,
    normalized: Option<&'a str>,
    sender: Option<Reference>,
    recipients: Vec<Reference>,
    candidates: Vec<CandidateRow>,
}

#[derive(Serialize)]
struct CandidateRow {
    record: Reference,
    scope: bool,
    active: bool,
    owned: bool,
    createdon: Option<String>,
}

/// Runs the command.
pub fn run(args: &ResolveArgs) -> Result<u8, CommandError> {
    let ground = ground(&args.book)?;
    let lookup = Lookup {
        mailbox: mailbox(args, &ground.options)?,
        ground: &ground,
        json: args.json,
    };
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    if args.addresses.is_empty() {
        from_stdin(&lookup, &mut out)?;
    } else {
        lookup.answer(&args.addresses, &mut out)?;
    }
    out.flush()?;
    Ok(0)
}

fn from_stdin(lookup: &Lookup<'_>, out: &mut impl Write) -> Result<(), CommandError> {
    let mut input = io::stdin().lock();
    let mut batch = Vec::with_capacity(BATCH);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = input.read_until(b'\n', &mut line);
        let is_end =
            read.map_err(|error| wrong(format!("standard input cannot be read: {error}")))? == 0;
        let text = String::from_utf8_lossy(&line);
        if !text.trim().is_empty() {
            batch.push(text.trim().to_owned());
        }
        if batch.len() == BATCH || is_end {
            lookup.answer(&batch, out)?;
            batch.clear();
        }
        if is_end {
            return Ok(());
        }
    }
}

/// The mailbox whose scope and owner hold.
fn mailbox(args: &ResolveArgs, options: &Options) -> Result<MailboxId, CommandError> {
    let mut configured = options.configured();
    match &args.mailbox {
        None => Ok(configured.next().map_or(MailboxId::GENERAL, |(id, _)| id)),
        Some(path) => {
            let wanted = path.trim_end_matches('/');
            let found = configured.find(|(_, mailbox)| mailbox.path == wanted);
            found.map(|(id, _)| id).ok_or_else(|| {
                wrong(format!(
                    "--mailbox `{path}`: the options have no [[mailbox]] with that path"
                ))
            })
        }
    }
}

struct Lookup<'a> {
    ground: &'a Ground,
    mailbox: MailboxId,
    json: bool,
}

impl Lookup<'_> {
    fn answer(&self, texts: &[String], out: &mut impl Write) -> Result<(), CommandError> {
        let mut addresses = Addresses::default();
        let numbers: Vec<Option<AddressId>> = texts
            .iter()
            .map(|text| Address::parse(text).map(|address| addresses.intern(address)))
            .collect();
        let all: Vec<&Address> = addresses.all().iter().collect();
        let mut candidates = Vec::new();
        self.ground.book.lookup(&all, &mut candidates);
        let resolver = Resolver::new(
            &self.ground.book,
            &self.ground.options,
            &addresses,
            candidates,
        );
        for (text, number) in texts.iter().zip(numbers) {
            let row = self.row(text, number, &resolver);
            if self.json {
                serde_json::to_writer(&mut *out, &row).map_err(io::Error::from)?;
                writeln!(out)?;
            } else {
                writeln!(out, "{}", plain(&words(&row)))?;
            }
        }
        Ok(())
    }

    fn row<'t>(
        &self,
        text: &'t str,
        number: Option<AddressId>,
        resolver: &Resolver<'t>,
    ) -> Row<'t> {
        let none = CreatedRecords::default();
        let moment = Moment {
            created: &none,
            ordinal: 0,
        };
        let Some(number) = number else {
            return Row {
                address: text,
                normalized: None,
                sender: None,
                recipients: Vec::new(),
                candidates: Vec::new(),
            };
        };
        let named = |record: RecordKey| resolver.reference(record, &none);
        let sender = resolver.sender(self.mailbox, number, moment);
        let recipients = resolver.recipients(self.mailbox, &sender.matches);
        let candidate = |it: &Match| CandidateRow {
            record: named(it.record),
            scope: it.scope == Scope::In,
            active: it.state == State::Active,
            owned: it.owned,
            createdon: resolver
                .created_on(it.record, &none)
                .map(|time| time.to_string()),
        };
        Row {
            address: text,
            normalized: Some(resolver.addresses.get(number).as_str()),
            sender: sender.record.map(named),
            recipients: recipients.iter().map(|it| named(it.record)).collect(),
            candidates: sender.matches.iter().map(candidate).collect(),
        }
    }
}

fn words(row: &Row<'_>) -> String {
    let Some(normalized) = row.normalized else {
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
    let others: Vec<String> = row
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
    let others = if others.is_empty() {
        String::new()
    } else {
        format!("; not linked: {}", others.join(", "))
    };
    format!("{normalized}: as sender {sender}; as recipient {recipients}{others}")
}
