//! What `--verbose` tells of a run's stages.

use mailtrack::book::Book;
use mailtrack::decide::Decided;
use mailtrack::history::History;
use mailtrack::pipeline::Intake;

use crate::cli::BookArgs;

/// The book and the options.
pub(super) fn book_words(args: &BookArgs, book: &Book) -> String {
    let options = match &args.options {
        Some(path) => format!("options of {}", path.display()),
        None => "default options".into(),
    };
    let kinds = book
        .counts()
        .into_iter()
        .map(|(kind, count)| format!("{count} {kind}"));
    let kinds: Vec<String> = kinds.collect();
    format!(
        "book {}: {}; {} addresses; {options}",
        args.book.display(),
        kinds.join(", "),
        book.address_count()
    )
}

/// The mail that was read.
pub(super) fn intake_words(intake: &Intake, history: &History) -> String {
    let distinct = &intake.distinct;
    format!(
        "read: {} messages with {} distinct addresses, {} failures; {} messages seen by earlier runs",
        intake.mail.iter().filter(|mail| !mail.stands).count(),
        distinct.addresses.all().len(),
        intake.failures.len(),
        history.seen
    )
}

/// What was decided.
pub(super) fn decided_words(decided: &Decided) -> String {
    let tracked = decided.decisions.iter().filter(|it| it.reason.is_tracked());
    format!(
        "decided: {} of {} messages are tracked; {} records are new",
        tracked.count(),
        decided.decisions.len(),
        decided.created.of_this_run().len()
    )
}
