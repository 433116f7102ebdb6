//! `mailtrack run`: the main job.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::base::terminal::shown;
use crate::base::threads::Threads;
use crate::book::Source;
use crate::book::present::Present;
use crate::decide::decision::Decided;
use crate::decide::duplicates;
use crate::decide::pass;
use crate::decide::pass::{Remembered, Telling};
use crate::mail::intake::Intake;
use crate::mail::source::{Place, Roots, Stamp};
use crate::options::Options;
use crate::output::Rows;
use crate::output::Sink;
use crate::output::state::State;
use crate::output::summary::Summary;
use crate::output::summary::counts::Timing;
use crate::output::summary::material::Material;
use crate::run::history::{Again, FilesRead, History};
use crate::run::write::BodyKind;
use jiff::Timestamp;

use super::given::given;
use super::progress::Bar;
use super::told::{book_words, decided_words, intake_words};
use super::{format, inside, rebuild};
use crate::base::terminal::counted;
use crate::cli::args::{BodyArg, RunArgs, RunOnceArgs};
use crate::cli::context::{
    CommandError, Ground, cards, ground, incomplete, now, say_error, sound, threads, unreadable,
    usage, wrong,
};
use crate::output::folder::OutFolder;

/// Exit status where anything could not be read and `--strict` was given.
pub(crate) const STATUS_FAILURES: u8 = 3;

/// What a run leaves to be told.
pub(crate) struct Ran {
    pub(crate) summary: Summary,
    /// Whether anything could not be read.
    pub(crate) has_failures: bool,
    /// The mail, which nobody needs any more.
    pub(crate) intake: Intake,
    /// What was decided, which nobody needs any more.
    pub(crate) decided: Decided,
}

/// Runs the command.
pub fn run(args: &RunOnceArgs) -> Result<u8, CommandError> {
    let RunOnceArgs {
        run: args,
        rebuild_state,
    } = args;
    let started = Instant::now();
    format::check(args.format)?;
    let now = now(args.book.now.as_deref())?;
    let threads = threads(args.threads)?;
    let bar = Bar::new(args.quiet).telling(args.verbose, started);
    let ground = ground(&args.book, now, !args.out.dry_run, &threads)?;
    if *rebuild_state {
        rebuild::run(args, &ground, now, &threads, &bar)?;
    }
    let Ran {
        summary,
        has_failures,
        intake,
        decided,
    } = once(args, &ground, now, started, &threads, &bar)?;
    // The program ends, and the system has its memory back at once: to free it address by address takes a tenth of a run.
    std::mem::forget((intake, decided, ground));
    summary
        .warnings
        .iter()
        .for_each(|warning| say_error(&format!("mailtrack: warning: {warning}")));
    format::warn_of_old(args.format, &args.out)?;
    if !args.quiet {
        say(args, &summary)?;
    }
    Ok(if args.strict && has_failures {
        STATUS_FAILURES
    } else {
        0
    })
}

