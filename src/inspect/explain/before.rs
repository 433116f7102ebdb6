//! What an earlier run knew before it decided a message.

use super::earlier::Earlier;
use super::folder_search::FolderSearch;
use super::query::MessageQuery;
use crate::base::progress::Progress;
use crate::decide::pass::Remembered;
use crate::mail::intake::Intake;
use crate::run::basis::Basis;
use crate::run::error::RunError;

/// Returns what runs into the folder had decided before the message.
///
/// # Errors
/// If the folder cannot be read.
pub(crate) fn before(
    folder: &FolderSearch,
    wanted: &MessageQuery,
    source: Option<Box<str>>,
    intake: &mut Intake,
    basis: &mut Basis,
    progress: &dyn Progress,
) -> Result<Remembered, RunError> {
    let Some(mail) = intake.mail.first_mut() else {
        return Ok(Remembered::default());
    };
    let identity = intake.distinct.identities.get(mail.envelope.identity);
    // If the message's source is unknown, the end of a source is compared: the run may have been given any parent
    // folder.
    let file = wanted.file.as_ref().map(|(file, within)| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        format!("{name}{within}")
    });
    let is_it = |it: &str| match (&source, &file) {
        (Some(source), _) => it == &**source,
        (None, Some(file)) => it == file || it.ends_with(&format!("/{file}")),
        (None, None) => false,
    };
    let mut earlier = Earlier::load(&folder.committed, identity, is_it)?;
    match (&earlier.recorded, earlier.folder()) {
        (Some(recorded), _) if *mail.source.name() == **recorded => (),
        (Some(recorded), Some(of)) => mail.source = mail.source.renamed(recorded, &of),
        _ => progress.note(&format!(
            "{} has no decision for this message; everything in it counts as earlier",
            folder.path.display()
        )),
    }
    basis.book.add_emails(std::mem::take(&mut earlier.emails));
    Ok(earlier.remembered(&mut intake.distinct.addresses))
}
