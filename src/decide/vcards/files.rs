//! Reads files of vCards: finds where each card begins and ends, and detects the charset.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use calcard::vcard::VCard;
use encoding_rs::{Encoding, WINDOWS_1252};

use super::Card;
use super::cards::Cards;
use crate::base::disk;

/// A file or folder of vCards that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: cannot be read: {error}; --vcards takes a .vcf file or a folder of them")]
pub(crate) struct CardsError {
    path: String,
    error: std::io::Error,
}

/// Reads the cards of a file, or of every `.vcf` file of a folder and the folders in it, in the order of their names.
///
/// # Errors
/// If a file or folder cannot be read. Anything unusual in a card is a warning.
pub(crate) fn load(path: &Path) -> Result<Cards, CardsError> {
    let mut cards = Cards::default();
    for file in files(path, &mut cards.warnings)? {
        let shown = file.display().to_string();
        let bytes = disk::read(&file, disk::LIST_BYTES_MAX).map_err(|error| CardsError {
            path: shown.clone(),
            error,
        })?;
        read(&shown, &bytes, &mut cards);
    }
    if cards.is_empty() && cards.warnings.is_empty() {
        let shown = path.display();
        cards
            .warnings
            .push(format!("{shown}: there is no .vcf file in it"));
    }
    Ok(cards)
}

/// Returns the files of cards. An entry of a folder that is named like one but is not a file is a warning.
fn files(path: &Path, warnings: &mut Vec<String>) -> Result<Vec<PathBuf>, CardsError> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(path).sort_by_file_name() {
        let entry = entry.map_err(|error| CardsError {
            path: error.path().unwrap_or(path).display().to_string(),
            error: error
                .into_io_error()
                .unwrap_or_else(|| std::io::Error::other("its links lead round")),
        })?;
        let is_card = || {
            let ending = entry.path().extension();
            ending.is_some_and(|it| it.eq_ignore_ascii_case("vcf"))
        };
        if entry.depth() == 0 && !entry.file_type().is_dir() {
            // A path that the user named is read whatever its name, and links are followed.
            files.push(entry.into_path());
        } else if entry.file_type().is_file() && is_card() {
            files.push(entry.into_path());
        } else if !entry.file_type().is_dir() && is_card() {
            let (shown, noun) = (entry.path().display(), disk::noun(entry.file_type()));
            warnings.push(format!("{shown}: is {noun}, not a file, and is left out"));
        }
    }
    Ok(files)
}

/// Reads the cards of one file.
fn read(file: &str, bytes: &[u8], cards: &mut Cards) {
    let (text, charset) = text(bytes);
    if let Some(charset) = charset {
        cards.warnings.push(format!(
            "{file}: is not in UTF-8, and was read as {charset}"
        ));
    }
    let mut found = false;
    for part in Parts::new(&text) {
        let place = format!("{file}:{}", part.line);
        if !part.begins {
            cards.warnings.push(format!(
                "{place}: is not a vCard, which begins with BEGIN:VCARD; it is left out"
            ));
            continue;
        }
        found = true;
        let mut whole = Cow::Borrowed(part.text);
        if !part.ends {
            let last = part.line + part.text.lines().count().saturating_sub(1);
            // Half a line could be half a phone number.
            let kept = match part.text.ends_with('\n') {
                true => part.text,
                false => part.text.rsplit_once('\n').map_or("", |(kept, _)| kept),
            };
            whole = format!("{kept}\nEND:VCARD\n").into();
            cards.warnings.push(format!(
                "{place}: the vCard is cut off at line {last}: END:VCARD is missing; its whole lines count"
            ));
        }
        match VCard::parse(&*whole) {
            Ok(vcard) => {
                let card = Card::of(&vcard, place, &mut cards.warnings);
                cards.add(card);
            }
            Err(_) => cards.warnings.push(format!(
                "{place}: the vCard cannot be read, and is left out"
            )),
        }
    }
    if !found
        && cards
            .warnings
            .iter()
            .all(|warning| !warning.starts_with(file))
    {
        cards
            .warnings
            .push(format!("{file}: is empty, and no vCard"));
    }
}

/// Returns the text, and the assumed charset if a warning is needed. The charset is that of the byte order mark, UTF-8,
/// the one in a `CHARSET` parameter (version 2.1), or else assumed to be Windows-1252.
fn text(bytes: &[u8]) -> (Cow<'_, str>, Option<&'static str>) {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        let (text, ..) = encoding.decode(bytes);
        return (text, None);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (text.into(), None);
    }
    let said = said_charset(bytes).filter(|it| *it != encoding_rs::UTF_8);
    let encoding = said.unwrap_or(WINDOWS_1252);
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    (text, said.is_none().then(|| encoding.name()))
}

fn said_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    const KEY: &[u8] = b"CHARSET=";
    let is_key = |window: &[u8]| window.eq_ignore_ascii_case(KEY);
    let at = bytes.windows(KEY.len()).position(is_key)? + KEY.len();
    let rest = bytes.get(at..)?;
    let end = rest.iter().position(|byte| b":;,\r\n".contains(byte))?;
    Encoding::for_label(rest.get(..end)?)
}

/// The text from one `BEGIN:VCARD` to the next.
struct CardText<'t> {
    text: &'t str,
    /// The number of its first line, counted from 1.
    line: usize,
    begins: bool,
    ends: bool,
}

/// Splits a file into parts. Empty lines between cards are skipped.
struct Parts<'t> {
    rest: &'t str,
    line: usize,
}

impl<'t> Parts<'t> {
    fn new(text: &'t str) -> Parts<'t> {
        Parts {
            rest: text.strip_prefix('\u{feff}').unwrap_or(text),
            line: 1,
        }
    }
}

impl<'t> Iterator for Parts<'t> {
    type Item = CardText<'t>;

    fn next(&mut self) -> Option<CardText<'t>> {
        // A line that begins with a space continues the one before it, so leading spaces are not trimmed.
        let is = |line: &str, what: &str| line.trim_end().eq_ignore_ascii_case(what);
        while let Some(line) = self.rest.split_inclusive('\n').next() {
            if !line.trim().is_empty() {
                break;
            }
            self.rest = &self.rest[line.len()..];
            self.line += 1;
        }
        let mut part = CardText {
            text: "",
            line: self.line,
            begins: false,
            ends: false,
        };
        let (mut length, mut lines) = (0, 0);
        for line in self.rest.split_inclusive('\n') {
            let begins = is(line, "BEGIN:VCARD");
            if begins && length > 0 {
                break;
            }
            part.begins |= begins;
            (length, lines) = (length + line.len(), lines + 1);
            if part.begins && is(line, "END:VCARD") {
                part.ends = true;
                break;
            }
        }
        part.text = &self.rest[..length];
        self.rest = &self.rest[length..];
        self.line += lines;
        (length > 0).then_some(part)
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
