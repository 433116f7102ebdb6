//! The message that `explain` is asked for, and how it is found among others.

use crate::run::error::{RunError, unreadable, wrong};
use std::fs::FileType;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::base::disk;

use crate::mail::intake::Intake;
use crate::mail::message::message_id;
use crate::mail::source::Source;
use crate::mail::source::failure::Failure;

use crate::base::terminal::counted;

/// At most this many messages are listed.
const LISTED_MAX: usize = 20;

/// What names a message.
const WHAT_IT_TAKES: &str = "a message file, FILE.mbox#N or ARCHIVE.zip/PATH; with --mail or --out also a source as the program prints it (Inbox/7.eml), or a Message-ID";

/// The message that is asked for.
pub(crate) struct MessageQuery {
    /// As it was typed.
    text: String,
    /// The file that the text names, and what follows it: `#N` in an mbox, `/PATH` in an archive.
    pub(crate) file: Option<(PathBuf, String)>,
}

/// The source and the Message-ID by which a message is listed.
pub(crate) type Hit = (Box<str>, Option<Box<str>>);

impl MessageQuery {
    /// Takes what was typed. `has_mail` says that a source or a Message-ID can be looked for in some mail.
    ///
    /// # Errors
    /// If it names a folder or anything else that is not a file, or could not name anything.
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

    /// As it was typed.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether the text is the source or the Message-ID of a message, as output has them.
    pub(crate) fn names(&self, source: &str, id: Option<&str>) -> bool {
        source == self.text || id.is_some() && id == message_id::identity(&self.text).as_deref()
    }

    /// The index of the message among those that were read; `None` if it could not be read. `source` is its source in a
    /// run, if one has read it.
    ///
    /// # Errors
    /// If no message is meant, or several.
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
                let sources: Vec<&Source> =
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

    /// The indices of the messages that it may mean: of the file, else those with that source or Message-ID.
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

    /// Whether a source lies in the file that the text names, and there where it says.
    fn is_file(&self, source: &Source) -> bool {
        let Some((file, within)) = &self.file else {
            return false;
        };
        let is_there = || {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            within.is_empty() || source.name().ends_with(&format!("{name}{within}"))
        };
        is_same(file, &source.path()) && is_there()
    }

    /// The failure that says why it could not be read, if there is one.
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

    /// Lists several messages that it may mean.
    pub(crate) fn several(&self, mut hits: Vec<Hit>) -> RunError {
        hits.sort();
        let listed = hits.iter().take(LISTED_MAX).map(|(source, id)| match id {
            Some(id) => format!("\n  {source}  <{id}>"),
            None => format!("\n  {source}"),
        });
        let more = match hits.len().saturating_sub(LISTED_MAX) {
            0 => String::new(),
            more => format!("\n  ... and {more} more"),
        };
        wrong(format!(
            "{}: {}; give one by its source, or by its Message-ID if sources are alike:{}{more}",
            self.text,
            counted(hits.len() as u64, "message", "messages"),
            listed.collect::<String>()
        ))
    }

    /// Says that the file holds several messages, and lists them as they can be typed.
    fn several_in_file(&self, hits: &[&Source]) -> RunError {
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
        let more = match hits.len().saturating_sub(LISTED_MAX) {
            0 => String::new(),
            more => format!("\n  ... and {more} more"),
        };
        wrong(format!(
            "{0}: holds {1} messages; name one as {0}{form}:{2}{more}",
            self.text,
            hits.len(),
            listed.collect::<String>()
        ))
    }

    /// Says that no message is so called.
    pub(crate) fn nowhere(&self, place: &str) -> RunError {
        wrong(format!(
            "{}: is not among the messages of {place}; explain takes {WHAT_IT_TAKES}",
            self.text
        ))
    }
}

/// The file on the disk that the text names, and what follows it.
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

/// What is at a path. A text that no path can be, such as a long Message-ID, names nothing.
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

/// Whether two paths are those of one file.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    one == other
        || one.file_name() == other.file_name() && {
            let canonical = |path: &Path| path.canonicalize().ok();
            canonical(one).is_some_and(|it| Some(it) == canonical(other))
        }
}
