//! `mailtrack explain`: explains the decision on one message.

use std::io::Write as _;

use super::given::{BookChoice, choose};
use super::progress::Bar;
use crate::base::terminal::plain;
use crate::cli::args::ExplainArgs;
use crate::cli::console::Console;
use crate::cli::context::threads;
use crate::cli::error::{CommandError, wrong};
use crate::decide::pass::Remembered;
use crate::inspect::explain::Explanation;
use crate::inspect::explain::before::before;
use crate::inspect::explain::folder_search::{FolderSearch, FoundMessage};
use crate::inspect::explain::query::MessageQuery;
use crate::mail::intake::{Intake, MessageNumber};
use crate::run::basis::{Basis, cards, check_undamaged};
use crate::run::session::{Decisions, Session};

/// Size in bytes above which a message is not explained; larger than the default of `run`.
const MAX_SIZE_BYTES: u64 = 1 << 32;

/// Runs the command.
pub(crate) fn run(args: &ExplainArgs, console: &Console<'_>) -> Result<u8, CommandError> {
    let has_mail = !args.mail.is_empty() || args.out.is_some();
    let wanted = MessageQuery::parse(&args.message, has_mail)?;
    let threads = threads(0)?;
    let folder = args.out.as_deref().map(FolderSearch::open).transpose()?;
    let found = match &folder {
        Some(folder) => folder.find(&wanted, &threads)?,
        None => FoundMessage::in_mail(&args.mail, &wanted, &threads)?,
    };
    let BookChoice { basis, vcards } = choose(args, found.given.as_ref(), console)?;
    let now = basis.now();
    let mut basis = Basis::load_as_it_is(&basis, now, &threads, console)?;
    let bar = Bar::new(false, console);
    let read = Session::new(&basis, None, now, &threads, &bar);
    let mut intake = read.read(found.discovered, MAX_SIZE_BYTES);
    let Some(mut at) = wanted.place(found.source.as_deref(), &intake)? else {
        bar.clear();
        return print_failure(&wanted, &intake, args, console);
    };
    if args.mail.is_empty() {
        // Without --mail, the message is decided alone, without other messages in its file.
        let mail = intake.mail.swap_remove(at);
        intake.mail = vec![mail];
        at = 0;
    }
    let cards = cards(vcards.as_deref(), &bar)?;
    let mut earlier = match &folder {
        Some(folder) => before(
            folder,
            &wanted,
            found.source,
            &mut intake,
            &mut basis,
            console,
        )?,
        None => Remembered::default(),
    };
    let at = MessageNumber(at as u32);
    let session = Session::new(&basis, cards.as_ref(), now, &threads, &bar);
    let resolver = session.resolve(&intake.distinct);
    let Decisions {
        decided,
        trace,
        doubt,
    } = session.decide(&intake.mail, &resolver, &mut earlier, Some(at));
    console.warnings("book", doubt.as_slice());
    let rows = session.rows(&resolver, &decided, &intake.mail);
    bar.clear();
    let Some(decision) = decided
        .decisions
        .iter()
        .find(|decision| decision.message == at)
    else {
        return Err(wrong("the message was not decided; please report this"));
    };
    let explanation = Explanation::new(&rows, decision, trace.into_steps(), &basis.rules);
    check_undamaged(&basis.book)?;
    print(&explanation, args, console)?;
    Ok(0)
}

fn print(
    explanation: &Explanation<'_>,
    args: &ExplainArgs,
    console: &Console<'_>,
) -> Result<(), CommandError> {
    let mut out = console.out();
    if args.json {
        let text = serde_json::to_string_pretty(explanation).map_err(wrong)?;
        writeln!(out, "{text}")?;
    } else {
        write!(out, "{}", explanation.words())?;
        if args.mail.is_empty() && args.out.is_none() {
            writeln!(
                out,
                "\nDecided on its own. To take other mail into account (duplicates, replies, folders, records created before),\ngive --mail MAIL, the mail that `run` was given, or --out DIR, its output."
            )?;
        }
    }
    out.flush()?;
    Ok(())
}

/// Prints the failure of a message that could not be read, which has no decision.
fn print_failure(
    wanted: &MessageQuery,
    intake: &Intake,
    args: &ExplainArgs,
    console: &Console<'_>,
) -> Result<u8, CommandError> {
    let alone = intake.failures.first().filter(|_| args.mail.is_empty());
    let Some(failure) = wanted.failure(&intake.failures).or(alone) else {
        return Err(wanted.nowhere("the mail").into());
    };
    let mut out = console.out();
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
            plain(&failure.source),
            plain(&failure.error)
        )?;
    }
    Ok(0)
}