/// One whole run, which has ended and let go of everything where it gives a summary.
pub(crate) fn once(
    args: &RunArgs,
    ground: &Ground,
    now: Timestamp,
    started: Instant,
    threads: &Threads,
    bar: &Bar,
) -> Result<Ran, CommandError> {
    let book_time = started.elapsed();
    bar.tell(|| book_words(&args.book, &ground.book));
    let cards = cards(args.vcards.as_deref())?;
    let roots = Roots::of(&args.mail).map_err(usage)?;
    inside::check(&args.out.out, &args.mail)?;
    let fingerprint = fingerprint(args, &ground.options)?;
    let mut folder = OutFolder::open(&args.out, &ground.options)?;
    let TakenIn {
        history,
        intake,
        files,
        mut remembered,
    } = take_in(
        args,
        ground,
        &roots,
        (folder.state.as_ref(), &fingerprint),
        threads,
        bar,
    )?;
    let read_time = started.elapsed();
    bar.tell(|| intake_words(&intake, &history));
    let Ground {
        options,
        rules,
        book,
        note,
        doubt,
    } = ground;
    if let Some(cards) = &cards {
        remembered.people = cards.people(&intake.distinct.addresses, options, &rules.names);
    }
    let resolver = pass::resolve(book, options, &intake.distinct, now, threads);
    let present = Present::new(book, options, now, threads);
    let mail = &intake.mail;
    let telling = Telling {
        traced: None,
        progress: bar,
    };
    let decide = || {
        duplicates::decide(
            mail,
            &resolver,
            rules,
            &mut remembered,
            telling,
            &present,
            threads,
        )
    };
    let ((decided, _), taken) = threads.both(decide, || folder.take_files(files));
    taken?;
    let decide_time = started.elapsed();
    bar.tell(|| decided_words(&decided));
    let rows = Rows {
        resolver: &resolver,
        decided: &decided,
        mail: &intake.mail,
        rules,
        cards: cards.as_ref(),
    };
    let decided_under_others = folder.decided_under_others(&fingerprint)?;
    let decided_under_others = decided_under_others.saturating_sub(history.decided_anew());
    let given = given(args, options, now)?;
    let changes = || history.changes(&rows, &intake.failures, fingerprint, Some(given));
    let failures = history.new_failures(&intake.failures);
    let write = |sink: &mut (dyn Sink + Send)| {
        let (body, max_size) = (body(args), args.max_size);
        crate::run::write::write(&rows, sink, body, max_size, &failures, threads, bar)
    };
    let sum_up = |written| {
        Summary::new(Material {
            rows: &rows,
            written: &written,
            files: intake.files,
            failures: &intake.failures,
            skipped: &intake.skipped,
            unread: intake.unread,
            seen: history.seen,
            has_earlier: remembered.has_activities,
            decided_under_others,
            book_note: note.as_deref(),
            book_doubts: doubt.iter().cloned().chain(present.doubt()).collect(),
            now: Timestamp::from_second(now.as_second())
                .unwrap_or(now)
                .to_string(),
        })
    };
    let mut summary = folder.write(changes, threads, write, sum_up)?;
    if !summary.adds_up() {
        return Err(CommandError::Incomplete(anyhow::anyhow!(
            "the counts of this run do not add up, so nothing was written; please report this"
        )));
    }
    sound(book)?;
    summary.timing = timing(
        started.elapsed(),
        [book_time, read_time, decide_time],
        summary.messages.total,
        threads.count(),
    );
    folder.commit(&summary)?;
    if let Some(form) = args.format {
        format::write(form, &args.out)?;
    }
    bar.tell(|| match args.out.dry_run {
        true => "nothing is written: --dry-run".into(),
        false => format!("written and kept: {}", shown(&args.out.out)),
    });
    bar.clear();
    drop(resolver);
    Ok(Ran {
        summary,
        has_failures: !intake.failures.is_empty(),
        intake,
        decided,
    })
}

/// The mail of a run, and what earlier runs have left of it.
pub(crate) struct TakenIn {
    pub(crate) history: History,
    pub(crate) intake: Intake,
    pub(crate) files: FilesRead,
    pub(crate) remembered: Remembered,
}

