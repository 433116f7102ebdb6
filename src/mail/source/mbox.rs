//! An *mbox* is a file of consecutive messages, each after a separator line that begins with `From `.
//!
//! A separator is the first line, and every `From ` line that contains a time and follows an empty line.
//! `Content-Length` is not trusted. The result is byte ranges; nothing is copied.

use std::io::{self, Read};
use std::ops::Range;

use memchr::memmem;

/// Number of bytes that are searched at once.
const BLOCK_BYTES: usize = 1 << 20;

/// Maximum length of the part of a line that is searched for a time, longer than any address before it.
const LINE_BYTES_MAX: usize = 4096;

/// Number of bytes before a separator, including the line feed, that show whether it follows an empty line.
const BEFORE_BYTES: usize = 3;

/// Returns the ranges of the messages, each from the line after its separator to the empty line before the next one,
/// and the total number of bytes.
///
/// # Errors
/// If the bytes cannot be read.
pub(super) fn messages(from: impl Read) -> io::Result<(Vec<Range<usize>>, usize)> {
    messages_by(from, BLOCK_BYTES)
}

/// Like [`messages`], for bytes in memory.
pub(super) fn messages_in(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found = Separators::default();
    if !bytes.is_empty() {
        found.search(bytes, 0..bytes.len(), 0);
    }
    found.ranges(bytes.len())
}

fn messages_by(mut from: impl Read, block: usize) -> io::Result<(Vec<Range<usize>>, usize)> {
    let mut found = Separators::default();
    // Room for a block, and for what is kept of the one before.
    let mut room = vec![0; block + LINE_BYTES_MAX + BEFORE_BYTES];
    let mut filled = 0;
    // The position of the buffer in the file, and the number of its bytes that were searched.
    let (mut start, mut searched) = (0, 0);
    loop {
        let read = read_full(&mut from, &mut room[filled..][..block])?;
        filled += read;
        let is_last = read == 0;
        let bytes = &room[..filled];
        // The examined part of a separator line must be in the buffer.
        let whole = match is_last {
            true => bytes.len(),
            false => bytes.len().saturating_sub(LINE_BYTES_MAX),
        };
        if searched < whole {
            found.search(bytes, searched..whole, start);
            searched = whole;
        }
        if is_last {
            return Ok((found.ranges(start + bytes.len()), start + bytes.len()));
        }
        let passed = searched.saturating_sub(BEFORE_BYTES);
        room.copy_within(passed..filled, 0);
        filled -= passed;
        start += passed;
        searched -= passed;
    }
}

