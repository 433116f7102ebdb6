//! The *form* of a text file: its encoding, and the delimiter of its cells.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Seek as _};

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};
use encoding_rs_io::DecodeReaderBytesBuilder;

/// The name of the encoding UTF-8.
pub(crate) const UTF_8: &str = "UTF-8";

/// Opens a text file and returns it with the name of its encoding. UTF-16 with a byte order mark is converted to UTF-8.
pub(crate) fn open(mut file: File) -> io::Result<(Box<dyn Read>, &'static str)> {
    let mut mark = Vec::new();
    (&file).take(2).read_to_end(&mut mark)?;
    file.rewind()?;
    let encoding: &'static Encoding = match mark.as_slice() {
        b"\xff\xfe" => UTF_16LE,
        b"\xfe\xff" => UTF_16BE,
        _ => return Ok((Box::new(file), UTF_8)),
    };
    let reader = DecodeReaderBytesBuilder::new()
        .encoding(Some(encoding))
        .strip_bom(true)
        .build(file);
    Ok((Box::new(reader), encoding.name()))
}

/// Returns the delimiter of a table with this header: the one of comma, semicolon and tab that occurs most often
/// outside of quotes.
pub(crate) fn separator(header: &[u8]) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut is_quoted = false;
    for &byte in header {
        if byte == b'"' {
            is_quoted = !is_quoted;
        } else if !is_quoted {
            counts
                .iter_mut()
                .filter(|(it, _)| *it == byte)
                .for_each(|(_, count)| *count += 1);
        }
    }
    // `max_by_key` returns the last maximum, so `rev` makes the comma win a tie.
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    most.map_or(b',', |(it, _)| *it)
}

/// Lines with some property.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lines {
    pub(crate) count: u64,
    /// The number of the first of them, counted from 1.
    pub(crate) first: Option<u64>,
}

impl Lines {
    /// Returns the lines of a text that contain a character. `line` is the number of its first line.
    pub(crate) fn with(text: &str, line: u64, character: char) -> Lines {
        let mut with = Lines::default();
        for (number, _) in (line..)
            .zip(text.lines())
            .filter(|(_, it)| it.contains(character))
        {
            with.add(Lines {
                count: 1,
                first: Some(number),
            });
        }
        with
    }

    /// Adds lines that follow.
    pub(crate) fn add(&mut self, more: Lines) {
        self.count += more.count;
        self.first = self.first.or(more.first);
    }
}

/// Decodes a text as UTF-8, and each line that is not valid UTF-8 as Windows-1252. `line` is the number of its first
/// line. Also returns those lines.
pub(crate) fn decoded(text: &[u8], line: u64) -> (Cow<'_, str>, Lines) {
    if let Ok(text) = std::str::from_utf8(text) {
        return (Cow::Borrowed(text), Lines::default());
    }
    let (mut out, mut other) = (String::with_capacity(text.len() * 2), Lines::default());
    for (number, bytes) in (line..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
        match std::str::from_utf8(bytes) {
            Ok(text) => out.push_str(text),
            Err(_) => {
                out.push_str(&WINDOWS_1252.decode_without_bom_handling(bytes).0);
                other.add(Lines {
                    count: 1,
                    first: Some(number),
                });
            }
        }
    }
    (Cow::Owned(out), other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_recognized_by_the_first_line() {
        let cases = [
            ("a,b,c", b','),
            ("a;b;c", b';'),
            ("a\tb\tc", b'\t'),
            ("a;b,c;d", b';'),
            ("\"a,b,c,d\";e", b';'),
            ("a;b\tc", b';'),
            ("only", b','),
            ("", b','),
        ];
        for (header, want) in cases {
            assert_eq!(separator(header.as_bytes()), want, "{header}");
        }
    }

    #[test]
    fn only_lines_that_are_not_utf8_are_taken_as_windows_1252() {
        let (text, other) = decoded(b"plain\nM\xc3\xbcller\nM\xfcller\n\x80 5", 7);
        assert_eq!(text, "plain\nMüller\nMüller\n€ 5");
        assert_eq!((other.count, other.first), (2, Some(9)));
    }
}
