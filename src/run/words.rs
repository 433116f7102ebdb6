//! The lines that `--verbose` prints about the stages of a run.

use crate::base::terminal::counted;
use crate::book::{Book, BookSource};
use crate::decide::decision::Decided;
use crate::mail::intake::Intake;

use super::history::History;
use super::settings::BasisSettings;

/// Returns the line about the book and the options.
pub(crate) fn book_words(settings: &BasisSettings, book: &Book) -> String {
    let options = match &settings.options {
        Some(path) => format!("options of {}", path.display()),
        None => "default options".into(),
    };
    let kinds = book
        .counts()
        .into_iter()
        .map(|(kind, count)| format!("{count} {kind}"));
    let kinds: Vec<String> = kinds.collect();
    // A database URL without its password.
    let name = match BookSource::of(&settings.book) {
        Ok(source) => source.name(),
        Err(error) => error.to_string(),
    };
    format!(
        "book {}: {}; {}; {options}",
        name,
        kinds.join(", "),
        counted(book.address_count(), "address", "addresses")
    )
}

/// Returns the line about the mail that was read.
pub(crate) fn intake_words(intake: &Intake, history: &History) -> String {
    let distinct = &intake.distinct;
    let new = intake.mail.iter().filter(|mail| !mail.stands).count();
    format!(
        "read: {} with {}, {}; {} seen by earlier runs",
        counted(new as u64, "message", "messages"),
        counted(
            distinct.addresses.all().len() as u64,
            "distinct address",
            "distinct addresses"
        ),
        counted(intake.failures.len() as u64, "failure", "failures"),
        counted(history.seen, "message", "messages")
    )
}

/// Returns the line about the decisions.
pub(crate) fn decided_words(decided: &Decided) -> String {
    let tracked = decided.decisions.iter().filter(|it| it.reason.is_tracked());
    format!(
        "decided: {} of {} tracked, {}",
        tracked.count(),
        counted(decided.decisions.len() as u64, "message", "messages"),
        counted(
            decided.created.of_this_run().len() as u64,
            "new record",
            "new records"
        )
    )
}
