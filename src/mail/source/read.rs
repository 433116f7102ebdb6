//! Reads a message's header section, or the whole message, into a buffer that is reused.

use crate::mail::source::form::{MailFormat, form, message_start};
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::ops::Range;

use super::beside::{DirReader, Opened};
use super::location::{Content, MessageSource};
use super::named::NamedFormat;
use super::spool::refuse_holes;
use super::window::Window;
use super::{HeldFile, ReadError, Stamp, emlx, mbox};
use crate::mail::message::header_end;
use crate::mail::source::mail_file::MailFile;
use crate::mail::source::packing::Packing;

/// Number of bytes that are read first: nearly every header section is shorter.
const FIRST_READ_BYTES: usize = 16 * 1024;

/// Number of bytes that are read first of a message in a larger file; fewer, so as not to read the next message in
/// vain.
const FIRST_PART_BYTES: usize = 8 * 1024;

/// Size of the buffer for whole messages that a reader keeps after use.
const ROOM_KEPT_BYTES: usize = 1 << 20;

/// The header section of a file's message.
#[derive(Debug)]
pub(crate) struct Head<'b> {
    /// The form of the file.
    pub form: MailFormat,
    /// The compression of the file, if it is compressed.
    pub packing: Option<Packing>,
    /// For a message, the bytes from the first header field to the empty line that ends the header section.
    pub bytes: &'b [u8],
    /// The part of the body that was read together with it.
    pub after: &'b [u8],
}

/// Reads messages into buffers that are reused.
#[derive(Debug)]
pub(crate) struct Reader {
    /// For header sections. It always has its full length, so that it is not zeroed for each file.
    head: Vec<u8>,
    /// For whole messages in files of their own.
    whole: Vec<u8>,
    /// For messages in larger files.
    window: Window,
    beside: DirReader,
    max_size: u64,
    /// Whether the stamps of files are taken when they are opened.
    takes_stamps: bool,
    stamp: Option<Stamp>,
}

impl Reader {
    /// Creates a reader that refuses messages larger than `max_size` bytes.
    pub(crate) fn new(max_size: u64) -> Reader {
        Reader {
            head: vec![0; FIRST_READ_BYTES],
            whole: Vec::new(),
            window: Window::default(),
            beside: DirReader::default(),
            max_size,
            takes_stamps: false,
            stamp: None,
        }
    }

    /// Sets whether the stamps of files are taken when they are opened, before anything is read.
    pub(crate) fn taking_stamps(self, takes_stamps: bool) -> Reader {
        Reader {
            takes_stamps,
            ..self
        }
    }

    /// Returns the stamp of a file without opening it.
    pub(crate) fn stamp_of(&self, file: &MailFile) -> Option<Stamp> {
        let meta = self.takes_stamps.then(|| std::fs::metadata(file.path()));
        meta.and_then(|meta| Stamp::of(&meta.ok()?))
    }

    /// Returns the stamp of the file that was opened last, once.
    pub(crate) fn take_stamp(&mut self) -> Option<Stamp> {
        self.stamp.take()
    }

