//! How many messages the proposed options would track.

use std::path::Path;

use anyhow::Context as _;

use crate::base::progress::Progress;
use crate::decide::pass::Remembered;
use crate::mail::intake::Intake;
use crate::options::Options;
use crate::run::basis::{book_of, know_tokens};
use crate::run::error::RunError;
use crate::run::session::Session;

/// Returns how many messages the written options would track; the text is parsed as in `run`.
///
/// # Errors
/// If the options do not fit the book, which would be a fault of the program, or the book cannot be read again.
pub(crate) fn tracked(
    (name, text): (&str, &str),
    book: &Path,
    intake: &Intake,
    reading: &Session<'_>,
    progress: &dyn Progress,
) -> Result<usize, RunError> {
    let options = Options::parse(name, text)
        .context("what was found gives no sound options; please report this");
    let mut options = options.map_err(RunError::Incomplete)?;
    let book = book_of(book, &[&options], reading.threads, progress)?;
    know_tokens(&mut options, &book);
    let session = Session {
        options: &options,
        book: &book,
        progress: &(),
        ..*reading
    };
    let resolver = session.resolve(&intake.distinct);
    let mut nothing = Remembered::default();
    let decisions = session.decide(&intake.mail, &resolver, &mut nothing, None);
    let decisions = decisions.decided.decisions.iter();
    Ok(decisions.filter(|it| it.reason.is_tracked()).count())
}
