//! `mailtrack explain`: the whole chain that led to one decision.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use mailtrack::activity::Rows;
use mailtrack::book::present::Present;
use mailtrack::duplicates;
use mailtrack::earlier::Earlier;
use mailtrack::explain::Explanation;
use mailtrack::pipeline::{self, Intake, Remembered, Telling};
use mailtrack::source::discover;

use super::progress::Bar;
use super::{
    CommandError, Ground, cards, ground_as_it_is, now, say_error, sound, threads, usage, warn,
    wrong,
};
use crate::cli::ExplainArgs;

/// Larger messages than `run` reads by default are explained too.
const MAX_SIZE_BYTES: u64 = 1 << 32;

/// The message that is asked for: a file, and what its source has after the file's name, `#N` in an mbox or `/PATH` in an
/// archive.
struct Wanted {
    file: PathBuf,
    within: String,
}

/// Runs the command.
pub fn run(args: &ExplainArgs) -> Result<u8, CommandError> {
    let wanted = Wanted::parse(&args.message)?;
    let threads = threads(0)?;
    let now = now(args.book.now.as_deref())?;
    let mut ground = ground_as_it_is(&args.book, now, &threads)?;
    let bar = Bar::new(false);
    let mail = if args.mail.is_empty() {
        vec![wanted.file.clone()]
    } else {
        args.mail.clone()
    };
    let discovered = discover(&mail, &threads).map_err(usage)?;
    let mut intake = pipeline::read(discovered, &ground.rules, MAX_SIZE_BYTES, &threads, &bar);
    let Some(mut at) = wanted.find(&intake)? else {
        return failed(&intake, args);
    };
    if args.mail.is_empty() {
        // Alone: what else its file holds does not count.
        let mail = intake.mail.swap_remove(at);
        intake.mail = vec![mail];
        at = 0;
    }
    let cards = cards(args.vcards.as_deref())?;
    let mut earlier = match &args.out {
        Some(folder) => earlier(folder, &wanted, &mut intake, &mut ground)?,
        None => Remembered::default(),
    };
    let Ground {
        options,
        rules,
        book,
        ..
    } = &ground;
    if let Some(cards) = &cards {
        earlier.people = cards.people(&intake.distinct.addresses, options, &rules.names);
    }
    let resolver = pipeline::resolve(book, options, &intake.distinct, now, &threads);
    let present = Present::new(book, options, now, &threads);
    let (decided, trace) = duplicates::decide(
        &intake.mail,
        &resolver,
        rules,
        &mut earlier,
        Telling {
            traced: Some(at as u32),
            progress: &bar,
        },
        &present,
        &threads,
    );
    warn("book", present.doubt().as_slice());
    let rows = Rows {
        resolver: &resolver,
        decided: &decided,
        mail: &intake.mail,
        cards: cards.as_ref(),
    };
    bar.clear();
    let Some(decision) = decided
        .decisions
        .iter()
        .find(|decision| decision.message as usize == at)
    else {
        return Err(wrong("the message was not decided; please report this"));
    };
    let explanation = Explanation::new(&rows, decision, trace.into_steps(), rules);
    sound(book)?;
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(
            out,
            "{}",
            serde_json::to_string_pretty(&explanation).map_err(wrong)?
        )?;
    } else {
        write!(out, "{}", explanation.words())?;
        if args.mail.is_empty() && args.out.is_none() {
            writeln!(
                out,
                "\nDecided alone. What depends on other mail (duplicates, replies, folders, records created before)\nis seen with --mail MAIL, the mail that `run` was given, or with --out DIR, its output."
            )?;
        }
    }
    out.flush()?;
    Ok(0)
}