    /// Reads the header section of the message in a file, up to the empty line that ends it. Unless the file's name
    /// says that it is a message, its form is detected from its first bytes, and reading continues only for a message.
    ///
    /// # Errors
    /// If the file cannot be read or is too large for one message.
    pub(crate) fn file_head(&mut self, of: &MailFile) -> Result<Head<'_>, ReadError> {
        let (opened, named) = (self.beside.open(of)?, of.named());
        let is_message = named.is_message();
        if self.takes_stamps {
            self.stamp = Stamp::of_open(&opened.stat);
        }
        let Opened { mut file, stat } = opened;
        let size = u64::try_from(stat.st_size).unwrap_or_default();
        let mut filled = self.read_more(&mut file, 0)?;
        let packing = Packing::of(&self.head[..filled]);
        if packing.is_none() && named == NamedFormat::AppleMessage {
            self.check_size(size)?;
            return self.emlx_head(file, size, filled);
        }
        let (form, head) = if let Some(packing) = packing {
            refuse_holes(&stat)?;
            filled = 0;
            self.packed_head(file, packing, is_message, &mut filled)?
        } else {
            let form = self.form(filled, is_message);
            if form != MailFormat::Message {
                (form, 0..0)
            } else {
                if filled >= FIRST_READ_BYTES || self.max_size < FIRST_READ_BYTES as u64 {
                    self.check_size(size)?;
                }
                (form, self.read_head(&mut file, &mut filled)?)
            }
        };
        Ok(Head {
            form,
            packing,
            after: &self.head[head.end..filled.max(head.end)],
            bytes: &self.head[head],
        })
    }

    /// Like [`file_head`](Reader::file_head), for a message of Apple Mail, without what surrounds it in the file.
    fn emlx_head(
        &mut self,
        mut file: File,
        size: u64,
        mut filled: usize,
    ) -> Result<Head<'_>, ReadError> {
        // Reads up to the known size only, because the file may grow without end.
        while (filled as u64) < size {
            match self.read_more(&mut file, filled)? {
                0 => break,
                read => filled += read,
            }
        }
        let file = &self.head[..filled];
        let message = &file[emlx::message(file, file.len())];
        let message = &message[message_start(message)..];
        let (bytes, after) = message.split_at(header_end(message, 0).unwrap_or(message.len()));
        Ok(Head {
            form: MailFormat::Message,
            packing: None,
            bytes,
            after,
        })
    }

    /// Like [`file_head`](Reader::file_head), for a compressed file. A message is unpacked to its end, which checks its
    /// size and checksum, but only its header section is kept.
    fn packed_head(
        &mut self,
        mut file: File,
        packing: Packing,
        is_message: bool,
        filled: &mut usize,
    ) -> Result<(MailFormat, Range<usize>), ReadError> {
        file.rewind()?;
        let mut unpacked = packing.unpacked(file).map_err(ReadError::unpacking)?;
        // A decompressor may return a few bytes at a time, and detecting the form takes a line.
        while *filled < FIRST_READ_BYTES {
            match self.read_more(&mut *unpacked, *filled) {
                Ok(0) => break,
                Ok(read) => *filled += read,
                Err(error) => return Err(ReadError::unpacking(error)),
            }
        }
        let form = self.form(*filled, is_message);
        if form != MailFormat::Message {
            return Ok((form, 0..0));
        }
        let too_large = ReadError::UnpacksTooLarge {
            limit: self.max_size,
        };
        let head = match self.read_head(&mut *unpacked, filled) {
            Err(ReadError::TooLarge { .. }) => return Err(too_large),
            Err(ReadError::Io(error)) => return Err(ReadError::unpacking(error)),
            read => read?,
        };
        let Some(left) = self.max_size.checked_sub(*filled as u64) else {
            return Err(too_large);
        };
        let mut rest = unpacked.take(left.saturating_add(1));
        let rest = io::copy(&mut rest, &mut io::sink()).map_err(ReadError::unpacking)?;
        if rest > left {
            return Err(too_large);
        }
        Ok((form, head))
    }

    fn form(&self, filled: usize, is_message: bool) -> MailFormat {
        if is_message {
            MailFormat::Message
        } else {
            form(&self.head[..filled])
        }
    }

    /// Reads until the header section is complete, and returns its range in the buffer.
    fn read_head<R: Read + ?Sized>(
        &mut self,
        from: &mut R,
        filled: &mut usize,
    ) -> Result<Range<usize>, ReadError> {
        let mut searched = 0;
        loop {
            let start = message_start(&self.head[..*filled]);
            if let Some(end) = header_end(&self.head[..*filled], start.max(searched)) {
                return Ok(start..end);
            }
            // The end of the header section may be split between two reads.
            searched = filled.saturating_sub(2);
            // Fills the buffer before searching again, so that small reads do not cause repeated searches.
            let before = *filled;
            loop {
                let read = self.read_more(from, *filled)?;
                *filled += read;
                if read == 0 || *filled == self.head.len() {
                    break;
                }
            }
            if *filled == before {
                return Ok(start..before);
            }
            self.check_size(*filled as u64)?;
        }
    }

    /// Reads the header section of a message in a range of a file, from its first header field. Quoting is not removed.
    ///
    /// # Errors
    /// If it is too large, cannot be read, or is no longer there.
    pub(crate) fn part_head(
        &mut self,
        of: &HeldFile,
        range: &Range<usize>,
    ) -> Result<Head<'_>, ReadError> {
        self.check_size(range.len() as u64)?;
        let mut wanted = FIRST_PART_BYTES;
        let (start, end_of_head, end) = loop {
            let end = range.end.min(range.start.saturating_add(wanted));
            let bytes = self.window.get(of, range.start..end)?;
            let start = message_start(bytes);
            let end_of_head = header_end(bytes, start);
            if end_of_head.is_some() || end == range.end {
                break (start, end_of_head.unwrap_or(bytes.len()), end);
            }
            wanted = wanted.saturating_mul(4);
        };
        let (head, after) = self.window.get(of, range.start..end)?.split_at(end_of_head);
        Ok(Head {
            form: MailFormat::Message,
            packing: None,
            bytes: &head[start..],
            after,
        })
    }

    /// Reads a message in a range of a file, from its first header field. Quoting is not removed.
    ///
    /// # Errors
    /// As for [`part_head`](Reader::part_head).
    pub(crate) fn part(&mut self, of: &HeldFile, range: &Range<usize>) -> Result<&[u8], ReadError> {
        self.check_size(range.len() as u64)?;
        let message = self.window.get(of, range.clone())?;
        Ok(&message[message_start(message)..])
    }

    /// Like [`part`](Reader::part), but fails if the file has changed since: the decision was made on the original
    /// message.
    fn unchanged_part(&mut self, of: &HeldFile, range: &Range<usize>) -> Result<&[u8], ReadError> {
        self.check_size(range.len() as u64)?;
        let message = self.window.unchanged(of, range.clone())?;
        Ok(&message[message_start(message)..])
    }

    /// Reads the whole message, from its first header field.
    ///
    /// # Errors
    /// As for [`file_head`](Reader::file_head).
    pub(crate) fn whole<'a>(
        &'a mut self,
        source: &'a MessageSource,
    ) -> Result<Cow<'a, [u8]>, ReadError> {
        let described = match source {
            MessageSource::File(file) => return self.whole_file(file).map(Cow::Borrowed),
            MessageSource::Other(described) => described,
        };
        match &described.content {
            Content::File(file) => self.whole_file(file).map(Cow::Borrowed),
            Content::Part(held, range) => self.unchanged_part(held, range).map(Cow::Borrowed),
            Content::Mbox(held, range) => self.unchanged_part(held, range).map(mbox::unquoted),
        }
    }

    /// Like [`whole`](Reader::whole), for a file with one message that was read before.
    ///
    /// # Errors
    /// As for [`whole`](Reader::whole).
    pub(crate) fn whole_file(&mut self, of: &MailFile) -> Result<&[u8], ReadError> {
        let Opened { mut file, stat } = self.beside.open(of)?;
        let limit = self.max_size;
        self.whole.clear();
        if let Some(packing) = of.packing() {
            let unpacked = packing.unpacked(file);
            unpacked
                .and_then(|from| {
                    from.take(limit.saturating_add(1))
                        .read_to_end(&mut self.whole)
                })
                .map_err(ReadError::unpacking)?;
            if self.whole.len() as u64 > limit {
                return Err(ReadError::UnpacksTooLarge { limit });
            }
        } else {
            self.check_size(u64::try_from(stat.st_size).unwrap_or_default())?;
            Read::take(&mut file, limit).read_to_end(&mut self.whole)?;
        }
        let message = if of.is_emlx() {
            &self.whole[emlx::message(&self.whole, self.whole.len())]
        } else {
            &self.whole
        };
        Ok(&message[message_start(message)..])
    }

    /// Shrinks the buffers to the size that most messages need.
    pub(crate) fn shrink(&mut self) {
        self.whole.clear();
        self.whole.shrink_to(ROOM_KEPT_BYTES);
        self.window.shrink();
    }

    fn check_size(&self, size: u64) -> Result<(), ReadError> {
        check_size(size, self.max_size)
    }

    /// Reads more after the first `filled` bytes with one call. Returns the number of bytes, 0 at the end of the file.
    fn read_more<R: Read + ?Sized>(&mut self, file: &mut R, filled: usize) -> io::Result<usize> {
        if filled == self.head.len() {
            self.head.resize(2 * filled, 0);
        }
        loop {
            match file.read(&mut self.head[filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
                read => return read,
            }
        }
    }
}

