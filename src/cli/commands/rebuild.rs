//! `mailtrack run --rebuild-state`: the state of an output folder is made anew before the run, from the lines of the
//! folder and the mail.

use crate::base::terminal::shown;
use crate::base::threads::Threads;
use crate::book::present::Present;
use crate::decide::duplicates;
use crate::decide::pass;
use crate::decide::pass::Telling;
use crate::decide::vcards;
use crate::mail::source::Roots;
use crate::output::Rows;
use crate::output::state::error::StateError;
use crate::output::state::stored::STATE_FILE;
use crate::output::state::{Client, Rebuilding, Sending, lengths_on_disk};
use crate::output::table::file_name;
use crate::output::table::{Lengths, Table};
use crate::run::history::FilesRead;
use crate::run::history::rebuild::error::RebuildError;
use crate::run::history::rebuild::{Current, FolderLines, LineHashes, sending_of};
use crate::run::write::BodyKind;
use jiff::Timestamp;

use super::given::given;
use super::inside;
use super::progress::Bar;
use super::run::{TakenIn, fingerprint, take_in};
use crate::base::terminal::counted;
use crate::cli::args::RunArgs;
use crate::cli::context::{CommandError, Ground, incomplete, say_error, sound, unreadable, usage};
use crate::output::folder::{check_path, client, refused};

/// Stands for the options and the book under which messages were decided that come out otherwise now.
const OTHERS: &[u8] = b"others";

/// Makes the state anew; does nothing if the folder holds neither a state nor lines.
pub(crate) fn run(
    args: &RunArgs,
    ground: &Ground,
    now: Timestamp,
    threads: &Threads,
    bar: &Bar,
) -> Result<(), CommandError> {
    let out = &args.out.out;
    check_path(&args.out)?;
    let roots = Roots::of(&args.mail).map_err(usage)?;
    inside::check(out, &args.mail)?;
    let state = out.join(STATE_FILE);
    let on_disk = lengths_on_disk(out).map_err(unreadable(out))?;
    let has_state = crate::base::disk::files::length(&state).map_err(unreadable(&state))? > 0;
    if !has_state && on_disk == Lengths::default() {
        return Ok(());
    }
    let fingerprint = fingerprint(args, &ground.options)?;
    let client = client(&args.out, &ground.options)?;
    let new = Rebuilding::begin(out).map_err(refused)?;
    check_client(args, &new, &client)?;
    let sources = (Some(new.state()), &*fingerprint);
    let taken_in = take_in(args, ground, &roots, sources, threads, bar)?;
    let making = Making {
        args,
        ground,
        now,
        client: client.name,
        fingerprint,
        on_disk,
    };
    making.make(new, taken_in, threads, bar)
}

/// What a state is made by.
struct Making<'a> {
    args: &'a RunArgs,
    ground: &'a Ground,
    now: Timestamp,
    client: String,
    fingerprint: Vec<u8>,
    on_disk: Lengths,
}

impl Making<'_> {
    /// Decides the mail, and makes the state of that and the lines.
    fn make(
        &self,
        new: Rebuilding,
        taken_in: TakenIn,
        threads: &Threads,
        bar: &Bar,
    ) -> Result<(), CommandError> {
        let TakenIn {
            intake,
            files,
            mut remembered,
            ..
        } = taken_in;
        let Ground {
            options,
            rules,
            book,
            ..
        } = self.ground;
        // The run that follows reports what is odd in vCards.
        let cards = self.args.vcards.as_deref().map(vcards::load);
        let cards = cards.transpose().map_err(usage)?;
        if let Some(cards) = &cards {
            remembered.people = cards.people(&intake.distinct.addresses, options, &rules.names);
        }
        let resolver = pass::resolve(book, options, &intake.distinct, self.now, threads);
        let present = Present::new(book, options, self.now, threads);
        let telling = Telling {
            traced: None,
            progress: bar,
        };
        let mail = &intake.mail;
        let (decided, _) = duplicates::decide(
            mail,
            &resolver,
            rules,
            &mut remembered,
            telling,
            &present,
            threads,
        );
        let rows = Rows {
            resolver: &resolver,
            decided: &decided,
            mail,
            rules,
            cards: cards.as_ref(),
        };
        let mut hashes = LineHashes::default();
        let (body, max_size) = (BodyKind::None, self.args.max_size);
        let hashed =
            crate::run::write::write(&rows, &mut hashes, body, max_size, &[], threads, bar);
        hashed.map_err(incomplete)?;
        sound(book)?;
        let current = Current::new(&rows, &self.args.mail, &intake.failures, hashes);
        let counted = new.old.lengths.unwrap_or(self.on_disk);
        let lines = FolderLines::read(&self.args.out.out, &counted, &current);
        bar.clear();
        self.fill(new, &lines.map_err(impossible)?, files)
    }

    /// Fills the state, and puts it in its place.
    fn fill(
        &self,
        mut new: Rebuilding,
        lines: &FolderLines<'_>,
        files: FilesRead,
    ) -> Result<(), CommandError> {
        let fingerprints = (self.fingerprint.clone(), OTHERS.into());
        for mut changes in lines.changes(fingerprints) {
            changes.client.clone_from(&self.client);
            new.state_mut().take(changes).map_err(incomplete)?;
        }
        let files = lines.files(files);
        new.state_mut().take_files(&files).map_err(incomplete)?;
        let given = given(self.args, &self.ground.options, self.now)?;
        new.take_given(&given).map_err(incomplete)?;
        let sending = sending(self.args, self.ground, &mut new, lines)?;
        new.take_sending(&sending).map_err(incomplete)?;
        let replaced = new.put(lines.lengths()).map_err(incomplete)?;
        say(self.args, lines, &self.on_disk, replaced.as_deref());
        Ok(())
    }
}

