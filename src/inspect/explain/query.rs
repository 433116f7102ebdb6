//! The message that `explain` is to explain, and how it is found in mail.

use crate::run::error::{RunError, unreadable, wrong};
use std::fs::FileType;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::base::disk;

use crate::mail::intake::Intake;
use crate::mail::message::message_id;
use crate::mail::source::MessageSource;
use crate::mail::source::failure::Failure;

use crate::base::terminal::counted;

/// At most this many messages are listed.
const LISTED_MAX: usize = 20;

/// The forms in which a message can be named.
const WHAT_IT_TAKES: &str = "a message file, FILE.mbox#N or ARCHIVE.zip/PATH; with --mail or --out also a source as the program prints it (Inbox/7.eml), or a Message-ID";

/// The message to explain.
pub(crate) struct MessageQuery {
    /// The text as typed.
    text: String,
    /// The file that the text names, and the rest of the text: `#N` for an mbox, `/PATH` for an archive.
    pub(crate) file: Option<(PathBuf, String)>,
}

/// The source and the Message-ID of a message in a list.
pub(crate) type Hit = (Box<str>, Option<Box<str>>);

impl MessageQuery {
    /// Parses what was typed. `has_mail` is whether there is mail in which to look up a source or a Message-ID.
    ///
    /// # Errors
    /// If it names a folder or anything else that is not a file, or cannot name a message.
    pub(crate) fn parse(message: &Path, has_mail: bool) -> Result<MessageQuery, RunError> {
        let text = message.to_string_lossy().into_owned();
        if let Some(kind) = kind_of(message)?.filter(|it| !it.is_file()) {
            return Err(wrong(format!(
                "{text}: is {}; explain takes one message: {WHAT_IT_TAKES}",
                disk::noun(kind)
            )));
        }
        let file = file_in(message, &text)?;
        if file.is_none() && !has_mail {
            return Err(wrong(format!(
                "{text}: no such file; explain takes {WHAT_IT_TAKES}"
            )));
        }
        Ok(MessageQuery { text, file })
    }

    /// Returns the text as typed.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Returns whether the text is this source or Message-ID, as written in output.
    pub(crate) fn names(&self, source: &str, id: Option<&str>) -> bool {
        source == self.text || id.is_some() && id == message_id::identity(&self.text).as_deref()
    }

    /// Returns the index of the message among those that were read; `None` if it could not be read. `source` is its
    /// source in a run, if a run has read it.
    ///
    /// # Errors
    /// If no message matches, or several do.
    pub(crate) fn place(
        &self,
        source: Option<&str>,
        intake: &Intake,
    ) -> Result<Option<usize>, RunError> {
        let of_source = |source| {
            let mut all = intake.mail.iter();
            all.position(|mail| mail.source.name() == source)
        };
        if let Some(at) = source.and_then(of_source) {
            return Ok(Some(at));
        }
        match self.among(intake).as_slice() {
            [one] => Ok(Some(*one)),
            [] if intake.failures.is_empty() => Err(self.nowhere("the mail")),
            [] => Ok(None),
            several => {
                let sources: Vec<&MessageSource> =
                    several.iter().map(|&at| &intake.mail[at].source).collect();
                if self.file.is_some() {
                    return Err(self.several_in_file(&sources));
                }
                let hit = |&at: &usize| -> Hit {
                    let mail = &intake.mail[at];
                    let id = intake
                        .distinct
                        .identities
                        .message_id(mail.envelope.identity);
                    (mail.source.name().into(), id.map(Into::into))
                };
                let hits: Vec<Hit> = several.iter().map(hit).collect();
                Err(self.several(hits))
            }
        }
    }

    /// Returns the indices of the messages that match: those in the file, else those with this source or Message-ID.
    fn among(&self, intake: &Intake) -> Vec<usize> {
        let by = |is_it: &dyn Fn(usize) -> bool| -> Vec<usize> {
            (0..intake.mail.len()).filter(|&at| is_it(at)).collect()
        };
        let in_file = by(&|at| self.is_file(&intake.mail[at].source));
        if !in_file.is_empty() {
            return in_file;
        }
        let identities = &intake.distinct.identities;
        by(&|at| {
            let mail = &intake.mail[at];
            let id = identities.message_id(mail.envelope.identity);
            self.names(&mail.source.name(), id)
        })
    }