fn check_size(size: u64, limit: u64) -> Result<(), ReadError> {
    if size <= limit {
        return Ok(());
    }
    Err(ReadError::TooLarge { size, limit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_recognized() {
        let cases: [(&[u8], MailFormat); 17] = [
            (b"From: a@x\n", MailFormat::Message),
            (b"From : a@x\n", MailFormat::Message),
            (b"From \t : a@x\n", MailFormat::Message),
            (b"From\t: a@x\n", MailFormat::Message),
            (b"\xef\xbb\xbfFrom : a@x\n", MailFormat::Message),
            (b"X-Fred : x\n", MailFormat::Message),
            (b"From a@x Mon 09:30:00 2026\n", MailFormat::Mbox),
            (b"From \n: x", MailFormat::Mbox),
            (b"two words : x", MailFormat::Other),
            (b"\xef\xbb\xbfReceived: x\n", MailFormat::Message),
            (b"X-A.b_c:\n", MailFormat::Message),
            (b"From a@x Mon\n", MailFormat::Mbox),
            (b"{\"a\": 1}", MailFormat::Other),
            (b"\x00\x01:", MailFormat::Other),
            (b"two words: x", MailFormat::Other),
            (b"no colon", MailFormat::Other),
            (b"", MailFormat::Other),
        ];
        for (bytes, want) in cases {
            assert_eq!(form(bytes), want, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn finds_start_and_end_of_the_head() {
        let cases: [(&[u8], usize, Option<usize>); 7] = [
            (b"From : x\nA: b\n\n", 0, Some(15)),
            (b"A: b\n\nbody", 0, Some(6)),
            (b"A: b\r\n\r\nbody", 0, Some(8)),
            (b"A: b\n c\n", 0, None),
            (b"\r\n\nA: b\n\n", 3, Some(9)),
            (b"From x\nA: b\n\n", 7, Some(13)),
            (b"From x", 6, None),
        ];
        for (bytes, start, end) in cases {
            assert_eq!(message_start(bytes), start);
            assert_eq!(header_end(bytes, start), end);
        }
    }

    #[test]
    fn reads_a_head_of_any_length() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let file = MailFile::in_folder(folder.path(), "", &["a"]).remove(0);
        for length in [
            10,
            FIRST_READ_BYTES - 6,
            FIRST_READ_BYTES - 5,
            FIRST_READ_BYTES,
            100_000,
        ] {
            let text = format!("A: {}\n\nbody", "x".repeat(length));
            std::fs::write(&path, &text).unwrap();
            let mut reader = Reader::new(1 << 20);
            let head = reader.file_head(&file).unwrap();
            assert_eq!((head.form, head.packing), (MailFormat::Message, None));
            assert!(head.bytes.len() >= length + 5);
        }
        let mut small = Reader::new(1000);
        assert!(matches!(
            small.file_head(&file),
            Err(ReadError::TooLarge { .. })
        ));
    }
}