/// Reads the mail that is new, and recalls what it asks for.
pub(crate) fn take_in(
    args: &RunArgs,
    ground: &Ground,
    roots: &Roots<'_>,
    (state, fingerprint): (Option<&State>, &[u8]),
    threads: &Threads,
    bar: &Bar,
) -> Result<TakenIn, CommandError> {
    let again = Again {
        files: args.recheck,
        decisions: args.again,
    };
    let mut history = History::default();
    let takes_stamps = match state {
        Some(state) => history.begin(state, again).map_err(incomplete)?,
        None => false,
    };
    let mut listing = roots.walk(takes_stamps, threads);
    bar.tell(|| {
        format!(
            "mail: {} listed",
            counted(listing.count() as u64, "file", "files")
        )
    });
    if let Some(state) = state.filter(|_| takes_stamps) {
        let left_out = history.leave_out_unchanged(&mut listing, state);
        left_out.map_err(incomplete)?;
    }
    // Where all are opened, the system need not look up a path once more for the stamp of an open file.
    let discovered = listing.files(state.is_some() && !takes_stamps);
    let mut intake =
        crate::mail::read::heads::read(discovered, &ground.rules, args.max_size, threads, bar);
    let (mut files, mut remembered) = (FilesRead::default(), Remembered::default());
    if let Some(state) = state {
        let seen = history.leave_out_seen(&mut intake, state, again, fingerprint);
        files = seen.map_err(incomplete)?;
        let recalled = history.recall(&mut intake, state, &ground.options.correlation);
        remembered = recalled.map_err(incomplete)?;
    }
    Ok(TakenIn {
        history,
        intake,
        files,
        remembered,
    })
}

/// Tells later runs whether the options or the book have changed: the options in force that decide anything, and the
/// name, size and time of each file of the book and of the rules that were given.
pub(crate) fn fingerprint(args: &RunArgs, options: &Options) -> Result<Vec<u8>, CommandError> {
    let mut text = toml::to_string(&options.effective.that_decides()).map_err(wrong)?;
    let mut files = Vec::new();
    let paths = [Some(&args.book.book), args.book.rules.as_ref()];
    for path in paths.into_iter().flatten() {
        if matches!(Source::of(path).map_err(usage)?, Source::Built(_)) {
            files.push(path.clone());
        }
        files.extend(within(path)?);
    }
    files.sort();
    for file in &files {
        let meta = crate::base::disk::stat::metadata(file).map_err(unreadable(file))?;
        if let Some(meta) = meta.filter(|meta| meta.is_file()) {
            let stamp = Stamp::of(&meta);
            text.push_str(&format!("{:?} {stamp:?}\n", file.file_name()));
        }
    }
    Ok(Place::default().within(&text).0.to_le_bytes().into())
}

/// What is in a folder; nothing if it is none, such as a built book or the URL of a database.
pub(crate) fn within(path: &Path) -> Result<Vec<PathBuf>, CommandError> {
    let is_folder = match Source::of(path).map_err(usage)? {
        Source::Folder(path) => {
            crate::base::disk::stat::is_folder(&path).map_err(unreadable(&path))?
        }
        _ => false,
    };
    if !is_folder {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(path).map_err(unreadable(path))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    paths.collect::<io::Result<_>>().map_err(unreadable(path))
}

fn body(args: &RunArgs) -> BodyKind {
    match args.body {
        // Bodies change no decision, and a dry run writes none.
        _ if args.out.dry_run => BodyKind::None,
        BodyArg::Text => BodyKind::Text,
        BodyArg::Html => BodyKind::Html,
        BodyArg::None => BodyKind::None,
    }
}

fn timing(
    total: Duration,
    [book, read, decide]: [Duration; 3],
    messages: u64,
    threads: usize,
) -> Timing {
    let seconds = |duration: Duration| (duration.as_secs_f64() * 1000.0).round() / 1000.0;
    Timing {
        book_seconds: seconds(book),
        read_seconds: seconds(read.saturating_sub(book)),
        decide_seconds: seconds(decide.saturating_sub(read)),
        write_seconds: seconds(total.saturating_sub(decide)),
        total_seconds: seconds(total),
        messages_per_second: (messages as f64 / total.as_secs_f64().max(1e-9)).round(),
        threads,
    }
}

fn say(args: &RunArgs, summary: &Summary) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    write!(out, "{}", summary.words())?;
    if args.out.dry_run {
        writeln!(out, "dry run: nothing was written")?;
    } else {
        writeln!(out, "written to {}", shown(&args.out.out))?;
    }
    out.flush()?;
    Ok(())
}