/// A folder of another client is not touched, if the old state still says whose it is.
fn check_client(args: &RunArgs, new: &Rebuilding, client: &Client) -> Result<(), CommandError> {
    let owner = new.old.client.as_ref();
    match owner.filter(|owner| **owner != client.name && !client.takes_over) {
        None => Ok(()),
        Some(owner) => Err(refused(StateError::OfAnother {
            folder: args.out.out.display().to_string(),
            owner: owner.clone(),
            client: client.name.clone(),
        })),
    }
}

/// What `send` has done: as the old state says it, else as far as the lines do.
fn sending(
    args: &RunArgs,
    ground: &Ground,
    new: &mut Rebuilding,
    lines: &FolderLines<'_>,
) -> Result<Sending, CommandError> {
    if let Some(sending) = new.old.sending.take() {
        return Ok(sending);
    }
    if !has_sent(args)? {
        return Ok(Sending::default());
    }
    warn(
        "what `send` has handed over is known from sent.jsonl and failed.jsonl alone; the next `send` reports every other message of its outbox as doubtful and does not send it",
    );
    let correlation = &ground.options.correlation;
    sending_of(&args.out.out, lines.lengths(), correlation).map_err(impossible)
}

/// Whether `send` was ever about to hand a message over, or has refused one.
fn has_sent(args: &RunArgs) -> Result<bool, CommandError> {
    let paths = [Table::Sent, Table::Failed].map(|it| args.out.out.join(file_name(it)));
    for path in paths {
        if crate::base::disk::stat::is_there(&path).map_err(unreadable(&path))? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn say(args: &RunArgs, lines: &FolderLines<'_>, on_disk: &Lengths, replaced: Option<&str>) {
    let unknown = lines.unknown() as u64;
    if unknown > 0 {
        warn(&format!(
            "{} without a Message-ID that the mail does not have any more; if they turn up again they are decided again",
            counted(
                unknown,
                "decision is of a message",
                "decisions are of messages"
            )
        ));
    }
    if args.quiet {
        return;
    }
    let out = shown(&args.out.out);
    let cut: Vec<String> = Table::ALL
        .into_iter()
        .filter(|&table| lines.lengths().of(table) < on_disk.of(table))
        .map(file_name)
        .collect();
    if !cut.is_empty() {
        say_error(&format!(
            "mailtrack: note: {out}: what was not written to its end is cut off from {}",
            cut.join(", ")
        ));
    }
    let old = match replaced {
        Some(name) => format!("; the old one is kept as {name}"),
        None => String::new(),
    };
    say_error(&format!(
        "mailtrack: note: {out}/{STATE_FILE} was made anew from {}{old}",
        counted(lines.decisions() as u64, "decision", "decisions")
    ));
}

fn warn(text: &str) {
    say_error(&format!("mailtrack: warning: {text}"));
}

/// What a user can put right is a wrong argument.
fn impossible(error: RebuildError) -> CommandError {
    match error {
        RebuildError::Read { .. } | RebuildError::Unreadable { .. } => incomplete(error),
        RebuildError::Wrong { .. } | RebuildError::Lost { .. } => usage(error),
    }
}