/// Reads until the buffer is full or the input ends; returns the number of bytes read.
pub(super) fn read_full(from: &mut impl Read, room: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < room.len() {
        match from.read(&mut room[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Returns the result of [`messages_in`], and that of reading `block` bytes at a time, so that tests can compare them.
#[cfg(any(test, fuzzing))]
pub(crate) fn both_ways(bytes: &[u8], block: usize) -> [Vec<Range<usize>>; 2] {
    // Reading from memory cannot fail.
    let in_blocks = messages_by(bytes, block).map(|(ranges, _)| ranges);
    [messages_in(bytes), in_blocks.unwrap_or_default()]
}

/// The separators of a file.
#[derive(Default)]
struct Separators(Vec<Separator>);

struct Separator {
    /// The end of the message before it.
    end_before: usize,
    /// The start of its own message.
    start: usize,
}

impl Separators {
    /// Adds the separators in a range of bytes, which begin at `start` in the file.
    fn search(&mut self, bytes: &[u8], range: Range<usize>, start: usize) {
        if self.0.is_empty() {
            self.add(bytes, 0, start);
        }
        let end = bytes.len().min(range.end + b"From ".len());
        for at in memmem::find_iter(&bytes[range.start..end], b"\nFrom ") {
            let at = range.start + at + 1;
            if follows_empty_line(bytes, at)
                && is_separator(&bytes[at..])
                && has_time(line(bytes, at))
            {
                self.add(bytes, at, start);
            }
        }
    }

    /// Adds the separator at a position of bytes, which begin at `start` in the file.
    fn add(&mut self, bytes: &[u8], at: usize, start: usize) {
        self.0.push(Separator {
            end_before: start + without_empty_line(bytes, at),
            start: start + at + line(bytes, at).len() + 1,
        });
    }

    fn ranges(&self, size: usize) -> Vec<Range<usize>> {
        let after = self.0.iter().skip(1).map(|next| next.end_before);
        let ends = after.chain([size]);
        let ranges = self.0.iter().zip(ends);
        ranges.map(|(own, end)| own.start.min(end)..end).collect()
    }
}

/// Returns whether a text begins like a separator. `From :` begins a header field (RFC 5322, section 4.5).
pub(super) fn is_separator(text: &[u8]) -> bool {
    let Some(after) = text.strip_prefix(b"From ") else {
        return false;
    };
    let next = after.iter().find(|b| !matches!(b, b' ' | b'\t'));
    next != Some(&b':')
}

/// Returns the line that starts at `at`, without its line end, up to the length that is examined.
fn line(bytes: &[u8], at: usize) -> &[u8] {
    let rest = &bytes[at..bytes.len().min(at + LINE_BYTES_MAX)];
    &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())]
}

fn follows_empty_line(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[..at];
    before.ends_with(b"\n\n") || before.ends_with(b"\n\r\n")
}

/// Returns the end of the message before the separator at `next`: before the empty line that belongs to the separator.
fn without_empty_line(bytes: &[u8], next: usize) -> usize {
    let before = &bytes[..next];
    let length = if before.ends_with(b"\r\n") { 2 } else { 1 };
    next.saturating_sub(length)
}

/// Returns whether a `From ` line contains a time of day: `09:30:00`, or `09:30` in a line that also has a year.
///
/// Every mail program writes the seconds or the year; a sentence such as `From 9:30 on we meet` has neither.
fn has_time(line: &[u8]) -> bool {
    let mut has_minutes = false;
    let mut has_year = false;
    for word in line.split(|b| b.is_ascii_whitespace()) {
        let parts: Vec<&[u8]> = word.split(|&b| b == b':').collect();
        let is_number = |part: &[u8], lengths: &[usize]| {
            lengths.contains(&part.len()) && part.iter().all(u8::is_ascii_digit)
        };
        match parts.as_slice() {
            [hour, minute, second]
                if is_number(hour, &[1, 2])
                    && is_number(minute, &[2])
                    && is_number(second, &[2]) =>
            {
                return true;
            }
            [hour, minute] if is_number(hour, &[1, 2]) && is_number(minute, &[2]) => {
                has_minutes = true
            }
            [year] if is_number(year, &[4]) => has_year = true,
            _ => (),
        }
    }
    has_minutes && has_year
}

/// Removes the quoting of `>From ` lines from a message as in mboxrd; borrows if there is none.
pub(crate) fn unquoted(bytes: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    let quotes: Vec<usize> = memmem::find_iter(bytes, b">From ")
        .filter(|&at| begins_line(bytes, at))
        .collect();
    if quotes.is_empty() {
        return bytes.into();
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for at in quotes {
        out.extend_from_slice(&bytes[from..at]);
        from = at + 1;
    }
    out.extend_from_slice(&bytes[from..]);
    out.into()
}

/// Returns whether only `>` is between the start of the line and `at`.
fn begins_line(bytes: &[u8], at: usize) -> bool {
    // Searches backwards, because a long line may contain many quotes.
    let before = bytes[..at].iter().rev().find(|&&byte| byte != b'>');
    before.is_none_or(|&byte| byte == b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(bytes: &[u8]) -> Vec<Range<usize>> {
        let (ranges, size) = super::messages(bytes).unwrap();
        assert_eq!(size, bytes.len());
        ranges
    }

    #[test]
    fn an_empty_file_has_no_message() {
        assert!(messages(b"").is_empty());
    }

    #[test]
    fn messages_are_found_wherever_they_lie_in_a_block() {
        let body = "text\n".repeat(1500);
        let text: String = (0..40)
            .map(|at| {
                let body = &body[..body.len() - at * 150 - at % 5];
                format!("From a@x Mon Mar  2 09:30:00 2026\r\nSubject: {at}\n\n{body}\r\n\r\n")
            })
            .collect();
        let whole = messages(text.as_bytes());
        assert_eq!(whole.len(), 40);
        for block in [1, 7, 100, 4096, 4099, 5000, 8191] {
            let found = messages_by(text.as_bytes(), block).unwrap();
            assert_eq!(found, (whole.clone(), text.len()), "{block}");
        }
    }

    #[test]
    fn parts_only_at_separators() {
        let text = "From a@x Mon Mar  2 09:30:00 2026\nSubject: 1\n\nFrom here on it is text\n\nFrom 9:30 on too\n\n\
                    From b@x Mon Mar  2 09:31 2026\nSubject: 2\n\nbody\nFrom c Mon Mar  2 09:31:00 2026\n";
        for text in [text.to_owned(), text.replace('\n', "\r\n")] {
            let found: Vec<&str> = messages(text.as_bytes())
                .into_iter()
                .map(|range| &text[range])
                .collect();
            assert_eq!(found.len(), 2);
            assert!(found[0].starts_with("Subject: 1") && found[0].trim_end().ends_with("on too"));
            assert!(found[1].starts_with("Subject: 2") && found[1].contains("From c Mon"));
        }
    }

    #[test]
    fn survives_what_is_cut_off() {
        for text in [
            "From ",
            "From x 09:30:00 2026",
            "From x\n",
            "From x\n\nFrom y 10:00:00\n\nFrom z 10:00:00",
        ] {
            for range in messages(text.as_bytes()) {
                assert!(
                    range.start <= range.end && range.end <= text.len(),
                    "{text:?}"
                );
            }
        }
    }

    #[test]
    fn unquotes_one_level() {
        let cases = [
            (
                "a\n>From x\n>>From y\n> From z\nb >From\n",
                "a\nFrom x\n>From y\n> From z\nb >From\n",
            ),
            (">From x", "From x"),
            (
                ">>From x\na>From y\n>a>From z",
                ">From x\na>From y\n>a>From z",
            ),
            (">From >From x\n>From >From y", "From >From x\nFrom >From y"),
            ("nothing", "nothing"),
        ];
        for (text, want) in cases {
            assert_eq!(&*unquoted(text.as_bytes()), want.as_bytes());
        }
    }

    proptest::proptest! {
        #[test]
        fn ranges_lie_apart_and_in_order(pieces in proptest::collection::vec(0usize..6, 0..40)) {
            let vocabulary = ["From a 10:00:00 2026", "From a", "\n", "\r\n", "x", ">From "];
            let text: String = pieces.iter().map(|&at| vocabulary[at]).collect();
            let mut end = 0;
            for range in messages(text.as_bytes()) {
                proptest::prop_assert!(end <= range.start && range.start <= range.end && range.end <= text.len());
                end = range.end;
            }
            let unquoted = unquoted(text.as_bytes()).len();
            proptest::prop_assert!(unquoted <= text.len());
        }
    }
}