    /// Returns whether a message is in the file that the text names, at the named position.
    fn is_file(&self, source: &MessageSource) -> bool {
        let Some((file, within)) = &self.file else {
            return false;
        };
        let is_there = || {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            within.is_empty() || source.name().ends_with(&format!("{name}{within}"))
        };
        is_same(file, &source.path()) && is_there()
    }

    /// Returns the failure of the message, if it could not be read.
    pub(crate) fn failure<'f>(&self, failures: &'f [Failure]) -> Option<&'f Failure> {
        let of_file = |source: &str| {
            let is_it = |(file, within): &(PathBuf, String)| {
                format!("{}{within}", file.display()).ends_with(source)
            };
            self.file.as_ref().is_some_and(is_it)
        };
        failures
            .iter()
            .find(|failure| *failure.source == self.text || of_file(&failure.source))
    }

    /// Returns an error that lists several matching messages.
    pub(crate) fn several(&self, mut hits: Vec<Hit>) -> RunError {
        hits.sort();
        let listed = hits.iter().take(LISTED_MAX).map(|(source, id)| match id {
            Some(id) => format!("\n  {source}  <{id}>"),
            None => format!("\n  {source}"),
        });
        let more = more_words(hits.len());
        wrong(format!(
            "{}: {}; give one by its source, or by its Message-ID if sources are alike:{}{more}",
            self.text,
            counted(hits.len() as u64, "message", "messages"),
            listed.collect::<String>()
        ))
    }

    /// Returns an error that lists the messages of the file in the form in which they can be typed.
    fn several_in_file(&self, hits: &[&MessageSource]) -> RunError {
        let form = match hits.iter().any(|it| it.is_in_archive()) {
            true => "/PATH",
            false => "#N",
        };
        let name = Path::new(&self.text).file_name().unwrap_or_default();
        let name = name.to_string_lossy();
        let listed = hits.iter().take(LISTED_MAX).map(|it| {
            let source = it.name();
            let within = source.rfind(&*name).map(|at| &source[at + name.len()..]);
            format!("\n  {}{}", self.text, within.unwrap_or_default())
        });
        let more = more_words(hits.len());
        wrong(format!(
            "{0}: holds {1} messages; name one as {0}{form}:{2}{more}",
            self.text,
            hits.len(),
            listed.collect::<String>()
        ))
    }

    /// Returns an error for a message that does not exist.
    pub(crate) fn nowhere(&self, place: &str) -> RunError {
        wrong(format!(
            "{}: is not among the messages of {place}; explain takes {WHAT_IT_TAKES}",
            self.text
        ))
    }
}

/// Returns a line about the hits that a list leaves out; empty if it leaves out none.
fn more_words(hits: usize) -> String {
    match hits.saturating_sub(LISTED_MAX) {
        0 => String::new(),
        more => format!("\n  ... and {more} more"),
    }
}

/// Returns the file on the disk that the text names, and the rest of the text.
fn file_in(message: &Path, text: &str) -> Result<Option<(PathBuf, String)>, RunError> {
    let is_file = |path: &Path| Ok::<_, RunError>(kind_of(path)?.is_some_and(|it| it.is_file()));
    if is_file(message)? {
        return Ok(Some((message.into(), String::new())));
    }
    let within = |file: &str| Some((file.into(), text.get(file.len()..)?.to_owned()));
    if let Some((file, number)) = text.rsplit_once('#')
        && number.parse::<usize>().is_ok()
        && is_file(Path::new(file))?
    {
        return Ok(within(file));
    }
    for (at, _) in text.match_indices('/') {
        let archive = text.get(..at).unwrap_or_default();
        if is_file(Path::new(archive))? {
            return Ok(within(archive));
        }
    }
    Ok(None)
}

/// Returns the type of the file at a path. A text that cannot be a path, such as a long Message-ID, names nothing.
fn kind_of(path: &Path) -> Result<Option<FileType>, RunError> {
    match disk::metadata(path) {
        Ok(meta) => Ok(meta.map(|it| it.file_type())),
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::InvalidFilename | ErrorKind::InvalidInput
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(unreadable(path)(error)),
    }
}

/// Returns whether two paths are those of one file.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    one == other
        || one.file_name() == other.file_name() && {
            let canonical = |path: &Path| path.canonicalize().ok();
            canonical(one).is_some_and(|it| Some(it) == canonical(other))
        }
}