impl Wanted {
    fn parse(message: &Path) -> Result<Wanted, CommandError> {
        let text = message.to_string_lossy();
        let file_of = |file: &str| Wanted {
            file: file.into(),
            within: text.get(file.len()..).unwrap_or_default().to_owned(),
        };
        if message.exists() {
            return Ok(Wanted {
                file: message.into(),
                within: String::new(),
            });
        }
        let mut ends = text.match_indices('/').map(|(at, _)| at);
        let archive = ends.find_map(|at| text.get(..at).filter(|file| Path::new(file).is_file()));
        let numbered = text
            .rsplit_once('#')
            .filter(|(file, number)| number.parse::<usize>().is_ok() && Path::new(file).is_file());
        match (numbered, archive) {
            (Some((file, _)), _) | (None, Some(file)) => Ok(file_of(file)),
            (None, None) => Err(wrong(format!(
                "{}: no such file; give a message file, FILE.mbox#N, or ARCHIVE.zip/PATH",
                message.display()
            ))),
        }
    }

    /// The number of the message among those that were read; `None` where it could not be read.
    fn find(&self, intake: &Intake) -> Result<Option<usize>, CommandError> {
        let same = |path: &Path| {
            path == self.file || path.canonicalize().ok() == self.file.canonicalize().ok()
        };
        let name = self.file.file_name();
        let is_in_file = |path: &Path| path.file_name() == name && same(path);
        let is_it = |source: &mailtrack::source::Source| {
            is_in_file(&source.path()) && source.name().ends_with(&*self.within)
        };
        let found: Vec<usize> = (0..intake.mail.len())
            .filter(|&at| is_it(&intake.mail[at].source))
            .collect();
        match found.as_slice() {
            [one] => Ok(Some(*one)),
            [] if intake.failures.is_empty() => Err(wrong(format!(
                "{}: is not among the messages of the mail",
                self.file.display()
            ))),
            [] => Ok(None),
            several => {
                let is_archive = several
                    .iter()
                    .any(|&at| intake.mail[at].source.is_in_archive());
                let message = format!(
                    "{0}: holds {1} messages; name one as {0}{2}",
                    self.file.display(),
                    several.len(),
                    if is_archive { "/PATH" } else { "#N" },
                );
                Err(wrong(message))
            }
        }
    }
}

/// A message that could not be read has no decision: it is a line in failures.
fn failed(intake: &Intake, args: &ExplainArgs) -> Result<u8, CommandError> {
    let message = args.message.to_string_lossy();
    let is_it = |source: &str| message.ends_with(source) || source.ends_with(&*message);
    let found = intake
        .failures
        .iter()
        .find(|failure| is_it(&failure.source));
    let Some(failure) = found.or(intake.failures.first().filter(|_| args.mail.is_empty())) else {
        return Err(wrong(format!(
            "{message}: is not among the messages of the mail"
        )));
    };
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(
            out,
            "{}",
            serde_json::json!({ "failure": { "source": failure.source, "error": failure.error } })
        )?;
    } else {
        writeln!(
            out,
            "{}: goes to failures: {}",
            mailtrack::terminal::plain(&failure.source),
            mailtrack::terminal::plain(&failure.error)
        )?;
    }
    Ok(0)
}

/// The state before the message, as an earlier run's output has it.
fn earlier(
    folder: &Path,
    wanted: &Wanted,
    intake: &mut Intake,
    ground: &mut Ground,
) -> Result<Remembered, CommandError> {
    let Some(mail) = intake.mail.first_mut() else {
        return Ok(Remembered::default());
    };
    let name = wanted
        .file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let name = name + &wanted.within;
    let identity = intake.distinct.identities.get(mail.envelope.identity);
    let mut earlier = Earlier::load(folder, identity, &name).map_err(usage)?;
    match (&earlier.recorded, earlier.folder()) {
        (Some(recorded), Some(folder)) => {
            mail.source = mail.source.renamed(&recorded.source, &folder);
        }
        _ => say_error(&format!(
            "mailtrack: note: {} has no decision of this message; all that it holds counts as earlier",
            folder.display()
        )),
    }
    ground.book.add_emails(std::mem::take(&mut earlier.emails));
    Ok(earlier.remembered(&mut intake.distinct.addresses))
}
