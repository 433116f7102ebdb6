//! One run: its stages in order.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::basis::{Basis, cards, check_undamaged};
use super::error::{RunError, usage};
use super::fingerprint::fingerprint;
use super::given::given;
use super::session::{Decisions, Session};
use super::settings::RunSettings;
use super::take_in::{TakenIn, take_in};
use super::words::{book_words, decided_words, intake_words};
use super::{inside, write};
use crate::base::progress::Progress;
use crate::base::terminal::shown;
use crate::base::threads::Threads;
use crate::decide::decision::Decided;
use crate::mail::intake::Intake;
use crate::mail::source::Roots;
use crate::output::Sink;
use crate::output::folder::OutFolder;
use crate::output::summary::Summary;
use crate::output::summary::counts::Timing;
use crate::output::summary::material::Material;

/// The results of a run.
pub(crate) struct Ran {
    /// Its summary.
    pub summary: Summary,
    /// Whether a file or message could not be read.
    pub has_failures: bool,
    /// The mail, which is not needed any more and is returned so that the caller decides when to free it.
    pub intake: Intake,
    /// The decisions, likewise.
    pub decided: Decided,
}

/// Runs once over the mail: reads, decides, writes and commits. `started` is the time when loading `basis` began.
///
/// # Errors
/// If an argument is wrong, in which case nothing is written, or the system reports an error; then nothing of the run
/// counts.
pub(crate) fn once(
    settings: &RunSettings,
    basis: &Basis,
    now: Timestamp,
    started: Instant,
    threads: &Threads,
    progress: &dyn Progress,
) -> Result<Ran, RunError> {
    let book_time = started.elapsed();
    progress.done(&|| book_words(&settings.basis, &basis.book));
    let cards = cards(settings.vcards.as_deref(), progress)?;
    let roots = Roots::of(&settings.mail).map_err(usage)?;
    inside::check(&settings.out.path, &settings.mail)?;
    let fingerprint = fingerprint(&settings.basis, &basis.options)?;
    let mut folder = OutFolder::open(&settings.out, &basis.options)?;
    let TakenIn {
        history,
        intake,
        files,
        mut remembered,
    } = take_in(
        (settings.again, settings.max_size),
        basis,
        &roots,
        (folder.state.as_ref(), &fingerprint),
        threads,
        progress,
    )?;
    let read_time = started.elapsed();
    progress.done(&|| intake_words(&intake, &history));
    let session = Session::new(basis, cards.as_ref(), now, threads, progress);
    let resolver = session.resolve(&intake.distinct);
    let (decisions, taken) = threads.both(
        || session.decide(&intake.mail, &resolver, &mut remembered, None),
        || folder.take_files(&files.rows()),
    );
    taken?;
    let Decisions { decided, doubt, .. } = decisions;
    let decide_time = started.elapsed();
    progress.done(&|| decided_words(&decided));
    let rows = session.rows(&resolver, &decided, &intake.mail);
    let decided_under_others = folder.decided_under_others(&fingerprint)?;
    let decided_under_others = decided_under_others.saturating_sub(history.decided_anew());
    let given = given(settings, &basis.options, now)?;
    let changes = || history.changes(&rows, &intake.failures, fingerprint, Some(given));
    let failures = history.new_failures(&intake.failures);
    // A dry run needs no bodies: they affect no decision.
    let body = match settings.out.dry_run {
        true => write::BodyKind::None,
        false => settings.body,
    };
    let write = |sink: &mut (dyn Sink + Send)| {
        write::write(
            &rows,
            sink,
            body,
            settings.max_size,
            &failures,
            threads,
            progress,
        )
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
            book_note: basis.note.as_deref(),
            book_doubts: basis.doubt.iter().cloned().chain(doubt).collect(),
            now: Timestamp::from_second(now.as_second())
                .unwrap_or(now)
                .to_string(),
        })
    };
    let mut summary = folder.write(changes, threads, write, sum_up)?;
    if !summary.adds_up() {
        return Err(RunError::Incomplete(anyhow::anyhow!(
            "the counts of this run do not add up, so nothing was written; please report this"
        )));
    }
    check_undamaged(&basis.book)?;
    summary.timing = timing(
        started.elapsed(),
        [book_time, read_time, decide_time],
        summary.messages.total,
        threads.count(),
    );
    folder.commit(&summary)?;
    progress.done(&|| match settings.out.dry_run {
        true => "nothing is written: --dry-run".into(),
        false => format!("written and kept: {}", shown(&settings.out.path)),
    });
    drop(resolver);
    Ok(Ran {
        summary,
        has_failures: !intake.failures.is_empty(),
        intake,
        decided,
    })
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
